"""A frame as a picture that Qt can paint."""

import cv2
import numpy as np
from PySide6.QtGui import QImage

from models.boxes import Image


def to_qimage(image: Image, width: int) -> QImage:
    """Return a picture ready to be painted `width` pixels wide: shrunk without aliasing if it is far larger.

    The QImage owns its pixels: the frame may go away.
    """
    rows, columns = image.shape[:2]
    if width > 0 and columns >= 2 * width:
        size = (width, max(1, round(rows * width / columns)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        rows, columns = image.shape[:2]
    image = np.ascontiguousarray(image)
    kind = QImage.Format.Format_BGR888 if image.ndim == 3 else QImage.Format.Format_Grayscale8
    wrapped = QImage(image.data, columns, rows, image.strides[0], kind)
    return wrapped.convertToFormat(QImage.Format.Format_RGB32)  # copies; painted three times as fast
