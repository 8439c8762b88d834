"""A frame as a picture that Qt can paint."""

import cv2
import numpy as np
from PySide6.QtGui import QImage

from models.boxes import Image


class Canvas:
    """Holds one picture ready to be painted; the next one takes its place."""

    def __init__(self) -> None:
        self._image = QImage()

    def show(self, image: Image, width: int) -> QImage:
        """Return a picture to be painted `width` pixels wide: shrunk without aliasing if it is far larger.

        The QImage owns its pixels, in the format that is painted fastest: the frame may go away.
        """
        rows, columns = image.shape[:2]
        if width > 0 and columns >= 2 * width:
            size = (width, max(1, round(rows * width / columns)))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
            rows, columns = image.shape[:2]
        if (self._image.width(), self._image.height()) != (columns, rows):
            self._image = QImage(columns, rows, QImage.Format.Format_RGB32)
        pixels = np.frombuffer(self._image.bits(), np.uint8).reshape(rows, columns, 4)
        kind = cv2.COLOR_BGR2BGRA if image.ndim == 3 else cv2.COLOR_GRAY2BGRA
        cv2.cvtColor(image, kind, dst=pixels)
        return self._image
