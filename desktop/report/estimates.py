"""`Estimate`: a figure with its 95 % interval, and how several of them become one. No Qt."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.report.student import t_quantile
from models.emotion import EMOTIONS, mood_index

MIN_SECONDS: Final = 30  # with faces, on either side: below there is "not enough data"
MIN_LESSONS: Final = 3  # for a mean over lessons or a trend; below there is "not enough data"
OUTCOMES: Final = (*EMOTIONS, "mood")  # what is compared, everywhere in this order


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def differs(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    @property
    def turned(self) -> "Estimate":
        """Return the same difference the other way round."""
        return Estimate(-self.value, -self.high, -self.low)


Figures = Mapping[str, float]  # by OUTCOMES
Estimates = Mapping[str, Estimate]  # by OUTCOMES


def figures_of(shares: Sequence[float]) -> dict[str, float]:
    """Return seven shares (EMOTIONS) and the mood index that follows from them."""
    return dict(zip(OUTCOMES, (*shares, mood_index(shares)), strict=True))


def turned(estimates: Estimates) -> dict[str, Estimate]:
    """Return differences the other way round."""
    return {name: each.turned for name, each in estimates.items()}


def means(figures: Sequence[Figures]) -> dict[str, float]:
    """Return means over lessons; there must be one."""
    return {name: math.fsum(each[name] for each in figures) / len(figures) for name in OUTCOMES}


def between(figures: Sequence[Figures]) -> dict[str, Estimate] | None:
    """Return means over lessons with Student's t intervals, None below MIN_LESSONS."""
    count = len(figures)
    if count < MIN_LESSONS:
        return None
    factor = t_quantile(count - 1) / math.sqrt(count)
    estimates = {}
    for name, mean in means(figures).items():
        spread = math.sqrt(math.fsum((each[name] - mean) ** 2 for each in figures) / (count - 1))
        estimates[name] = _limited(mean, factor * spread, factor * spread)
    return estimates


def pooled(estimates: Sequence[Estimates]) -> dict[str, Estimate]:
    """Return the mean of independent estimates, their distances to either end added in squares."""
    found = {}
    for name in OUTCOMES:
        each = [one[name] for one in estimates]
        found[name] = _limited(
            math.fsum(one.value for one in each) / len(each),
            math.hypot(*(one.value - one.low for one in each)) / len(each),
            math.hypot(*(one.high - one.value for one in each)) / len(each),
        )
    return found


def minus(left: Estimates, right: Estimates) -> dict[str, Estimate]:
    """Return the difference of two independent estimates."""
    differences = {}
    for name in OUTCOMES:
        a, b = left[name], right[name]
        differences[name] = Estimate(
            a.value - b.value,
            a.value - b.value - math.hypot(a.value - a.low, b.high - b.value),
            a.value - b.value + math.hypot(a.high - a.value, b.value - b.low),
        )
    return differences


def _limited(value: float, below: float, above: float) -> Estimate:
    return Estimate(value, max(value - below, -1.0), min(value + above, 1.0))
