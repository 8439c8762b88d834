"""Where pictures lie in memory: a picture that nobody looks at any more gives its place to a new one."""

import sys
from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from models.boxes import Image

_MOST: Final = 8  # places that are remembered
_SPARE: Final = 2  # of them, although nobody uses them

Picture = npt.NDArray[Any]


class Buffers:
    """The places of one source's pictures; used by one thread, while anybody may hold the pictures.

    A fresh place for each would cost thousands of new pages a second, or leave the heap full of holes.
    """

    def __init__(self) -> None:
        self._pictures: list[Picture] = []

    def read(self, capture: cv2.VideoCapture) -> Picture | None:
        """Return the next picture of `capture`, or None. Raises cv2.error."""
        free = self._free()
        ok, picture = capture.read(free)
        if not ok or picture is None or picture.size == 0:
            return None
        if picture is not free:  # there was none, or it had another size
            self._remember(picture)
        return picture

    def copy(self, image: Image) -> Image:
        """Return a copy that may be drawn into."""
        free = self._free()
        if free is None or free.shape != image.shape:
            free = np.empty_like(image)
            self._remember(free)
        np.copyto(free, image)
        return free

    def _free(self) -> Picture | None:
        """Return a picture of which nobody holds any part; of more than a few the others are forgotten."""
        free = [at for at, holders in enumerate(_holders(self._pictures)) if holders <= _NOBODY]
        picture = self._pictures[free[-1]] if free else None
        for at in reversed(free[:-_SPARE]):
            del self._pictures[at]
        return picture

    def _remember(self, picture: Picture) -> None:
        self._pictures = [*self._pictures[-_MOST + 1 :], picture]


def _holders(pictures: Sequence[Picture]) -> list[int]:
    """Return how often each is referred to; whoever holds a part of one refers to the whole."""
    return [sys.getrefcount(picture) for picture in pictures]


_NOBODY: Final = _holders([np.empty(0)])[0]
