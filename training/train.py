"""Training runs: from FER2013 pictures and FER+ votes to a checkpoint."""

import json
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.augment import Augmentation
from training.data import NO_LABEL, Faces, FaceSet, Targets, majority, one_hot, soft_targets, split
from training.errors import TrainingError
from training.network import EmotionTrainer


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides how a run ends, apart from its data."""

    model: str = "yolov8n-cls.yaml"  # from scratch
    image_size: int = 96  # the network then sees every pixel of a 48 pixel face: its first layer halves
    epochs: int = 60
    batch: int = 128
    learning_rate: float = 0.002
    weight_decay: float = 0.025
    dropout: float = 0.2
    seed: int = 0
    validation_share: float = 0.1


def read_recipe(run: Path) -> Recipe:
    """Return the recipe of a run's folder; raises TrainingError if it holds none."""
    path = run / "recipe.json"
    try:
        return Recipe(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise TrainingError(f"{path} is not there. Give a folder that `train` has written.") from None
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(f"{path} can not be read ({error}). Train again into an empty folder.") from error


def labelled(faces: FaceSet) -> tuple[FaceSet, Targets]:
    """Return the faces to learn from with their targets: shares of the FER+ votes and FER2013's label.

    Faces whose majority is contempt, unknown or not-a-face are left out.
    """
    if faces.votes is None:
        return faces, one_hot(faces.labels)
    kept = faces.select(majority(faces.votes) != NO_LABEL)
    if not len(kept):
        raise TrainingError("No face is left: every row's majority is contempt, unknown or not a face.")
    assert kept.votes is not None  # noqa: S101 - tells mypy
    return kept, soft_targets(kept.votes, kept.labels)


def split_for_training(faces: FaceSet, recipe: Recipe) -> tuple[tuple[Faces, Targets], tuple[Faces, Targets]]:
    """Return (faces, targets) to learn from and to choose by, both cut from the Training rows."""
    kept, targets = labelled(faces.of_usage("Training"))
    labels = targets.argmax(axis=1)
    if len(np.unique(labels)) < 2:
        raise TrainingError("All training faces have the same emotion; at least two are needed.")
    rows, validation_rows = split(kept, labels, recipe.validation_share, recipe.seed)
    return (
        (kept.faces[rows], targets[rows]),
        (kept.faces[validation_rows], targets[validation_rows]),
    )


def train(faces: FaceSet, recipe: Recipe, run: Path, *, device: str = "cpu", threads: int = 2) -> Path:
    """Train into the folder `run` and return the best checkpoint; a run that stopped there goes on.

    Raises TrainingError if the faces do not suffice or the folder holds a run of another recipe.
    """
    training, validation = split_for_training(faces, recipe)
    last = run / "weights" / "last.pt"
    going_on = last.exists()
    if going_on:
        if (begun := read_recipe(run)) != recipe:
            raise TrainingError(f"{run} holds a run of another recipe ({begun}). Give another folder.")
        if _epochs_done(last) >= recipe.epochs:
            return run / "weights" / "best.pt"
    else:
        run.mkdir(parents=True, exist_ok=True)
        (run / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2) + "\n", encoding="utf-8")
    overrides = _overrides(recipe, run, device)
    if going_on:
        overrides["resume"] = str(last)
    trainer = EmotionTrainer(overrides, training, validation, Augmentation())
    if device == "cpu":
        torch.set_num_threads(threads)  # ultralytics leaves one core out
    trainer.train()
    best: Path = trainer.best
    return best


def _epochs_done(checkpoint: Path) -> int:
    try:
        saved = torch.load(checkpoint, map_location="cpu", weights_only=False)
        return int(saved["epoch"]) + 1
    except (OSError, RuntimeError, KeyError, EOFError, pickle.UnpicklingError) as error:
        raise TrainingError(f"{checkpoint} is damaged ({error}). Remove it and train again.") from error


def _overrides(recipe: Recipe, run: Path, device: str) -> dict[str, Any]:
    """Return the recipe in ultralytics' words."""
    return {
        "model": recipe.model,
        "data": "faces in memory",
        "imgsz": recipe.image_size,
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
        "patience": recipe.epochs,  # the averaged weights are best near the end of a cosine
        "device": device,
        "amp": False,  # the network does it itself: ultralytics has no bfloat16 on a CPU
        "pretrained": False,
        "close_mosaic": 0,
        "plots": False,
        "verbose": False,
        "save_dir": str(run),
        "exist_ok": True,
    }
