"""How long moods last: the autocorrelation of a lesson, the block length that follows, and what blocks lose.

Block length: Politis and White 2004 (doi:10.1081/ETC-120028836) as corrected by Patton, Politis and White
2009 (doi:10.1080/07474930802459016), for the emotions together.

Blocks lose what reaches over their ends, and keep what cancels out where an activity takes turns with another
quicker than moods change; and the residuals have lost what went into the means of their kinds. For a model of
the autocorrelation, a part that every second forgets and a part that fades exponentially, all of this is
known: `Memory.lost` gives the variance that a figure truly has and the one that its blocks show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from desktop.report.series import Floats, Series, summed
from models.emotion import EMOTIONS

_TIMES_S: Final = np.geomspace(1.0, 240.0, 28)  # that the fading part is tried with
_LONGEST_TIME: Final = 1 / 6  # of the lesson
_FITTED_LAGS: Final = 300
_MOST_MEANS: Final = 8  # kinds whose means are reckoned with one by one; the others as one


@dataclass(frozen=True, slots=True)
class Memory:
    """The autocorrelation of a lesson's residuals."""

    reach_s: float  # how far the dependence reaches
    true: Floats  # (lags,), of the moods, by the fitted model; 1 at lag 0
    seen: Floats  # (lags,), what it lets expect of products of residuals, seconds without faces included

    @classmethod
    def of(cls, series: Series) -> "Memory":
        """Estimate it from all emotions together."""
        true, seen = _fitted(series)
        return cls(_reach(series), true, seen)

    def block_length(self, n: int) -> float:
        """Return the length with which n seconds estimate the variance of a mean best."""
        return float((1.5 * self.reach_s**2 * n) ** (1 / 3))

    def variances(self, series: Series, block: int) -> tuple[Floats, Floats]:
        """Return (k, k) twice: covariances of the kinds' sums as they are, and as blocks show them.

        Both for residuals of variance 1; blocks of `block` seconds begin anew in every run.
        """
        size = len(series.means)
        whole = np.zeros((size, size))
        for kind in range(size):
            members = (series.kind == kind) & (series.faces > 0)
            reached = _filtered(self.true, summed(series.time, members))
            whole[kind] = summed(series.kind, reached[series.time] * (series.faces > 0), size)
        lags = np.abs(np.subtract.outer(np.arange(block), np.arange(block)))
        inside = self.seen[np.minimum(lags, len(self.seen) - 1)]
        blocks = np.zeros((size, size))
        for begin, end in series.runs:
            for left in range(begin, end, block):
                members, place = np.unique(series.kind[left : min(left + block, end)], return_inverse=True)
                held = np.eye(len(members))[place]
                blocks[np.ix_(members, members)] += held.T @ inside[: len(held), : len(held)] @ held
        return whole, blocks


def _fitted(series: Series) -> tuple[Floats, Floats]:
    """Return the model's autocorrelation and the mean products of residuals that it lets expect.

    Least squares over the lags; the products are expected with the means of the kinds taken off, else the
    moods would seem to last shorter than they do.
    """
    span = int(series.time[-1]) + 1
    lags = max(1, min(_FITTED_LAGS, span // 4))
    framed = summed(series.time, np.ones(len(series.time)))
    watched = summed(series.time, series.faces > 0)
    pairs = _products(watched, watched)
    placed = np.zeros((span, len(EMOTIONS)))
    placed[series.time] = series.residuals[:, : len(EMOTIONS)]
    found = np.sum([_products(column, column)[: lags + 1] for column in placed.T], axis=0)
    expected = _Expectation(series, watched)
    times = _TIMES_S[: max(1, int(np.searchsorted(_TIMES_S, span * _LONGEST_TIME)))]
    models = [np.eye(1, span)[0], *(np.exp(-np.arange(span) / time) for time in times)]
    products = [expected.products(model, pairs) for model in models]
    parts, best, least = (1.0, 0.0), 1, np.inf
    if found[0] > 0:
        found = found / found[0]
        quick = products[0][: lags + 1] / products[0][0]
        for index in range(1, len(models)):
            slow = products[index][: lags + 1] / products[0][0]
            tried = _non_negative(np.column_stack((quick, slow)), found)
            left = float(((quick * tried[0] + slow * tried[1] - found) ** 2).sum())
            if left < least:
                parts, best, least = tried, index, left
    share = parts[1] / max(sum(parts), 1e-12)
    true = models[0] * (1 - share) + models[best] * share
    seen = (products[0] * (1 - share) + products[best] * share) / np.maximum(_products(framed, framed), 1.0)
    return true, seen


class _Expectation:
    """What autocorrelated moods let expect of products of residuals, the means of the kinds taken off."""

    def __init__(self, series: Series, watched: Floats) -> None:
        largest = np.argsort(-series.seconds, kind="stable")[: _MOST_MEANS - 1]
        group = np.full(len(series.means), len(largest))
        group[largest] = np.arange(len(largest))
        groups = group[series.kind]
        self._members: list[Floats] = []
        self._taken: list[Floats] = []  # how much of the group's sum is taken off each second
        for number in np.unique(groups[series.faces > 0]).tolist():
            faces = np.where(groups == number, series.faces, 0.0)
            taken = np.zeros(len(watched))
            taken[series.time] = faces / faces.sum()
            self._taken.append(taken)
            self._members.append((taken > 0).astype(np.float64))
        self._watched = watched
        self._crossed = [[_products(a, b) for b in self._taken] for a in self._taken]

    def products(self, model: Floats, pairs: Floats) -> Floats:
        """Return the sum of the products at each lag."""
        sums = model * pairs
        for index, (member, taken) in enumerate(zip(self._members, self._taken, strict=True)):
            reached = _filtered(model, member)
            seen = reached * self._watched
            sums -= _products(taken, seen) + _products(seen, taken)
            for other, crossed in zip(self._members, self._crossed[index], strict=True):
                sums += float(other @ reached) * crossed
        return sums


def _filtered(model: Floats, values: Floats) -> Floats:
    """Return for each second the sum of all values, each weighted by the model at its distance."""
    size = 2 * len(values)
    kernel = np.zeros(size)
    kernel[: len(values)] = model[: len(values)]
    kernel[len(values) + 1 :] = model[1 : len(values)][::-1]
    spectrum = np.fft.rfft(kernel) * np.fft.rfft(values, size)
    filtered: Floats = np.fft.irfft(spectrum, size)[: len(values)]
    return filtered


def _products(first: Floats, second: Floats) -> Floats:
    """Return the sums of first[t] * second[t + lag] at lags 0, 1, ..."""
    size = 2 * len(first)
    spectrum = np.conj(np.fft.rfft(first, size)) * np.fft.rfft(second, size)
    sums: Floats = np.fft.irfft(spectrum, size)[: len(first)]
    return sums


def _non_negative(columns: Floats, wanted: Floats) -> tuple[float, float]:
    """Return the weights, neither of them negative, with which two columns come closest."""
    both = np.linalg.lstsq(columns, wanted, rcond=None)[0]
    if (both >= 0).all():
        return float(both[0]), float(both[1])
    first, second = (max(float(each @ wanted) / max(float(each @ each), 1e-12), 0.0) for each in columns.T)
    alone = ((first, 0.0), (0.0, second))
    return min(alone, key=lambda one: float(((columns @ np.array(one) - wanted) ** 2).sum()))


def _reach(series: Series) -> float:
    """Return Politis and White's ratio, with the flat-top window of Politis and Romano 1995."""
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
    return max(2 * float((lags * kept).sum()) / max(1 + 2 * float(kept.sum()), 0.2), 0.0)


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
