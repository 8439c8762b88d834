"""Association: which detection is which track, in ByteTrack's order of trust.

ByteTrack (Zhang et al. 2022): sure detections first, unsure ones only to keep tracks alive; then lost tracks
within widened boxes (buffered IoU, Yang et al. 2023). The assignment itself is Jonker-Volgenant's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import lap
import numpy as np

from models.boxes import Detection, iou_matrix
from models.flow import Array, Flags, FlowPicture, Looks, patches

SURE_SCORE = 0.5  # a detection below this starts no track, but keeps one alive
ALIKE = 0.3  # correlation with the face last detected; less means that something stands in front of it

Pairs = list[tuple[int, int]]  # row of a track, column of a detection


@dataclass(frozen=True, slots=True)
class Scan:
    """What a detector found in one picture, as arrays."""

    boxes: Array  # (n, 4) centre x, centre y, width, height
    scores: Array  # (n,)
    picture: FlowPicture
    timestamp: float  # of the picture, seconds

    @staticmethod
    def of(detections: Sequence[Detection], picture: FlowPicture, timestamp: float) -> "Scan":
        """Keep the detections that can be faces of this picture."""
        width, height = picture.size
        usable = [
            ((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, d.score)
            for d in detections
            for x1, y1, x2, y2 in [d.box]
            if all(map(isfinite, (*d.box, d.score)))
            and 3 < x2 - x1 < 2 * width
            and 3 < y2 - y1 < 2 * height
            and 0 < x1 + x2 < 2 * width
            and 0 < y1 + y2 < 2 * height
        ]
        values = np.array(usable, np.float64).reshape(-1, 5)
        return Scan(values[:, :4], values[:, 4], picture, timestamp)


def associate(then: Array, confirmed: Flags, lost: Flags, looks: Looks, scan: Scan) -> Pairs:
    """Return which track, by where it was `then` (n, 4), is which detection of `scan`."""
    columns = range(len(scan.boxes))
    sure = [c for c in columns if scan.scores[c] >= SURE_SCORE]
    unsure = [c for c in columns if scan.scores[c] < SURE_SCORE]
    rows = list(map(int, np.flatnonzero(confirmed)))
    pairs = _assign(then, scan.boxes, rows, sure, least=0.2)
    rows = _without(rows, pairs, 0)
    pairs += _assign(then, scan.boxes, rows, unsure, least=0.4)
    rows = [row for row in _without(rows, pairs, 0) if lost[row]]
    sure = _without(sure, pairs, 1)
    if rows and sure:
        likeness = looks @ patches(scan.picture, scan.boxes).T
        again = _assign(_widened(then), _widened(scan.boxes), rows, sure, least=0.1)
        pairs += [(row, column) for row, column in again if likeness[row, column] > ALIKE]
    tentative = list(map(int, np.flatnonzero(~confirmed)))
    return pairs + _assign(then, scan.boxes, tentative, _without(sure, pairs, 1), least=0.3)


def hidden_rivals(then: Array, seen: set[int]) -> Flags:
    """Return for every track (n, 4) whether it overlaps one that was not `seen`: which of both was it?"""
    overlap = iou_matrix(corners(then), corners(then)) > 0.3
    np.fill_diagonal(overlap, False)
    overlap[:, sorted(seen)] = False
    return np.asarray(overlap.any(axis=1), np.bool_)


def covered(box: Array, others: Array) -> bool:
    """Return whether `box` (4,) lies on one of `others` (n, 4): a second frame around a known face."""
    a, b = corners(box[None])[0], corners(others)
    common = np.clip(np.minimum(a[2:], b[:, 2:]) - np.maximum(a[:2], b[:, :2]), 0, None).prod(axis=1)
    smaller = np.minimum(box[2] * box[3], others[:, 2] * others[:, 3])
    return bool((common > 0.5 * smaller).any())


def corners(boxes: Array) -> Array:
    """Return boxes (n, 4) of centre and size as xyxy."""
    half = boxes[:, 2:] / 2
    return np.hstack([boxes[:, :2] - half, boxes[:, :2] + half])


def _assign(boxes: Array, found: Array, rows: list[int], columns: list[int], least: float) -> Pairs:
    """Return the pairs of rows and columns with the greatest sum of overlaps, each at least `least`."""
    if not rows or not columns:
        return []
    overlap = iou_matrix(corners(boxes[rows]), corners(found[columns]))
    _, assigned, _ = lap.lapjv(1 - overlap, extend_cost=True, cost_limit=1 - least)
    return [(rows[r], columns[c]) for r, c in enumerate(assigned) if c >= 0]


def _without(numbers: list[int], pairs: Pairs, side: int) -> list[int]:
    taken = {pair[side] for pair in pairs}
    return [number for number in numbers if number not in taken]


def _widened(boxes: Array) -> Array:
    return np.hstack([boxes[:, :2], boxes[:, 2:] * 2])
