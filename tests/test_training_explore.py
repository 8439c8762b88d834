"""The data report: one page with counts, average faces, light, disagreement and embeddings."""

import re
from pathlib import Path

import numpy as np
import pytest

from models.emotion import EMOTIONS
from tests.fer2013_files import drawn_face, sure_votes
from tests.test_training_evaluate import WEIGHTS
from tests.test_training_evaluate import run as workshop
from training.data import PUBLIC_TEST, TRAINING, FaceSet
from training.prepared import save_prepared

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),
]


def test_the_report_shows_what_is_in_the_data_and_nobody_s_face(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    names = ["happy"] * 210 + ["sad"] * 40
    faces = np.stack([drawn_face(name, rng) for name in names])
    labels = np.array([EMOTIONS.index(name) for name in names])
    votes = np.array([sure_votes(name) for name in names], np.uint8)
    labels[:5] = EMOTIONS.index("angry")  # the taggers see happy faces
    usages = np.where(np.arange(250) % 5, TRAINING, PUBLIC_TEST)
    save_prepared(tmp_path / "faces.npz", FaceSet(faces, labels, usages, votes))
    out = tmp_path / "report" / "faces.html"
    words = ["explore", "--data", tmp_path / "faces.npz", "--out", out, "--model", WEIGHTS, "--json"]
    monkeypatch.setattr("training.explore.SAMPLE", 60)
    code, _, err = workshop(capsys, monkeypatch, *words)
    assert code == 0, err
    page = out.read_text(encoding="utf-8")
    assert "250 faces" in page
    assert "In 5 of 250 faces (2%)" in page
    assert "happy, mean of 210" in page
    assert "sad: fewer than 200 faces" in page  # an average of few could be recognised
    assert page.count("<img") == 1
    assert "t-SNE" in page
    assert "an emotion is that of the majority of the taggers" in page
    assert ">majority</text>" in page
    assert ">guess</text>" not in page
    assert page.count("<svg") >= 6
    assert not re.search(r"(src|href)=.https?:", page)
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    code, _, err = workshop(capsys, monkeypatch, *words[:-2], tmp_path / "broken.onnx")
    assert (code, "broken.onnx" in err) == (1, True)


@pytest.mark.parametrize("votes", [[9, 0, 0, 0, 0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1, 9, 0]])
def test_one_face_and_none_with_an_emotion_make_a_page_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, votes: list[int]
) -> None:
    face = drawn_face("happy", np.random.default_rng(0))[None]
    one = FaceSet(face, np.array([3]), np.array([TRAINING]), np.array([votes], np.uint8))
    save_prepared(tmp_path / "one.npz", one)
    out = tmp_path / "one.html"
    code, _, err = workshop(
        capsys, monkeypatch, "explore", "--data", tmp_path / "one.npz", "--out", out, "--model", WEIGHTS
    )
    assert code == 0, err
    assert "too few to be drawn" in out.read_text(encoding="utf-8")
