"""The self-check's judgement: light, size of a face, a test face, room on the disk."""

from pathlib import Path

import numpy as np
import pytest

from desktop.assembly import build_pipeline
from desktop.capture.demo import DemoSource
from desktop.paths import DataDir
from desktop.self_check import (
    LOW_SPACE,
    NO_SPACE,
    find_test_faces,
    judge_faces,
    judge_light,
    judge_room,
)
from desktop.settings import AnalysisSettings
from models.boxes import Box, Image
from tests.program import PUPILS

FACE: Box = (280.0, 120.0, 360.0, 220.0)


@pytest.fixture(scope="module")
def classroom() -> Image:
    return DemoSource(width=640, height=360).render(3.0)


def person(face: int, around: int, window: int | None = None) -> Image:
    """Return a picture of one even face before an even wall, with a window in it or none."""
    image = np.full((360, 640, 3), around, dtype=np.uint8)
    if window is not None:
        image[0:200, 400:640] = window
    x1, y1, x2, y2 = map(int, FACE)
    image[y1:y2, x1:x2] = face
    return image


@pytest.mark.parametrize(
    ("share", "kind"), [(1.0, "good"), (0.5, "good"), (0.25, "dark"), (0.1, "dark"), (0.0, "dark")]
)
@pytest.mark.parametrize("faces", [(), (FACE,)])
def test_a_dim_classroom_is_too_dark(
    classroom: Image, share: float, kind: str, faces: tuple[Box, ...]
) -> None:
    assert judge_light((classroom * share).astype(np.uint8), faces).kind == kind


@pytest.mark.parametrize(
    ("image", "faces", "kind"),
    [
        (person(120, 130), [FACE], "good"),
        (person(45, 150, window=255), [FACE], "window"),
        (person(70, 60, window=255), [FACE], "window"),
        (person(45, 50, window=255), [], "window"),
        (person(130, 150, window=255), [FACE], "good"),  # the window does no harm
        (person(250, 250), [FACE], "bright"),
        (person(255, 255), [], "bright"),
        (person(40, 60), [FACE], "dark"),
        (person(45, 140), [FACE], "good"),  # a dark face in good light
    ],
)
def test_light_is_judged_by_the_face_and_what_is_around_it(image: Image, faces: list[Box], kind: str) -> None:
    assert judge_light(image, faces).kind == kind


def test_a_box_beyond_the_picture_is_no_trouble() -> None:
    image = person(120, 130)
    for box in ((-50.0, -50.0, 5000.0, 5000.0), (700.0, 400.0, 800.0, 500.0), (0.0, 0.0, 0.0, 0.0)):
        assert judge_light(image, [box]).kind == "good"


def test_the_largest_face_counts() -> None:
    assert judge_faces([]).kind == "none"
    assert judge_faces([(0.0, 0.0, 20.0, 24.0)]).kind == "small"
    several = judge_faces([(0.0, 0.0, 20.0, 24.0), FACE])
    assert (several.kind, several.faces, several.height) == ("good", 2, 100)


def test_the_shipped_parts_find_the_test_faces(tmp_path: Path) -> None:
    assert find_test_faces(lambda: build_pipeline(AnalysisSettings(), tmp_path, live=False)) == PUPILS


@pytest.mark.parametrize(
    ("free", "kind"), [(LOW_SPACE, "good"), (LOW_SPACE - 1, "low"), (NO_SPACE - 1, "none")]
)
def test_room_on_the_disk(tmp_path: Path, free: int, kind: str) -> None:
    assert judge_room(DataDir(tmp_path / "data"), lambda _: free).kind == kind


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert judge_room(DataDir(tmp_path / "file" / "data")).kind == "closed"
