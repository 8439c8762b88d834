"""A whole small cycle from data to the registry; and that training sees faces as the app does."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.emotion import EMOTIONS, EmotionClassifier, to_network_input
from models.errors import ModelError
from tests.fer2013_files import write_data
from tests.test_training_evaluate import run as workshop
from training.errors import TrainingError
from training.reading import read_faces
from training.recipe import Augmentation, Recipe

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

SMALL = Recipe(image_size=64, epochs=1, batch=16)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_data(tmp_path_factory.mktemp("data"), dict.fromkeys(EMOTIONS, 30), each=6)


@pytest.fixture(scope="module")
def run(data: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of one epoch."""
    from training.train import Machine, train

    folder = tmp_path_factory.mktemp("runs") / "one"
    train(read_faces(*data), SMALL, folder, Machine(threads=1))
    return folder


@pytest.mark.parametrize("side", [48, 64, 96])
def test_training_sees_a_face_as_the_app_shows_it(side: int) -> None:
    import torch

    from training.augment import to_input

    faces = np.random.default_rng(0).integers(0, 256, (5, 48, 48), np.uint8)
    seen = to_input(torch.from_numpy(faces), side).numpy()
    assert (
        np.abs(seen - to_network_input(list(faces), side)).max() < 1 / 255
    )  # OpenCV rounds to whole grey values


def test_augmented_faces_are_input_too_and_differ_each_time() -> None:
    import torch

    from training.augment import augment

    torch.manual_seed(0)
    faces = torch.randint(0, 256, (64, 48, 48), dtype=torch.uint8)
    first, second = (augment(faces, Augmentation(), 96) for _ in range(2))
    assert first.shape == (64, 3, 96, 96)
    assert 0 <= first.min() <= first.max() <= 1
    assert torch.equal(first[:, 0], first[:, 2])
    assert not torch.equal(first, second)


def test_temperature_makes_an_overconfident_network_honest() -> None:
    import torch

    from training.calibration import fit_temperature

    torch.manual_seed(0)
    logits = torch.randn(4000, 7)
    labels = torch.distributions.Categorical(logits=logits).sample()
    assert fit_temperature(logits * 3, labels) == pytest.approx(3, rel=0.1)


def test_the_whole_cycle(
    data: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The commands of `make model`, on drawn faces."""
    monkeypatch.chdir(tmp_path)
    faces, run = tmp_path / "faces.npz", tmp_path / "run"
    out = run / "emotion.onnx"
    recipe = tmp_path / "small.toml"
    recipe.write_text(
        'architecture = "plain-cnn"\nimage_size = 48\nepochs = 2\nbatch = 16\n', encoding="utf-8"
    )

    def step(*words: object) -> dict[str, Any]:
        code, said, err = workshop(capsys, monkeypatch, *words, "--json")
        assert code == 0, err
        assert "Traceback" not in err
        answer: dict[str, Any] = json.loads(said)
        return answer

    prepared = step("prepare", "--data", data[0], "--votes", data[1], "--out", faces)
    assert prepared["kept"]["Training"] > prepared["kept"]["Validation"] > 0
    trained = step("train", "--data", faces, "--run", run, "--recipe", recipe, "--threads", 1)
    assert trained["recipe"]["architecture"] == "plain-cnn"
    exported = step("export", "--data", faces, "--run", run, "--out", out, "--version", "9.9")
    assert exported["largest_difference"] < 1e-4
    assert str(run).encode() not in out.read_bytes()
    evaluated = step("evaluate", "--data", faces, "--model", out, "--out", run)
    assert evaluated["plus_n"] == 42
    assert (run / "confusion.svg").exists()
    registered = step("register", "--data", faces, "--run", run)
    assert (registered["model"], registered["version"]) == ("models:/emotion@challenger", 1)
    assert registered["PublicTest/plus_n"] == 42
    assert not list(tmp_path.rglob("*.tmp"))
    assert EmotionClassifier(out).version == "9.9"


def test_the_file_says_what_the_network_says(data: tuple[Path, Path], tmp_path: Path) -> None:
    import torch

    from training.architectures import build_network
    from training.calibration import fit_temperature
    from training.export import export
    from training.network import load_network, predict_logits
    from training.targets import sides, split_data

    _, validation = sides(split_data(read_faces(*data)), SMALL)
    torch.manual_seed(0)
    network = build_network("plain-cnn", 48, 0.0)
    with torch.no_grad():
        network.last_linear().weight *= 100  # with opinions of its own
    checkpoint = tmp_path / "best.pt"
    torch.save({"ema": network}, checkpoint)
    exported = export(checkpoint, tmp_path / "emotion.onnx", version="1", calibration=validation)
    logits = predict_logits(load_network(checkpoint), torch.from_numpy(validation[0]))
    temperature = fit_temperature(logits, torch.from_numpy(validation[1].argmax(axis=1)))
    assert temperature == pytest.approx(exported.temperature)
    expected = torch.softmax(logits / temperature, dim=1).numpy()
    found = EmotionClassifier(exported.path).classify(list(validation[0]))
    assert np.abs(found - expected).max() < 0.02  # the app's resize rounds to whole grey values


def test_a_run_begins_where_another_ended(data: tuple[Path, Path], run: Path, tmp_path: Path) -> None:
    from training.network import load_network
    from training.train import Machine, train

    begun = run / "weights" / "best.pt"
    recipe = SMALL.model_copy(update={"start": str(begun), "learning_rate": 1e-9})
    best = train(read_faces(*data), recipe, tmp_path / "next", Machine(threads=1))
    before, after = (load_network(path).state_dict() for path in (begun, best))
    name = next(name for name in before if name.endswith("conv.weight"))
    assert np.allclose(before[name].numpy(), after[name].numpy(), atol=1e-4)


def test_a_start_that_can_not_be_is_named(data: tuple[Path, Path], run: Path, tmp_path: Path) -> None:
    from training.train import Machine, train

    damaged = tmp_path / "damaged" / "weights" / "best.pt"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes((run / "weights" / "best.pt").read_bytes()[:5000])
    faces = read_faces(*data)
    fewer = faces.select(np.arange(len(faces)) > 3)
    for given, changed, words in (
        (faces, {"start": "nowhere"}, "is not there"),
        (faces, {"start": str(damaged)}, "is not a checkpoint"),
        (faces, {"start": run.name, "architecture": "plain-cnn"}, "another network"),
        (faces, {"start": run.name, "image_size": 96}, "another network"),
        (fewer, {"start": run.name}, "other data"),
    ):
        folder = run.parent / "next"
        with pytest.raises(TrainingError, match=words):
            train(given, SMALL.model_copy(update=changed), folder, Machine(threads=1))
        assert not folder.exists()


@pytest.mark.parametrize("architecture", ["yolov8n-cls", "plain-cnn"])
def test_a_stopped_run_goes_on_and_a_finished_one_is_left(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, architecture: str
) -> None:
    from training.network import EmotionTrainer
    from training.train import Machine, train

    class PowerCutError(Exception):
        pass

    def save_and_stop(trainer: EmotionTrainer) -> None:
        save(trainer)
        raise PowerCutError

    save = EmotionTrainer.save_model
    faces = read_faces(*data)
    recipe = SMALL.model_copy(update={"epochs": 2, "image_size": 48, "architecture": architecture})
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(EmotionTrainer, "save_model", save_and_stop)
        with pytest.raises(PowerCutError):
            train(faces, recipe, folder, Machine(threads=1))
    best = train(faces, recipe, folder, Machine(threads=1))
    rows = (folder / "results.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["1", "2"]
    written = best.stat().st_mtime_ns
    assert train(faces, recipe, folder, Machine(threads=1)) == best
    assert best.stat().st_mtime_ns == written
    with pytest.raises(TrainingError, match="another recipe"):
        train(faces, recipe.model_copy(update={"seed": 7}), folder, Machine(threads=1))


def test_a_damaged_checkpoint_is_named_and_nothing_is_written(
    data: tuple[Path, Path], run: Path, tmp_path: Path
) -> None:
    from training.export import export
    from training.train import Machine, train

    out = tmp_path / "emotion.onnx"
    damaged = tmp_path / "run" / "weights" / "last.pt"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes((run / "weights" / "last.pt").read_bytes()[:5000])
    (tmp_path / "run" / "recipe.json").write_bytes((run / "recipe.json").read_bytes())
    faces = read_faces(*data)
    with pytest.raises(TrainingError, match=r"last\.pt is damaged"):
        train(faces, SMALL, tmp_path / "run", Machine(threads=1))
    calibration = (faces.faces, np.eye(7, dtype=np.float32)[faces.labels])
    for checkpoint, words in ((damaged, "is not a checkpoint"), (tmp_path / "none.pt", "is not there")):
        with pytest.raises(TrainingError, match=words):
            export(checkpoint, out, version="1", calibration=calibration)
    assert not out.exists()
    with pytest.raises(ModelError):
        EmotionClassifier(out)


def test_what_a_run_can_not_have_is_named(data: tuple[Path, Path], tmp_path: Path) -> None:
    from training.train import Machine, train

    faces, file = read_faces(*data), tmp_path / "file"
    file.write_text("no folder", encoding="utf-8")
    with pytest.raises(TrainingError, match="no device 'elsewhere'"):
        train(faces, SMALL, tmp_path / "run", Machine("elsewhere"))
    assert not (tmp_path / "run").exists()
    with pytest.raises(TrainingError, match=r"recipe\.json can not be written"):
        train(faces, SMALL, file / "run", Machine())


def test_a_disk_that_is_full_is_named(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.network import EmotionTrainer
    from training.train import Machine, train

    def full(_: EmotionTrainer) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(EmotionTrainer, "save_model", full)
    small = SMALL.model_copy(update={"architecture": "plain-cnn", "image_size": 48})
    with pytest.raises(TrainingError, match=r"run can not be written \(No space left on device\)"):
        train(read_faces(*data), small, tmp_path / "run", Machine(threads=1))


def test_figures_of_a_stopped_run_count_each_epoch_once(tmp_path: Path) -> None:
    from training.train import epochs_of

    rows = ["epoch,val/loss", "1,1.9", "2,1.8", "2,1.7", "3,1.6"]  # stopped before the second was saved
    (tmp_path / "results.csv").write_text("\n".join(rows), encoding="utf-8")
    assert [(one["epoch"], one["val/loss"]) for one in epochs_of(tmp_path)] == [(1, 1.9), (2, 1.7), (3, 1.6)]
    for cut in ("epoch,val/loss\n1,1.9\n2", "epoch,val/loss\n1,1.9\n2,1,7", "val/loss\n1.9"):
        (tmp_path / "results.csv").write_text(cut, encoding="utf-8")
        with pytest.raises(TrainingError, match=r"results\.csv is damaged"):
            epochs_of(tmp_path)


def test_the_first_command_of_a_new_user_prints_results_only(tmp_path: Path) -> None:
    """Ultralytics tells a new user where its settings are; MLflow would tell its makers that it is used."""
    kept = ("PATH", "PYTHONPATH", "SYSTEMROOT")
    new = {name: os.environ[name] for name in kept if name in os.environ}
    new |= {"HOME": str(tmp_path), "YOLO_CONFIG_DIR": str(tmp_path)}

    def python(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, *words], check=False, capture_output=True, text=True, env=new
        )

    done = python("-m", "training", "export", "--data", "none.npz", "--run", "none", "--out", "none.onnx")
    assert (done.returncode, done.stdout) == (1, "")
    assert "none.npz is not there" in done.stderr
    asked = "import training; from mlflow.telemetry.utils import is_telemetry_disabled as d; print(d())"
    assert python("-c", asked).stdout.strip() == "True"


def test_a_single_class_can_not_be_trained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    faces, votes = write_data(tmp_path, {"happy": 20})
    given = ["--data", faces, "--votes", votes, "--run", tmp_path / "run", "--epochs", 1]
    code, out, err = workshop(capsys, monkeypatch, "train", *given)
    assert (code, out) == (1, "")
    assert "same emotion" in err
    assert "Traceback" not in err
    assert not (tmp_path / "run").exists()


def test_export_of_a_folder_without_a_run_and_with_other_data(
    data: tuple[Path, Path],
    run: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other, _ = write_data(tmp_path, dict.fromkeys(EMOTIONS, 12), seed=8)
    for folder, words in ((tmp_path, "recipe.json is not there"), (run, "learned from other data")):
        given = ["--data", other, "--run", folder, "--out", tmp_path / "m.onnx"]
        code, _, err = workshop(capsys, monkeypatch, "export", *given)
        assert code == 1
        assert words in err
    assert not (tmp_path / "m.onnx").exists()
