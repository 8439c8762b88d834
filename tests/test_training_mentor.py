"""A mentor: what it says of changed faces is learned, and what it sees of them; its guesses are not kept."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.emotion import EMOTIONS, EmotionClassifier
from tests.fer2013_files import split_faces
from training.data import FaceSet
from training.errors import TrainingError
from training.recipe import Recipe, load_recipe

if TYPE_CHECKING:
    from training.architectures import EmotionNetwork

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

TEACHER = Recipe(architecture="plain-cnn", image_size=48, epochs=1, batch=28)
PUPIL = Recipe(image_size=32, epochs=2, batch=28, mentors=("teacher",), hint_weight=1.0)
SAD = EMOTIONS.index("sad")


@pytest.fixture(scope="module")
def faces() -> FaceSet:
    return split_faces()


@pytest.fixture(scope="module")
def teacher(faces: FaceSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a trained teacher."""
    from training.train import Machine, train

    folder = tmp_path_factory.mktemp("runs") / "teacher"
    train(faces, TEACHER, folder, Machine(threads=1))
    return folder


def sad_where_dark() -> "EmotionNetwork":
    """Return a network that sees one thing, how bright a face is, and finds what is dark sad."""
    import torch

    from training.architectures import build_network

    class Light(torch.nn.Module):  # type: ignore[misc]  # no torch where this is checked
        def __init__(self) -> None:
            super().__init__()
            self.head = torch.nn.Linear(1, len(EMOTIONS))
            with torch.no_grad():
                self.head.weight.zero_()[SAD] = -40
                self.head.bias.zero_()[SAD] = 10

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.head(images.mean(dim=(1, 2, 3))[:, None])
            return logits

    network = build_network("plain-cnn", 48, 0.0)
    network.model[0] = Light()
    return network


def test_a_mentor_speaks_of_the_face_that_it_is_shown(faces: FaceSet) -> None:
    """What is dark to the mentor is sad: it says so of darkened copies of the same faces."""
    import torch

    from training.augment import to_input
    from training.mentor import Mentor

    targets = np.eye(7, dtype=np.float32)[faces.labels]
    mentor = Mentor(sad_where_dark(), (faces.faces, targets))
    assert mentor.features == 1
    images = to_input(torch.from_numpy(faces.faces), 32)  # of another size than its own
    opinion, features = mentor.look_at(images)
    dark, dark_features = mentor.look_at(images * 0.1)
    assert opinion.sum(dim=1).numpy() == pytest.approx(1, abs=1e-3)
    assert (dark[:, SAD] > opinion[:, SAD]).all()
    assert float(features.mean()) == pytest.approx(0, abs=0.1)
    assert float(features.std()) == pytest.approx(1, abs=0.1)
    assert (dark_features < features).all()


def test_a_pupil_hears_all_its_mentors_of_every_changed_face_and_sees_as_the_first(
    faces: FaceSet, teacher: Path
) -> None:
    import torch

    from training.mentor import Mentor, Mentors
    from training.network import EmotionTrainer, load_network
    from training.targets import sides
    from training.train import _overrides

    learned, chosen_by = sides(faces, PUPIL)
    networks = load_network(teacher / "weights" / "best.pt"), sad_where_dark()
    first, second = (Mentor(network, chosen_by) for network in networks)
    trainer = EmotionTrainer(
        _overrides(PUPIL, teacher.parent / "heard", "cpu"),
        PUPIL,
        learned,
        chosen_by,
        Mentors([first, second]),
    )
    votes = torch.from_numpy(learned[1])
    batch = trainer.preprocess_batch({"img": torch.from_numpy(learned[0]), "cls": votes})
    (opinion, features), (other, _) = first.look_at(batch["img"]), second.look_at(batch["img"])
    assert not torch.allclose(opinion, other, atol=0.05)
    assert torch.allclose(batch["cls"], 0.4 * votes + 0.3 * opinion + 0.3 * other, atol=1e-3)
    assert torch.allclose(batch["hint"], features, atol=0.05)


def test_a_network_learns_what_its_hints_tell() -> None:
    """Targets tell nothing here, hints tell how bright a picture is: only from them can it be learned."""
    import torch

    from training.architectures import build_network

    torch.manual_seed(0)
    light = torch.linspace(0, 1, 32)
    images = (light.view(-1, 1, 1, 1) + 0.05 * torch.rand(32, 3, 32, 32)).clamp(0, 1)
    hint = ((light - light.mean()) / light.std()).view(-1, 1)
    batch = {"img": images, "cls": torch.full((32, 7), 1 / 7), "hint": hint}
    network = build_network("yolov8n-cls", 32, 0.1).train()
    network.learn_from_hints(1, 1.0)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
    missed = []
    for _ in range(30):
        loss, items = network.loss(batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        missed.append(float(loss.detach()) - float(items["loss"]))
    assert missed[0] > 0.5
    assert missed[-1] < 0.2 * missed[0]


def test_a_pupil_goes_on_after_a_stop_and_is_a_network_like_others(
    faces: FaceSet, teacher: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from training.architectures import build_network, count_parameters
    from training.network import EmotionTrainer, load_network
    from training.runs import export_run
    from training.train import Machine, train

    class PowerCutError(Exception):
        pass

    guesses: list[torch.Tensor] = []

    def save_and_stop(trainer: EmotionTrainer) -> None:
        save(trainer)
        guesses.append(trainer.ema.ema.guess.weight.clone())
        raise PowerCutError

    def build_and_note(trainer: EmotionTrainer, *given: Any, **named: Any) -> torch.nn.Module:
        network = build(trainer, *given, **named)
        assert network.guess is not None
        guesses.append(network.guess.weight.detach().clone())
        return network

    save, build = EmotionTrainer.save_model, EmotionTrainer.get_model
    folder = teacher.parent / "pupil"
    with monkeypatch.context() as patch:
        patch.setattr(EmotionTrainer, "save_model", save_and_stop)
        with pytest.raises(PowerCutError):
            train(faces, PUPIL, folder, Machine(threads=1))
    with monkeypatch.context() as patch:
        patch.setattr(EmotionTrainer, "get_model", build_and_note)
        best = train(faces, PUPIL, folder, Machine(threads=1))
    stopped, resumed = guesses
    assert torch.allclose(stopped, resumed, atol=1e-2)  # checkpoints are in 16 bits
    network = load_network(best)
    assert count_parameters(network) == count_parameters(build_network("yolov8n-cls", 32, 0.0))
    assert export_run(folder, faces, folder / "emotion.onnx", "0").largest_difference < 1e-4
    assert EmotionClassifier(folder / "emotion.onnx").image_size == 32
    onward = PUPIL.model_copy(update={"start": "pupil", "mentors": (), "hint_weight": 0.0, "epochs": 1})
    assert train(faces, onward, teacher.parent / "onward", Machine(threads=1)).exists()


def test_a_mentor_that_can_not_be_is_named(faces: FaceSet, teacher: Path, tmp_path: Path) -> None:
    from training.train import Machine, train

    folder = teacher.parent / "new"
    for changed, words in (
        ({"mentors": ("teacher", "nobody")}, "nobody.*a mentor of the recipe, is not there"),
        ({"mentors": (str(Path(__file__).with_suffix(".pt")),)}, "a mentor of the recipe, is not there"),
    ):
        with pytest.raises(TrainingError, match=words):
            train(faces, PUPIL.model_copy(update=changed), folder, Machine(threads=1))
        assert not folder.exists()
    with pytest.raises(TrainingError, match="a mentor of the recipe, learned from other data"):
        train(faces.select(np.arange(len(faces)) > 3), PUPIL, folder, Machine(threads=1))
    own = tmp_path / "own.toml"
    for text, words in (
        ("hint_weight = 1\n", "needs a mentor"),
        ('mentors = ["x"]\nhint_weight = 1\narchitecture = "plain-cnn"\n', "a YOLOv8 as its pupil"),
        ('mentors = ["x"]\nmentor_share = 2\n', "mentor_share"),
    ):
        own.write_text(text, encoding="utf-8")
        with pytest.raises(TrainingError, match=words):
            load_recipe(str(own))
