"""`Series`: a lesson as arrays over its seconds, for the bootstrap. NumPy only, no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from desktop.report.estimates import OUTCOMES
from desktop.statistics import Interval
from models.emotion import EMOTIONS, mood_index

_LONGEST_BREAK: Final = 600  # seconds: moods of before are forgotten, and the arrays stay short

_MOOD = np.array([mood_index(only) for only in np.eye(len(EMOTIONS)).tolist()])  # it is a weighted sum

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Series:
    """A lesson as arrays over its n seconds with frames; k kinds, o outcomes."""

    kind: Whole  # (n,) index of the kind
    time: Whole  # (n,) seconds, from 0; long breaks are cut to _LONGEST_BREAK
    runs: tuple[tuple[int, int], ...]  # [start, end) of seconds without a gap or pause
    faces: Floats  # (n,), mean 1
    residuals: Floats  # (n, o), deviation from the mean of the kind, weighted by faces; 0 without faces
    means: Floats  # (k, o), weighted by faces
    weights: Floats  # (k,), sum of the faces
    seconds: Whole  # (k,), with faces

    @classmethod
    def of(cls, intervals: Sequence[Interval], kinds: Sequence[str], names: Sequence[str]) -> "Series":
        """Return the seconds with frames in order; `names` are the different kinds."""
        pairs = sorted(
            ((i, kind) for i, kind in zip(intervals, kinds, strict=True) if i.frames),
            key=lambda p: p[0].second,
        )
        number = {name: index for index, name in enumerate(names)}
        kind = np.array([number[name] for _, name in pairs], np.int64)
        second = np.array([i.second for i, _ in pairs], np.int64)
        faces = np.array([i.faces if i.shares else 0.0 for i, _ in pairs], np.float64)
        none = (0.0,) * len(EMOTIONS)
        shares = np.array([i.shares or none for i, _ in pairs], np.float64).reshape(-1, len(EMOTIONS))
        values = np.column_stack((shares, shares @ _MOOD))
        size = len(names)
        seconds = np.bincount(kind[faces > 0], minlength=size)
        faces = faces / faces.mean() if faces.any() else faces
        weights = summed(kind, faces, size)
        sums = np.zeros((size, len(OUTCOMES)))
        np.add.at(sums, kind, faces[:, None] * values)
        means = sums / np.where(weights > 0, weights, 1.0)[:, None]
        steps = np.diff(second)
        borders = [0, *(np.flatnonzero(steps != 1) + 1).tolist(), len(second)]
        return cls(
            kind=kind,
            time=np.concatenate(([0], np.minimum(steps, _LONGEST_BREAK).cumsum()))[: len(second)],
            runs=tuple((a, b) for a, b in pairwise(borders) if b > a),
            faces=faces,
            residuals=faces[:, None] * (values - means[kind]),
            means=means,
            weights=weights,
            seconds=seconds,
        )

    @property
    def usual_run(self) -> int:
        """Length of the run in which the median second lies: half of the lesson has such blocks."""
        lengths = sorted((end - begin for begin, end in self.runs), reverse=True)
        reached, half = 0, sum(lengths) / 2
        for length in lengths:
            reached += length
            if reached >= half:
                return length
        return 1


def summed(places: Whole, values: npt.ArrayLike, size: int = 0) -> Floats:
    """Return the sums of the values that have the same place."""
    return np.bincount(places, values, size).astype(np.float64)
