"""Images, face boxes and detections: the types that every stage shares."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]  # BGR (height, width, 3), or grey (height, width)
Box = tuple[float, float, float, float]  # xyxy, pixels of the frame; x2, y2 are exclusive


@dataclass(frozen=True, slots=True)
class Detection:
    """One face found in one image."""

    box: Box
    score: float  # 0..1, comparable only within one detector


def iou_matrix(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the intersection over union of every pair, (len(a), len(b)), for xyxy boxes (n, 4)."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    overlap = np.clip(bottom_right - top_left, 0, None).prod(axis=2)
    areas_a = (a[:, 2:] - a[:, :2]).prod(axis=1)
    areas_b = (b[:, 2:] - b[:, :2]).prod(axis=1)
    union = areas_a[:, None] + areas_b[None, :] - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)
