"""Where labels go: inside the picture always, off each other and off other faces where there is room."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Rect = tuple[float, float, float, float]  # left, top, right, bottom, in the painter's units
_Array = npt.NDArray[np.float64]

_GAP = 3.0  # between a box and its label
_LABEL_COST = 4.0  # an overlapped label is worse than an overlapped face, per area
_STEP_COST = 0.02  # of the label's area, per place down the list of preference


def place_labels(boxes: Sequence[Rect], sizes: Sequence[tuple[float, float]], bounds: Rect) -> list[Rect]:
    """Return a rectangle of each size inside `bounds`, near its box: above, below, beside, inside.

    Greedy in the order given, so a caller that sorts by something steady gets steady places. A label wider or
    higher than `bounds` is cut to them.
    """
    if not boxes:
        return []
    faces = np.asarray(boxes, dtype=np.float64)
    size = np.asarray(sizes, dtype=np.float64)
    candidates = _candidates(faces, size, bounds)  # (faces, places, 4)
    area = np.maximum(1.0, size.prod(axis=1))
    cost = _overlap(candidates[:, :, None], faces[None, None]).sum(axis=2)
    cost += _STEP_COST * area[:, None] * np.arange(candidates.shape[1])
    placed = np.empty_like(faces)
    for number, rects in enumerate(candidates):
        taken = _overlap(rects[:, None], placed[None, :number]).sum(axis=1)
        placed[number] = rects[np.argmin(cost[number] + _LABEL_COST * taken)]
    return [(a, b, c, d) for a, b, c, d in placed.tolist()]


def _candidates(faces: _Array, size: _Array, bounds: Rect) -> _Array:
    """Return the places for each label, best first, moved into the bounds: (faces, places, 4)."""
    left, top, right, bottom = faces.T
    width, height = size.T
    above, below = top - height - _GAP, bottom + _GAP
    corners = (
        (left, above),
        (right - width, above),
        (left, below),
        (right - width, below),
        (right + _GAP, top),
        (left - width - _GAP, top),
        (right + _GAP, bottom - height),
        (left - width - _GAP, bottom - height),
        (left, top),
        (left, bottom - height),
        (left, above - height - _GAP),
        (left, below + height + _GAP),
    )
    start = np.array(corners).transpose(2, 0, 1)
    low, high = np.array(bounds[:2]), np.array(bounds[2:])
    cut = np.minimum(size, high - low)[:, None]
    start = np.minimum(np.maximum(start, low), high - cut)
    return np.concatenate([start, np.minimum(start + cut, high)], axis=2)


def _overlap(a: _Array, b: _Array) -> _Array:
    """Return the overlapping area of rectangles, broadcast over all but the last axis."""
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    np.maximum(sides, 0, out=sides)
    area: _Array = sides[..., 0] * sides[..., 1]
    return area
