"""A wider network begins with what a narrower one knows, and its file stays within 6 MB."""

from pathlib import Path

import numpy as np
import pytest

from models.emotion import EMOTIONS, EmotionClassifier
from tests.fer2013_files import write_data
from training.errors import TrainingError
from training.reading import read_faces
from training.recipe import WIDE, Recipe

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]


def test_the_wide_network_says_what_the_narrow_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from training import widen
    from training.architectures import build_network, count_parameters

    torch.manual_seed(0)
    narrow, wide = (build_network(name, 64, 0.0) for name in ("yolov8n-cls", WIDE))
    images = torch.rand(16, 3, 64, 64)
    narrow.train()(images)  # statistics that are not 0 and 1
    asked = torch.rand(4, 3, 64, 64)
    monkeypatch.setattr(widen, "_NOISE", 0.0)
    widen.widen(narrow, wide)
    with torch.no_grad():
        said, repeated = (network.eval()(asked)[1] for network in (narrow, wide))
    assert said.std() > 1e-4
    assert torch.allclose(said, repeated, atol=1e-5)
    assert count_parameters(wide) > 1.4 * count_parameters(narrow)
    monkeypatch.undo()
    widen.widen(narrow, wide)
    with torch.no_grad():
        near = wide(asked)[1]
    assert not torch.equal(near, repeated)  # copies would stay alike for ever
    assert (near - said).abs().max() < 0.5 * (said.max() - said.min())


@pytest.mark.parametrize("names", [(WIDE, "yolov8n-cls"), ("plain-cnn", WIDE)])
def test_only_a_narrower_network_of_the_kind_is_widened(names: tuple[str, str]) -> None:
    from training.architectures import build_network
    from training.widen import widen

    first, second = (build_network(name, 64, 0.0) for name in names)  # type: ignore[arg-type]
    with pytest.raises(TrainingError, match="widened"):
        widen(first, second)


def test_a_wide_run_begins_with_a_narrow_one_and_its_file_is_small(tmp_path: Path) -> None:
    from training.runs import export_run
    from training.train import Machine, train

    faces = read_faces(*write_data(tmp_path, dict.fromkeys(EMOTIONS, 12), each=6))
    machine = Machine(threads=1)
    train(faces, Recipe(image_size=64, epochs=1, batch=16), tmp_path / "narrow", machine)
    wide = Recipe(architecture=WIDE, start="narrow", image_size=64, epochs=1, batch=16)
    train(faces, wide, tmp_path / "wide", machine)
    out = tmp_path / "wide" / "emotion.onnx"
    made = export_run(tmp_path / "wide", faces, out, "0.0.1")
    assert made.parameters > 2_000_000
    assert out.stat().st_size < 6_000_000
    probabilities = EmotionClassifier(out).classify(list(np.zeros((2, 48, 48), np.uint8)))
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-4)
    with pytest.raises(TrainingError, match="is another network"):
        train(faces, wide.model_copy(update={"image_size": 96}), tmp_path / "other", machine)
