"""Images, face boxes and detections: the types that every stage shares."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.errors import ModelError

Image = npt.NDArray[np.uint8]  # BGR (height, width, 3), or grey (height, width)
Box = tuple[float, float, float, float]  # xyxy, pixels of the frame; x2, y2 are exclusive


@dataclass(frozen=True, slots=True)
class Detection:
    """One face found in one image."""

    box: Box
    score: float  # 0..1, comparable only within one detector


@dataclass(frozen=True, slots=True)
class CropRule:
    """How a detector's box becomes the square that FER2013's pictures show of a face."""

    scale: float  # side of the square, in heights of the box
    shift: float  # how far the square's centre lies below the box's centre, in heights of the box

    def square(self, box: Box) -> Box:
        """Return the square for `box`; it may leave the picture."""
        x1, y1, x2, y2 = box
        height = y2 - y1
        half = self.scale * height / 2
        x = (x1 + x2) / 2
        y = (y1 + y2) / 2 + self.shift * height
        return (x - half, y - half, x + half, y + half)


def iou_matrix(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the intersection over union of every pair, (len(a), len(b)), for xyxy boxes (n, 4)."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.maximum(bottom_right - top_left, 0)
    overlap = sides[..., 0] * sides[..., 1]
    areas_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    areas_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = areas_a[:, None] + areas_b[None, :] - overlap
    iou: npt.NDArray[np.float64] = np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)
    return iou


def to_grey(image: Image) -> Image:
    """Return `image`, which may be grey, BGR or BGRA, as grey (height, width); else raises ModelError."""
    if image.dtype != np.uint8 or image.size == 0:
        raise ModelError(
            "Cannot use a picture of type {type}, shape {shape}: give 8-bit pixels.",
            type=image.dtype,
            shape=image.shape,
        )
    match image.shape:
        case (_, _):
            return image
        case (_, _, 1):
            return np.ascontiguousarray(image[:, :, 0])
        case (_, _, 3):
            return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
        case (_, _, 4):
            return cv2.cvtColor(image, cv2.COLOR_BGRA2GRAY).astype(np.uint8, copy=False)
    raise ModelError("Cannot use a picture of shape {shape}: give grey, BGR or BGRA.", shape=image.shape)


def to_bgr(image: Image) -> Image:
    """Return `image` as BGR (height, width, 3). Raises ModelError as `to_grey` does."""
    if image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8 and image.size:
        return image
    return cv2.cvtColor(to_grey(image), cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
