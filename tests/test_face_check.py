"""The second look at what the face detector proposes: what is cut out, what stays, refused files."""

from pathlib import Path

import numpy as np
import pytest

from models.boxes import Box, Detection
from models.errors import ModelError
from models.face_check import SIDE, FaceCheck, cut_place, doubted, to_check_input
from models.learned import CHECK_FILE, LearnedDetector
from tests.onnx_models import write_tiny_check, write_tiny_detector, write_tiny_model

RED, BLUE = (0, 0, 255), (255, 0, 0)


def detector(folder: Path) -> Path:
    return write_tiny_detector(folder / "face.onnx", metadata={"checked": "1"})


def test_a_place_is_cut_at_the_pictures_own_size_and_is_grey_beyond_it() -> None:
    picture = np.zeros((720, 1280, 3), np.uint8)
    picture[::2, ::2] = 255  # finer than any smaller picture could show
    place = cut_place(picture, (600, 300, 616, 320))
    assert place.shape == (SIDE, SIDE, 3)
    assert (place == 0).any()
    assert (place == 255).any()
    corner = cut_place(np.zeros((100, 100, 3), np.uint8), (-10, -10, 10, 10))
    assert corner[2, 2].tolist() == [114, 114, 114]
    assert corner[-3, -3].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "box",
    [(0, 0, 1, 1), (99, 99, 100, 100), (-500, -500, -400, -400), (0, 0, 100, 1), (50.2, 50.2, 50.3, 50.3)],
)
def test_any_box_can_be_cut_out(box: tuple[float, float, float, float]) -> None:
    assert cut_place(np.zeros((100, 100, 3), np.uint8), box).shape == (SIDE, SIDE, 3)


def test_the_check_sees_rgb() -> None:
    blue = np.zeros((1, SIDE, SIDE, 3), np.uint8)
    blue[..., 0] = 255
    assert np.array_equal(to_check_input(blue)[0, :, 0, 0], [0, 0, 1])


def test_what_the_check_rejects_is_no_face_and_what_it_is_sure_of_is_one(tmp_path: Path) -> None:
    """The tiny detector is unsure of either square (a third white), the tiny check takes the red one."""
    write_tiny_check(tmp_path / CHECK_FILE)
    picture = np.zeros((320, 320, 3), np.uint8)
    picture[32:128, 32:128] = RED
    picture[192:288, 192:288] = BLUE
    found = LearnedDetector(detector(tmp_path)).detect(picture)
    assert found
    assert all(x2 < 160 and y2 < 160 and score >= 0.5 for (_, _, x2, y2), score in found_pairs(found))
    assert [face.score for face in found] == sorted((face.score for face in found), reverse=True)
    assert LearnedDetector(tmp_path / "face.onnx", checked=False).detect(picture) == []


def test_a_large_place_must_be_surer_than_a_small_one() -> None:
    scores = np.array([0.6, 0.6, 0.6, 0.999, 0.05], np.float32)
    heights = np.array([18, 80, 160, 300, 300], np.float32)
    doubtful = doubted(scores, heights)
    assert doubtful[:2] == pytest.approx([0.6, 0.6])  # small: as it is
    assert doubtful[2] < 0.5 < doubtful[3]
    assert 0 < doubtful[4] < 0.05
    ladder = doubted(np.full(40, 0.7, np.float32), np.linspace(1, 400, 40, dtype=np.float32))
    assert (np.diff(ladder) <= 0).all()
    assert np.isfinite(doubted(np.array([0.0, 1.0], np.float32), np.array([200, 200], np.float32))).all()


def found_pairs(found: list[Detection]) -> list[tuple[Box, float]]:
    return [(face.box, face.score) for face in found]


def test_a_crowd_of_proposals_is_bounded(tmp_path: Path) -> None:
    write_tiny_check(tmp_path / CHECK_FILE)
    crowd = np.full((1000, 1000, 3), RED, np.uint8)
    assert 100 < len(LearnedDetector(detector(tmp_path)).detect(crowd, 1000)) <= 256


def test_a_detector_without_its_check_or_with_another_file_is_refused(tmp_path: Path) -> None:
    path = detector(tmp_path)
    with pytest.raises(ModelError, match=r"face check .*face_check\.onnx is missing"):
        LearnedDetector(path)
    write_tiny_model(tmp_path / CHECK_FILE)
    with pytest.raises(ModelError, match=r"not a face check of this program \(task\)"):
        LearnedDetector(path)
    write_tiny_check(tmp_path / CHECK_FILE).write_bytes(b"\0" * 100)
    with pytest.raises(ModelError, match="face check"):
        FaceCheck(tmp_path / CHECK_FILE)
