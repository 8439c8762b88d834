"""Notices a live picture that does not change any more: a sensor's noise makes any two real ones differ."""

import zlib

from models.boxes import Image

FROZEN_AFTER_S = 5.0
_STEP = 8  # every 8th pixel of every 8th row is compared
_BLACK = 16  # brightest value of a picture that shows nothing


class Stillness:
    """Remembers since when the picture has been the same, bit for bit."""

    def __init__(self) -> None:
        self._seen: int | None = None
        self._since = 0.0

    def seconds(self, image: Image, now: float) -> float:
        """Return for how long pictures have been exactly like this one; 0 if it differs from the last."""
        sample = image[::_STEP, ::_STEP]
        seen = hash((image.shape, zlib.crc32(sample.tobytes())))
        if seen != self._seen:
            self._seen, self._since = seen, now
        return now - self._since


def is_black(image: Image) -> bool:
    """Return True for a picture without any light: a closed shutter, a lens cap."""
    return int(image[::_STEP, ::_STEP].max()) < _BLACK
