"""Moving-block bootstrap: how far two kinds of segments differ, and how sure that is. NumPy only, no Qt.

Neighbouring seconds are alike, so the seconds are resampled in blocks (moving blocks, Künsch 1989,
doi:10.1214/aos/1176347265). What is resampled are residuals: each second's deviation from the mean of its
kind, weighted by its faces and scaled by the spread of its kind. Blocks of residuals drawn from the whole
lesson are laid over the lesson's own timeline, so that a quiz of three minutes borrows from the other forty
how moods swing. A block never spans a gap in the picture or a pause. Its length: see `memory`.

Interval: percentiles, expanded for few blocks by Student's t (Hesterberg 2015,
doi:10.1080/00031305.2015.1089789), and scaled by what blocks of this length are known to lose or to add for
this timeline if moods fade as they were seen to (see `memory`). All was chosen by measured coverage:
docs/statistics.md.

Own code, since the library that has it (arch) needs pandas, SciPy and statsmodels: 200 MB more to hand to a
school.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from desktop.report.estimates import MIN_SECONDS, OUTCOMES, Estimate, Estimates, turned
from desktop.report.memory import Memory
from desktop.report.series import Floats, Series
from desktop.report.student import t_quantile
from desktop.statistics import Interval

REPLICATES: Final = 2000
SEED: Final = 1989

_SMALLEST_BLOCK = 5  # seconds: the classifier smooths over one already
_LARGEST_BLOCK = 1 / 6  # of the lesson
_FREEDOM = 0.75  # degrees of freedom a block, as measured
_PRIOR_BLOCKS = 4.0  # how many independent stretches a kind's own spread must outweigh
_LEAST_SCALE, _MOST_SCALE = 0.3, 4.0  # of a variance: beyond, the model of the moods does not fit
_Z = 1.959964  # 97.5 % quantile of the normal distribution


@dataclass(frozen=True, slots=True)
class KindEstimates:
    """Shares and mood index of one kind of segment; None below MIN_SECONDS."""

    kind: str
    seconds: int  # with faces
    estimates: Estimates | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind of segment minus another; None if either side has too few seconds with faces."""

    kind: str
    other: str
    estimates: Estimates | None

    @property
    def turned(self) -> "Difference":
        """The same difference the other way round."""
        return Difference(self.other, self.kind, None if self.estimates is None else turned(self.estimates))


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """All that was estimated of one lesson."""

    block_s: int | None  # None: no kind had enough seconds
    replicates: int
    seed: int
    lesson: Estimates | None  # of all kinds together
    kinds: tuple[KindEstimates, ...]  # in the order in which they first occur
    differences: tuple[Difference, ...]  # every pair once, later kind minus earlier one

    def difference(self, kind: str, other: str) -> Difference:
        """Return `kind` minus `other`, whichever way round it is kept."""
        for found in self.differences:
            if (found.kind, found.other) == (kind, other):
                return found
            if (found.other, found.kind) == (kind, other):
                return found.turned
        raise KeyError(f"there is no pair of {kind!r} and {other!r}")


def bootstrap(
    intervals: Sequence[Interval], kinds: Sequence[str], *, seed: int = SEED, replicates: int = REPLICATES
) -> Bootstrap:
    """Return levels and pairwise differences of the kinds; `kinds` names the kind of each interval.

    Gaps (seconds without a frame) carry no information; seconds without faces have no weight.
    """
    names = tuple(dict.fromkeys(kinds))
    series = Series.of(intervals, kinds, names)
    enough = [bool(seconds >= MIN_SECONDS) for seconds in series.seconds]
    size = len(names)
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size)]
    if not any(enough):
        return Bootstrap(
            None,
            replicates,
            seed,
            None,
            tuple(KindEstimates(name, int(n), None) for name, n in zip(names, series.seconds, strict=True)),
            tuple(Difference(names[j], names[i], None) for i, j in pairs),
        )
    model = _Model.fit(series)
    errors = model.errors(np.random.default_rng(seed), replicates)

    def estimates(weights: Floats) -> Estimates:
        spread = np.tensordot(weights, errors, axes=1) * model.expansion(weights)
        return _estimates(weights @ series.means, spread)

    one = np.eye(size)
    return Bootstrap(
        model.block,
        replicates,
        seed,
        estimates(series.weights / series.weights.sum()),
        tuple(
            KindEstimates(names[k], int(series.seconds[k]), estimates(one[k]) if enough[k] else None)
            for k in range(size)
        ),
        tuple(
            Difference(names[j], names[i], estimates(one[j] - one[i]) if enough[i] and enough[j] else None)
            for i, j in pairs
        ),
    )


@dataclass(frozen=True, slots=True)
class _Model:
    """What is resampled: residuals of unit spread, in blocks, and how they add up to errors of the means."""

    series: Series
    residuals: Floats  # (n, o), divided by the spread of their kind
    spread: Floats  # (k, o)
    block: int  # seconds
    factor: float  # for few blocks
    whole: Floats  # (k, k), see Memory.variances
    blocks: Floats  # (k, k)

    @classmethod
    def fit(cls, series: Series) -> "_Model":
        n = len(series.kind)
        memory = Memory.of(series)
        ceiling = max(1, min(int(n * _LARGEST_BLOCK), series.usual_run))
        block = min(max(_SMALLEST_BLOCK, int(np.ceil(memory.block_length(n)))), ceiling)
        spread = _spread(series, memory.reach_s)
        means = min(np.count_nonzero(series.weights) / 2, n / block / 2)  # took their part of the blocks
        freedom = max(round(_FREEDOM * (n / block - means), 1), 1.0)
        safe = np.where(spread > 0, spread, 1.0)
        scaled = series.residuals / safe[series.kind]
        return cls(series, scaled, spread, block, t_quantile(freedom) / _Z, *memory.variances(series, block))

    def errors(self, rng: np.random.Generator, replicates: int) -> Floats:
        """Return (k, replicates, o): by how much each kind's means miss in each replicate."""
        series, block = self.series, self.block
        starts = np.concatenate(
            [np.arange(a, b - block + 1) for a, b in series.runs if b - a >= block], dtype=np.int64
        )
        sums = np.concatenate([np.zeros((1, self.residuals.shape[1])), self.residuals.cumsum(axis=0)])
        errors = np.zeros((len(series.means), replicates, self.residuals.shape[1]))
        centres: dict[tuple[int, int], Floats] = {}
        for begin, end in series.runs:
            for left in range(begin, end, block):
                kind = series.kind[left : min(left + block, end)]
                chosen = rng.choice(starts, replicates)
                cuts = [0, *(np.flatnonzero(np.diff(kind)) + 1).tolist(), len(kind)]
                for first, last in pairwise(cuts):
                    if (first, last) not in centres:
                        centres[first, last] = (sums[starts + last] - sums[starts + first]).mean(axis=0)
                    errors[kind[first]] += sums[chosen + last] - sums[chosen + first] - centres[first, last]
        errors *= self._scale[:, None, :]
        return errors

    def expansion(self, weights: Floats) -> Floats:
        """Return (o,): by how much the percentiles of a weighted sum of means are to be widened."""
        scaled = weights[:, None] * self._scale
        true, shown = (np.einsum("ko,kl,lo->o", scaled, each, scaled) for each in (self.whole, self.blocks))
        ratio = np.divide(true, shown, out=np.ones_like(true), where=shown > 0)
        expansion: Floats = self.factor * np.sqrt(np.clip(ratio, _LEAST_SCALE, _MOST_SCALE))
        return expansion

    @property
    def _scale(self) -> Floats:
        """(k, o): from a kind's sum of residuals of unit spread to the error of its mean."""
        weights = self.series.weights
        scale: Floats = self.spread / np.where(weights > 0, weights, 1.0)[:, None]
        return scale


def _spread(series: Series, time_s: float) -> Floats:
    """Return the standard deviation of each kind's residuals, drawn to the lesson's where a kind is short."""
    size = len(series.means)
    length = np.bincount(series.kind, minlength=size)
    squares = np.zeros((size, series.residuals.shape[1]))
    np.add.at(squares, series.kind, series.residuals**2)
    variance = squares / np.maximum(length, 1)[:, None]
    stretches = (length / max(2 * time_s, 1.0))[:, None]  # about independent of each other
    variance /= np.clip(1 - 1 / np.maximum(stretches, 1e-9), 0.5, 1.0)  # the kind's own mean took its part
    pooled = squares.sum(axis=0) / len(series.kind)
    shrunk = (stretches * variance + _PRIOR_BLOCKS * pooled) / (stretches + _PRIOR_BLOCKS)
    spread: Floats = np.sqrt(shrunk)
    return spread


def _estimates(values: Floats, errors: Floats) -> dict[str, Estimate]:
    """Return the figures with percentile intervals; errors (replicates, o). Shares stay possible shares."""
    low, high = values + np.quantile(errors, (0.025, 0.975), axis=0)
    return {
        name: Estimate(float(values[i]), max(float(low[i]), -1.0), min(float(high[i]), 1.0))
        for i, name in enumerate(OUTCOMES)
    }
