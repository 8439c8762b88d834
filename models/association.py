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
from models.flow import IN_FRONT, Array, Flags, FlowPicture, Looks, patches

SURE_SCORE = 0.5  # a detection below this starts no track, but keeps one alive
ALIKE = 0.3  # correlation with the face last detected; less means that something stands in front of it
ALIKE_AGAIN = 0.7  # and so much is asked of a face that was lost

Pairs = list[tuple[int, int]]  # row of a track, column of a detection


@dataclass(frozen=True, slots=True)
class Scan:
    """What a detector found in one picture, as arrays."""

    boxes: Array  # (n, 4) centre x, centre y, width, height
    scores: Array  # (n,)
    looks: Looks  # what is in the boxes
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
        return Scan(values[:, :4], values[:, 4], patches(picture, values[:, :4]), picture, timestamp)


def associate(then: Array, confirmed: Flags, lost: Flags, looks: Looks, scan: Scan) -> Pairs:
    """Return which track, by where it was `then` (n, 4), is which detection of `scan`."""
    likeness = np.asarray(looks @ scan.looks.T, np.float64)
    columns = range(len(scan.boxes))
    sure = [c for c in columns if scan.scores[c] >= SURE_SCORE]
    unsure = [c for c in columns if scan.scores[c] < SURE_SCORE]
    rows = list(map(int, np.flatnonzero(confirmed)))
    pairs = _assign(then, scan.boxes, likeness, rows, sure, least=0.2)
    rows = _without(rows, pairs, 0)
    pairs += _assign(then, scan.boxes, likeness, rows, unsure, least=0.4)
    rows = [row for row in _without(rows, pairs, 0) if lost[row]]
    sure = _without(sure, pairs, 1)
    if rows and sure:
        again = _assign(_widened(then), _widened(scan.boxes), likeness, rows, sure, least=0.1)
        pairs += [(row, column) for row, column in again if likeness[row, column] > ALIKE]
    tentative = list(map(int, np.flatnonzero(~confirmed)))
    begun = _assign(then, scan.boxes, likeness, tentative, _without(sure, pairs, 1), least=0.3)
    tentative = _without(tentative, begun, 0)
    # a face that a cascade was sure of once and sees again with few votes is one
    begun += _assign(then, scan.boxes, likeness, tentative, _without(unsure, pairs, 1), least=0.4)
    return pairs + begun


def without_doubt(pairs: Pairs, then: Array, looks: Looks, scan: Scan) -> Pairs:
    """Return the pairs that can be nobody else: no unseen track lies there, or it looks less like it."""
    unseen = np.ones(len(then), np.bool_)
    unseen[[row for row, _ in pairs]] = False
    if not unseen.any():
        return pairs
    rivals = (iou_matrix(corners(then), corners(then)) > 0.3) & unseen
    likeness = looks @ scan.looks.T
    return [(r, c) for r, c in pairs if not (likeness[rivals[r], c] + IN_FRONT > likeness[r, c]).any()]


def covered(box: Array, others: Array) -> bool:
    """Return whether `box` (4,) lies on one of `others` (n, 4): a second frame around a known face."""
    a, b = corners(box[None])[0], corners(others)
    common = np.clip(np.minimum(a[2:], b[:, 2:]) - np.maximum(a[:2], b[:, :2]), 0, None).prod(axis=1)
    smaller = np.minimum(box[2] * box[3], others[:, 2] * others[:, 3])
    return bool((common > 0.5 * smaller).any())


def corners(boxes: Array) -> Array:
    """Return boxes (n, 4) of centre and size as xyxy."""
    half = boxes[:, 2:] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)


def _assign(
    boxes: Array, found: Array, likeness: Array, rows: list[int], columns: list[int], *, least: float
) -> Pairs:
    """Return the pairs of rows and columns that overlap by `least` or more and fit best together.

    Overlap decides; where faces overlap each other, so does how alike they look.
    """
    if not rows or not columns:
        return []
    overlap = iou_matrix(corners(boxes[rows]), corners(found[columns]))
    fit = overlap * (0.7 + 0.3 * np.maximum(likeness[np.ix_(rows, columns)], 0))
    _, assigned, _ = lap.lapjv(1 - np.where(overlap < least, 0, fit), extend_cost=True, cost_limit=0.999)
    return [(rows[r], columns[c]) for r, c in enumerate(assigned) if c >= 0]


def _without(numbers: list[int], pairs: Pairs, side: int) -> list[int]:
    taken = {pair[side] for pair in pairs}
    return [number for number in numbers if number not in taken]


def _widened(boxes: Array) -> Array:
    return np.hstack([boxes[:, :2], boxes[:, 2:] * 2])
