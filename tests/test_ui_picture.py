"""A frame as Qt paints it: right colours at any size, and independent of the frame."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from desktop.ui.picture import Canvas
from models.boxes import Image


def colours(image: QImage) -> list[str]:
    """Return the colours of the four corners."""
    right, bottom = image.width() - 1, image.height() - 1
    return [QColor(image.pixel(x, y)).name() for x, y in ((0, 0), (right, 0), (0, bottom), (right, bottom))]


def quarters(height: int, width: int) -> Image:
    """Return blue and green above red and white, BGR."""
    picture = np.full((height, width, 3), 255, np.uint8)
    picture[: height // 2, : width // 2] = (255, 0, 0)
    picture[: height // 2, width // 2 :] = (0, 255, 0)
    picture[height // 2 :, : width // 2] = (0, 0, 255)
    return picture


QUARTERS = ["#0000ff", "#00ff00", "#ff0000", "#ffffff"]


@pytest.mark.parametrize("size", [(90, 160), (91, 163), (720, 1280), (2160, 3840), (2, 2)])
def test_colours_are_those_of_the_frame(size: tuple[int, int]) -> None:
    frame = quarters(*size)
    image = Canvas().show(frame, 640)
    frame[:] = 0  # it may go away
    assert colours(image) == QUARTERS
    assert image.width() == (640 if size[1] >= 1280 else size[1])


def test_one_frame_after_the_other_whatever_their_size() -> None:
    canvas = Canvas()
    for size in ((90, 160), (90, 160), (45, 80), (90, 160)):
        canvas.show(np.zeros((*size, 3), np.uint8), 160)
        assert colours(canvas.show(quarters(*size), 160)) == QUARTERS


def test_a_grey_frame_is_shown_grey() -> None:
    frame = np.full((90, 160), 128, np.uint8)
    assert colours(Canvas().show(frame, 160)) == ["#808080"] * 4
