"""Where labels go: inside the picture always, off each other and off other faces where there is room."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Rect = tuple[float, float, float, float]  # left, top, right, bottom, in the painter's units
_Rects = npt.NDArray[np.float64]  # (n, 4)

_GAP = 3.0  # between a box and its label
_LABEL_COST = 4.0  # an overlapped label is worse than an overlapped face, per area
_STEP_COST = 0.02  # of the label's area, per place down the list of preference


def place_labels(boxes: Sequence[Rect], sizes: Sequence[tuple[float, float]], bounds: Rect) -> list[Rect]:
    """Return a rectangle of each size inside `bounds`, near its box: above, below, inside, beside.

    Greedy in the order given, so a caller that sorts by something steady gets steady places. A label wider or
    higher than `bounds` is cut to them.
    """
    faces = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    placed = np.empty((len(faces), 4))
    for number, (width, height) in enumerate(sizes):
        candidates = _inside(_candidates(faces[number], width, height), bounds)
        area = max(1.0, width * height)
        cost = _STEP_COST * area * np.arange(len(candidates))
        cost += _LABEL_COST * _overlap(candidates, placed[:number]).sum(axis=1)
        cost += _overlap(candidates, faces).sum(axis=1)
        placed[number] = candidates[int(np.argmin(cost))]
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in placed]


def _candidates(face: npt.NDArray[np.float64], width: float, height: float) -> _Rects:
    left, top, right, bottom = face
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
    start = np.array(corners, dtype=np.float64)
    return np.hstack([start, start + np.array((width, height))])


def _inside(rects: _Rects, bounds: Rect) -> _Rects:
    """Move rectangles into the bounds, and cut what is larger than they are."""
    low = np.array(bounds[:2])
    high = np.array(bounds[2:])
    size = np.minimum(rects[:, 2:] - rects[:, :2], high - low)
    start = np.clip(rects[:, :2], low, high - size)
    return np.hstack([start, np.minimum(start + size, high)])


def _overlap(a: _Rects, b: _Rects) -> npt.NDArray[np.float64]:
    """Return the overlapping area of every pair, (len(a), len(b))."""
    start = np.maximum(a[:, None, :2], b[None, :, :2])
    end = np.minimum(a[:, None, 2:], b[None, :, 2:])
    area: npt.NDArray[np.float64] = np.clip(end - start, 0, None).prod(axis=2)
    return area
