"""Moving-block bootstrap: how far two kinds of segments differ, and how sure that is. NumPy only, no Qt.

Neighbouring seconds are alike, so the seconds are resampled in blocks (moving blocks, Künsch 1989,
doi:10.1214/aos/1176347265). What is resampled are residuals: each second's deviation from the mean of its
kind, weighted by its faces and scaled by the spread of its kind. Blocks of residuals drawn from the whole
lesson are laid over the lesson's own timeline, so that a quiz of three minutes borrows from the other forty
how moods swing. A block never spans a gap in the picture or a pause.

Block length: Politis and White 2004 (doi:10.1081/ETC-120028836) as corrected by Patton, Politis and White
2009 (doi:10.1080/07474930802459016), for the emotions together, times 1.5 (bias costs an interval more of its
coverage than noise does: Lazarus et al. 2018, doi:10.1080/07350015.2018.1506926), at most a sixth of the
lesson. Interval: percentiles, expanded for few blocks by Student's t (Hesterberg 2015,
doi:10.1080/00031305.2015.1089789) and for the dependence that blocks cut off at their ends. All was chosen by
measured coverage: docs/statistics.md.

Own code, since the library that has it (arch) needs pandas, SciPy and statsmodels: 200 MB more to hand to a
school.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from desktop.report.estimates import MIN_SECONDS, OUTCOMES, Estimate, Estimates, turned
from desktop.report.student import t_quantile
from desktop.statistics import Interval
from models.emotion import EMOTIONS, mood_index

REPLICATES: Final = 2000
SEED: Final = 1989

_SMALLEST_BLOCK = 5  # seconds: the classifier smooths over one already
_LARGEST_BLOCK = 1 / 6  # of the lesson
_LONGER = 1.5  # bias harms an interval more than noise does
_FREEDOM = 0.75  # degrees of freedom a block, as measured: 2 / squared variation of the variance
_PRIOR_BLOCKS = 4.0  # how many independent stretches a kind's own spread must outweigh
_Z = 1.959964  # 97.5 % quantile of the normal distribution

_MOOD = np.array([mood_index(only) for only in np.eye(len(EMOTIONS)).tolist()])  # it is a weighted sum

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


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
    series = _Series.of(intervals, kinds, names)
    enough = [bool(seconds >= MIN_SECONDS) for seconds in series.seconds]
    if not any(enough):
        return Bootstrap(
            None,
            replicates,
            seed,
            None,
            tuple(KindEstimates(name, int(n), None) for name, n in zip(names, series.seconds, strict=True)),
            tuple(Difference(b, a, None) for i, a in enumerate(names) for b in names[i + 1 :]),
        )
    model = _Model.fit(series)
    errors = model.errors(np.random.default_rng(seed), replicates)
    weights = series.weights / series.weights.sum()
    lesson = _estimates(weights @ series.means, np.tensordot(weights, errors, axes=1))
    levels = [_estimates(series.means[k], errors[k]) if enough[k] else None for k in range(len(names))]
    differences = [
        Difference(
            names[j],
            names[i],
            _estimates(series.means[j] - series.means[i], errors[j] - errors[i])
            if enough[i] and enough[j]
            else None,
        )
        for i in range(len(names))
        for j in range(i + 1, len(names))
    ]
    return Bootstrap(
        model.block,
        replicates,
        seed,
        lesson,
        tuple(map(KindEstimates, names, map(int, series.seconds), levels)),
        tuple(differences),
    )


@dataclass(frozen=True, slots=True)
class _Series:
    """A lesson as arrays over its n seconds with frames; k kinds, o outcomes."""

    kind: Whole  # (n,) index of the kind
    runs: tuple[tuple[int, int], ...]  # [start, end) of seconds without a gap or pause
    residuals: Floats  # (n, o), weighted by faces; 0 without faces
    means: Floats  # (k, o), weighted by faces
    weights: Floats  # (k,), sum of the faces
    seconds: Whole  # (k,), with faces

    @classmethod
    def of(cls, intervals: Sequence[Interval], kinds: Sequence[str], names: Sequence[str]) -> "_Series":
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
        weights = np.bincount(kind, faces, size)
        sums = np.zeros((size, len(OUTCOMES)))
        np.add.at(sums, kind, faces[:, None] * values)
        means = sums / np.where(weights > 0, weights, 1.0)[:, None]
        mean_faces = faces.mean() if faces.any() else 1.0
        borders = [0, *(np.flatnonzero(np.diff(second) != 1) + 1).tolist(), len(second)]
        return cls(
            kind=kind,
            runs=tuple((a, b) for a, b in pairwise(borders) if b > a),
            residuals=(faces / mean_faces)[:, None] * (values - means[kind]),
            means=means,
            weights=weights / mean_faces,
            seconds=np.bincount(kind[faces > 0], minlength=size),
        )


@dataclass(frozen=True, slots=True)
class _Model:
    """What is resampled: residuals of unit spread, in blocks, and how they add up to errors of the means."""

    series: _Series
    residuals: Floats  # (n, o), divided by the spread of their kind
    spread: Floats  # (k, o)
    block: int  # seconds
    expansion: float  # of the percentiles

    @classmethod
    def fit(cls, series: _Series) -> "_Model":
        n = len(series.kind)
        memory = _Memory.of(series)
        ceiling = max(1, min(int(n * _LARGEST_BLOCK), _usual_run(series.runs)))
        block = min(max(_SMALLEST_BLOCK, int(np.ceil(memory.block_length(n)))), ceiling)
        spread = _spread(series, memory.time_s)
        blocks = n / block
        means = min(
            float(np.count_nonzero(series.weights)), blocks / 2
        )  # each took its part of the residuals
        expansion = t_quantile(round(_FREEDOM * (blocks - means), 1)) / _Z
        expansion /= np.sqrt((1 - means / blocks) * (1 - min(memory.time_s / block, 0.5)))
        safe = np.where(spread > 0, spread, 1.0)
        return cls(series, series.residuals / safe[series.kind], spread, block, float(expansion))

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
        weights = np.where(series.weights > 0, series.weights, 1.0)
        errors *= (self.expansion * self.spread / weights[:, None])[:, None, :]
        return errors


@dataclass(frozen=True, slots=True)
class _Memory:
    """How long moods last, from the autocorrelation of all emotions together."""

    moment: float  # sum of |lag| times autocorrelation
    total: float  # sum of the autocorrelations

    @property
    def time_s(self) -> float:
        """How far the dependence reaches, seconds."""
        return max(self.moment / self.total, 0.0)

    @classmethod
    def of(cls, series: _Series) -> "_Memory":
        """Sum up the lags that matter with the flat-top window of Politis and Romano 1995."""
        n = len(series.kind)
        rho = _autocorrelation(series.residuals[:, : len(EMOTIONS)], series.runs)
        quiet_lags = max(5, int(np.ceil(np.log10(n))))
        means = np.count_nonzero(series.weights)
        small = np.abs(rho[1:]) < 2 * np.sqrt(np.log10(n) / n)
        quiet = np.flatnonzero(np.convolve(small, np.ones(quiet_lags), "valid") == quiet_lags)
        last = max(int(quiet[0]) if len(quiet) else len(small), 1)
        lags = np.arange(1, min(2 * last, len(small)) + 1)
        window = np.minimum(1.0, 2 * (1 - lags / (2 * last)))
        total = max(1 + 2 * float((window * rho[lags]).sum()), 0.2)
        lost = min(total * means / n, 0.5)  # the means that were taken off took this much of every lag
        kept = window * (rho[lags] + lost) / (1 + lost)
        return cls(2 * float((lags * kept).sum()), max(1 + 2 * float(kept.sum()), 0.2))

    def block_length(self, n: int) -> float:
        """Return a length for n seconds: longer than what estimates the variance of a mean best."""
        return _LONGER * float((1.5 * self.time_s**2 * n) ** (1 / 3))


def _autocorrelation(residuals: Floats, runs: Sequence[tuple[int, int]]) -> Floats:
    """Return the autocorrelation at lags 0, 1, ..., summed over columns; no pair spans two runs."""
    n = len(residuals)
    lags = min(n - 1, 2 * (int(np.ceil(np.sqrt(n))) + 5))
    sums = np.zeros(lags + 1)
    for begin, end in runs:
        part = residuals[begin:end]
        power = np.abs(np.fft.rfft(part, 2 * len(part), axis=0)) ** 2
        products = np.fft.irfft(power.sum(axis=1), 2 * len(part))[: min(lags + 1, len(part))]
        sums[: len(products)] += products
    if sums[0] <= 0:  # nothing ever changes
        sums[0] = 1.0
    rho: Floats = sums / sums[0]
    return rho


def _spread(series: _Series, time_s: float) -> Floats:
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


def _usual_run(runs: Sequence[tuple[int, int]]) -> int:
    """Return the length of the run in which the median second lies: half of the lesson has such blocks."""
    lengths = sorted((end - begin for begin, end in runs), reverse=True)
    reached, half = 0, sum(lengths) / 2
    for length in lengths:
        reached += length
        if reached >= half:
            return length
    return 1


def _estimates(values: Floats, errors: Floats) -> dict[str, Estimate]:
    """Return the figures with percentile intervals; errors (replicates, o). Shares stay possible shares."""
    low, high = values + np.quantile(errors, (0.025, 0.975), axis=0)
    return {
        name: Estimate(float(values[i]), max(float(low[i]), -1.0), min(float(high[i]), 1.0))
        for i, name in enumerate(OUTCOMES)
    }
