"""The comparison: recipes and architectures, one table, resumed; distillation; the article's leak."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from models.emotion import EMOTIONS, FOUR_EMOTIONS, EmotionClassifier
from tests.fer2013_files import split_faces
from tests.test_training_evaluate import run as workshop
from training.data import PUBLIC_TEST, FaceSet
from training.errors import TrainingError
from training.prepared import save_prepared
from training.recipe import Recipe, load_recipe, read_recipe, recipe_names, write_recipe

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore:.*is deprecated:FutureWarning"),  # torch, when conftest looks on
]


@pytest.fixture(scope="module")
def faces() -> FaceSet:
    return split_faces()


@pytest.fixture(scope="module")
def data(faces: FaceSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "faces.npz"
    save_prepared(path, faces)
    return path


@pytest.mark.parametrize("architecture", ["yolov8n-cls", "resnet18", "efficientnet_b0", "plain-cnn"])
def test_every_architecture_learns_and_exports(architecture: Any, tmp_path: Path) -> None:
    import torch

    from training.architectures import build_network, count_parameters
    from training.export import _AXES, _Probabilities, fold_temperature
    from training.onnx_file import to_onnx

    network = build_network(architecture, 48, 0.1)
    batch = {"img": torch.rand(4, 3, 48, 48), "cls": torch.eye(7)[:4]}
    loss, _ = network.train()(batch)
    loss.backward()
    assert all(parameter.grad is not None for parameter in network.parameters())
    assert 300_000 < count_parameters(network) < 12_000_000
    probabilities, logits = network.eval()(batch["img"])
    assert torch.allclose(torch.softmax(logits, 1), probabilities, atol=1e-5)
    fold_temperature(network, 2.0)
    assert torch.allclose(network(batch["img"])[1], logits / 2, atol=1e-4)
    assert to_onnx(_Probabilities(network), batch["img"], _AXES).graph.output[0].name == "probabilities"


def test_recipes_can_all_be_read_and_say_what_is_wrong(tmp_path: Path) -> None:
    assert {"shipped", "fer2013", "article", "article-no-leak", "base"} <= set(recipe_names())
    for name in recipe_names():
        write_recipe(tmp_path / name, recipe := load_recipe(name))
        assert read_recipe(tmp_path / name) == recipe
    assert load_recipe("shipped", epochs=3, seed=None).epochs == 3
    own = tmp_path / "own.toml"
    for text, words in (
        ("epochs = 0", "epochs: Input should be greater"),
        ("epoch = 3", "epoch: Extra inputs are not permitted"),
        ('architecture = "vgg"', "architecture: Input should be"),
        ("leak = true", "without copies there is nothing to leak"),
        ("seed = -1", "seed: Input should be greater"),
        ("augmentation.small_sizes = [30, 30]", "the first of small_sizes must be smaller"),
        ("augmentation.small_sizes = [0, 30]", r"small_sizes\.0: Input should be greater"),
        ("epochs = ", "can not be read as a recipe"),
    ):
        own.write_text(text, encoding="utf-8")
        with pytest.raises(TrainingError, match=words):
            load_recipe(str(own))
    with pytest.raises(TrainingError, match=r"no recipe 'vgg'\. There are: article"):
        load_recipe("vgg")


def test_teachers_come_before_their_pupils() -> None:
    from training.compare import in_order

    order = in_order(["shipped", "fer2013"])
    assert order.index("yolov8s") < order.index("taught") < order.index("face-mobilenet")
    assert order.index("face-mobilenet") < order.index("mentored") < order.index("shipped")
    mentor = order.index("face-mobilenet-fer2013")
    assert order.index("face-mobilenet") < mentor < order.index("fer2013-mentored") < order.index("fer2013")
    assert order.index("shipped") < order.index("fer2013-mentored")
    for name in order:
        recipe = load_recipe(name)
        needed = {recipe.start, *recipe.mentors, *recipe.teachers} & set(recipe_names())
        assert all(order.index(other) < order.index(name) for other in needed), name


def test_the_article_s_leak_puts_copies_of_a_picture_on_both_sides(
    faces: FaceSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training import targets

    def on_both(recipe: str) -> int:
        """Count pictures to choose by of which a copy is learned from."""
        (learned, _), (chosen_by, _) = targets.sides(faces, load_recipe(recipe))
        known = {face.tobytes() for face in learned}
        return sum(face.tobytes() in known for face in chosen_by)

    of_four = np.isin(faces.labels, [EMOTIONS.index(name) for name in FOUR_EMOTIONS])
    (learned, labels), (chosen_by, _) = targets.sides(faces, load_recipe("article"))
    assert not labels[:, EMOTIONS.index("angry")].any()
    rows = int((of_four & (faces.usages != PUBLIC_TEST)).sum())
    assert len(learned) + len(chosen_by) == 3 * rows  # every picture and two copies
    monkeypatch.setattr(targets, "copies_of", lambda pictures, count, *_: [pictures] * count)
    assert on_both("article") > 0
    assert on_both("article-no-leak") == 0


def test_classes_are_balanced_when_asked() -> None:
    import torch

    from training.network import sampling_weights

    targets = torch.eye(7)[torch.tensor([3] * 90 + [1] * 10)]
    even = sampling_weights(targets, 1.0)
    assert even[:90].sum() == pytest.approx(float(even[90:].sum()))
    assert torch.equal(sampling_weights(targets, 0.0), torch.ones(100, dtype=torch.double))


def test_early_stopping_ends_a_run(faces: FaceSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training import network
    from training.train import Machine, epochs_of, is_finished, train

    recipe = Recipe(architecture="plain-cnn", image_size=48, epochs=9, patience=2, batch=28)
    best_first = iter([0.5] + [0.1] * 20)
    monkeypatch.setattr(
        network.Validator, "__call__", lambda *_: {"metrics/accuracy": (a := next(best_first)), "fitness": a}
    )
    train(faces, recipe, tmp_path / "run", Machine(threads=1))
    assert len(epochs_of(tmp_path / "run")) == 3
    assert is_finished(tmp_path / "run")


def test_the_epoch_kept_is_the_likeliest_not_that_of_one_face_more(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from training import network

    happy = torch.eye(7)[[3, 3, 3, 3]]
    one_more_right = torch.eye(7)[[3, 3, 3, 0]] * 20.0  # and as sure of its mistake
    measured = torch.eye(7)[[3, 3, 0, 0]] * 1.0

    def fitness(logits: torch.Tensor) -> float:
        monkeypatch.setattr(network, "predict_logits", lambda *_: logits)
        return network.Validator(np.zeros((4, 48, 48), np.uint8), happy.numpy())(Mock())["fitness"]

    assert fitness(measured) > fitness(one_more_right)
    assert fitness(happy * 5) > fitness(measured)


def test_one_command_trains_what_is_missing_and_writes_the_table(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pupil is named: its start and its teacher are trained first; a second run trains nothing."""
    from training.network import EmotionTrainer

    write = {
        "teacher.toml": 'architecture = "plain-cnn"\nimage_size = 48\nbatch = 28\n',
        "base.toml": 'architecture = "plain-cnn"\nimage_size = 48\nbatch = 28\nseed = 1\n',
        "pupil.toml": (
            'architecture = "plain-cnn"\nimage_size = 48\nbatch = 28\n'
            'start = "base"\nteachers = ["teacher"]\n'
        ),
    }
    monkeypatch.setattr("training.recipe.RECIPES", tmp_path)
    for name, text in write.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = ["--data", data, "--runs", tmp_path / "runs", "--out", tmp_path / "out", "--threads", 1, "--json"]
    trained: list[str] = []
    train = EmotionTrainer.train

    def noted(trainer: EmotionTrainer) -> None:
        trained.append(trainer.save_dir.name)
        train(trainer)

    monkeypatch.setattr(EmotionTrainer, "train", noted)
    for _ in range(2):
        code, out, err = workshop(capsys, monkeypatch, "compare", "--recipe", "pupil", "--epochs", 1, *given)
        assert code == 0, err
        assert set(json.loads(out.splitlines()[-1])) == {"models/weights", "base", "teacher", "pupil"}
    assert trained == ["base", "teacher", "pupil"]
    written = json.loads((tmp_path / "out" / "compare.json").read_text(encoding="utf-8"))
    pupil = next(row for row in written["rows"] if row["name"] == "pupil")
    assert 0 <= pupil["plus_accuracy_7"] <= 1
    assert pupil["ms_per_face"] > 0
    assert pupil["parameters"] > 300_000
    lines = (tmp_path / "out" / "compare.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 6
    assert EmotionClassifier(tmp_path / "runs" / "pupil" / "emotion.onnx").image_size == 48


def test_a_teacher_that_is_missing_or_knows_other_data_is_named(faces: FaceSet, tmp_path: Path) -> None:
    from training.train import Machine, train

    taught = load_recipe("base", teachers=["yolov8s"], epochs=1)
    with pytest.raises(TrainingError, match="The teacher 'yolov8s' is not at"):
        train(faces, taught, tmp_path / "run", Machine(threads=1))
    assert not (tmp_path / "run").exists()
    teacher = tmp_path / "yolov8s"
    teacher.mkdir()
    (teacher / "emotion.onnx").write_bytes(b"")
    (teacher / "data.json").write_text('{"fingerprint": "0123"}', encoding="utf-8")
    with pytest.raises(TrainingError, match=r"The teacher .* learned from other data \(0123\)"):
        train(faces, taught, tmp_path / "run", Machine(threads=1))


def test_keypoints_make_rows_of_the_table(faces: FaceSet) -> None:
    from training.keypoints import keypoint_rows

    rng = np.random.default_rng(0)
    features = faces.labels[:, None] + rng.normal(0, 0.01, (len(faces), 15))  # geometry that tells all
    features[-1] = np.nan  # a face that was not found
    rows = keypoint_rows(faces, features)
    assert [row.name.split(": ")[1] for row in rows] == ["random forest", "SVM", "gradient boosting"]
    forest, machine = rows[0], rows[1]
    assert (forest.accuracy_7 or 0) > 0.9
    assert (machine.plus_accuracy_7 or 0) > 0.9


def test_keypoints_of_one_emotion_are_named(faces: FaceSet) -> None:
    from training.keypoints import keypoint_rows

    happy = faces.select(faces.labels == EMOTIONS.index("happy"))
    with pytest.raises(TrainingError, match="fewer than two emotions"):
        keypoint_rows(happy, np.ones((len(happy), 15)))


def test_a_recipe_of_one_s_own_and_runs_on_other_data(faces: FaceSet, tmp_path: Path) -> None:
    from training.compare import compare_recipe, run_folder

    assert run_folder(tmp_path / "runs", str(tmp_path / "own.toml")) == tmp_path / "runs" / "own"
    assert run_folder(tmp_path / "runs", "base") == tmp_path / "runs" / "base"
    run = tmp_path / "runs" / "base"
    (run / "weights").mkdir(parents=True)
    (run / "weights" / "best.pt").write_bytes(b"")
    (run / "finished").write_text("1 epochs", encoding="utf-8")
    (run / "data.json").write_text('{"fingerprint": "0123"}', encoding="utf-8")
    with pytest.raises(TrainingError, match=r"learned from other data \(0123\)"):
        compare_recipe("base", Recipe(), faces, tmp_path / "runs", None)
