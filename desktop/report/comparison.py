"""Comparisons: two lessons, the lessons of each teacher, group or course over time, and kinds of segments.

Each lesson counts once, however long it was. Means over lessons and trends over time carry Student's t
intervals, so what moves one lesson and not the next is in them: the chance within a lesson as well as the
difference between lessons. Where there are too few lessons for that, the intervals within each lesson
(moving-block bootstrap) are put together by the method of variance estimates recovery (Zou and Donner 2008,
doi:10.1002/sim.3095); these hold for the lessons at hand only.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final, Literal

import numpy as np

from desktop.report.bootstrap import MIN_SECONDS, OUTCOMES, Estimate
from desktop.report.lesson import Lesson
from desktop.report.student import t_quantile
from desktop.statistics import Summary
from desktop.store import SessionRecord
from desktop.store.kinds import KindShares
from models.emotion import mood_index

By = Literal["teacher", "group", "course"]

MIN_LESSONS: Final = 3  # for a mean over lessons or a trend; below there is "not enough data"
MIN_PAIRED: Final = 5  # lessons that have both kinds, for an interval between lessons
TREND_DAYS: Final = 30
_MOST_KINDS: Final = 200  # teachers' own words may be many
_MOST_PAIRS: Final = 200
_MOST_RARE: Final = 15  # pairs that need a bootstrap in each of their lessons
_DAY_S: Final = 86_400

Figures = Mapping[str, float]  # by OUTCOMES
Estimates = Mapping[str, Estimate]  # by OUTCOMES


@dataclass(frozen=True, slots=True)
class Point:
    """One lesson in a comparison."""

    session_id: str
    started_at: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Trend:
    """How the mood index changes, by a straight line through the lessons."""

    slope: Estimate  # per TREND_DAYS
    middle: datetime
    level: float  # of the line, at the middle
    spread: float  # standard deviation around the line
    lessons: int
    squares: float  # sum of the squared distances from the middle, days
    factor: float  # Student's t

    def at(self, moment: datetime) -> Estimate:
        """Return the line at a moment, with its interval."""
        days = (moment - self.middle).total_seconds() / _DAY_S
        value = self.level + self.slope.value * days / TREND_DAYS
        reach = self.factor * self.spread * math.sqrt(1 / self.lessons + days**2 / self.squares)
        return Estimate(value, value - reach, value + reach)


@dataclass(frozen=True, slots=True)
class LessonGroup:
    """The lessons of one teacher, group or course."""

    name: str
    points: tuple[Point, ...]  # in order of time
    means: Figures
    estimates: Estimates | None  # None below MIN_LESSONS
    trend: Trend | None  # None below MIN_LESSONS or without different days


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """All lessons, grouped by a detail."""

    by: By
    groups: tuple[LessonGroup, ...]


@dataclass(frozen=True, slots=True)
class KindMean:
    """One kind of segment over all lessons that have it."""

    kind: str
    lessons: int
    means: Figures
    estimates: Estimates | None  # None below MIN_LESSONS


@dataclass(frozen=True, slots=True)
class KindDifference:
    """One kind minus another, each lesson compared with itself."""

    kind: str
    other: str
    lessons: int  # that have both
    means: Figures
    estimates: Estimates | None  # None: not enough data
    between_lessons: bool  # False: the interval holds for these lessons only


@dataclass(frozen=True, slots=True)
class KindComparison:
    """All kinds of segments over all lessons."""

    lessons: int
    kinds: tuple[KindMean, ...]
    differences: tuple[KindDifference, ...]


@dataclass(frozen=True, slots=True)
class LessonPair:
    """Two lessons: the second minus the first."""

    first: Lesson
    second: Lesson
    whole: Estimates | None
    kinds: tuple[tuple[str, Estimates], ...]  # those that both lessons have


Comparison = GroupComparison | KindComparison | LessonPair


def by_detail(records: Iterable[SessionRecord], by: By) -> GroupComparison:
    """Return the lessons with enough faces grouped by a detail, most lessons first."""
    groups: dict[str, list[Point]] = {}
    for record in records:
        figures = _figures(record.summary)
        if figures is not None:
            name = " ".join(str(getattr(record.details, by)).split())
            groups.setdefault(name, []).append(Point(record.id, record.started_at, figures))
    made = [_group(name, points) for name, points in groups.items()]
    return GroupComparison(by, tuple(sorted(made, key=lambda group: (-len(group.points), group.name))))


def by_kind(
    shares: Iterable[KindShares], within: Callable[[str, str, str], Estimates | None]
) -> KindComparison:
    """Return the kinds compared over lessons.

    `within` gives the difference of two kinds in one session, as its own bootstrap has it; it is asked only
    for pairs that fewer than MIN_PAIRED lessons have.
    """
    sessions: dict[str, dict[str, Figures]] = {}
    for each in shares:
        if each.seconds >= MIN_SECONDS:
            figures = {**_named(each.shares), "mood": mood_index(each.shares)}
            sessions.setdefault(each.session_id, {})[each.kind] = figures
    counted = Counter(kind for kinds in sessions.values() for kind in kinds)
    order = sorted(counted, key=lambda kind: (-counted[kind], kind))
    place = {kind: number for number, kind in enumerate(order)}
    both: dict[tuple[str, str], list[str]] = {}  # session ids
    for session_id, kinds in sessions.items():
        for other, kind in combinations(sorted(kinds, key=place.__getitem__), 2):
            both.setdefault((other, kind), []).append(session_id)
    ranked = sorted(both, key=lambda pair: (-len(both[pair]), place[pair[0]], place[pair[1]]))
    often = [pair for pair in ranked if len(both[pair]) >= MIN_PAIRED]
    return KindComparison(
        lessons=len(sessions),
        kinds=tuple(
            _kind_mean(kind, [kinds[kind] for kinds in sessions.values() if kind in kinds])
            for kind in order[:_MOST_KINDS]
        ),
        differences=tuple(
            _kind_difference(kind, other, sorted(both[other, kind]), sessions, within)
            for other, kind in [*often, *ranked[len(often) : len(often) + _MOST_RARE]][:_MOST_PAIRS]
        ),
    )


def two_lessons(first: Lesson, second: Lesson) -> LessonPair:
    """Return the second lesson minus the first, as wholes and kind by kind."""
    whole = None
    if first.bootstrap.lesson is not None and second.bootstrap.lesson is not None:
        whole = _minus(second.bootstrap.lesson, first.bootstrap.lesson)
    levels = {kind.kind: kind.estimates for kind in second.bootstrap.kinds if kind.estimates is not None}
    kinds = tuple(
        (kind.kind, _minus(levels[kind.kind], kind.estimates))
        for kind in first.bootstrap.kinds
        if kind.kind and kind.estimates is not None and kind.kind in levels
    )
    return LessonPair(first, second, whole, kinds)


def _figures(summary: Summary) -> Figures | None:
    if summary.shares is None or summary.seconds_with_faces < MIN_SECONDS:
        return None
    return {**_named(summary.shares), "mood": mood_index(summary.shares)}


def _named(shares: Sequence[float]) -> dict[str, float]:
    return dict(zip(OUTCOMES, shares, strict=False))


def _group(name: str, points: list[Point]) -> LessonGroup:
    points.sort(key=lambda point: (point.started_at, point.session_id))
    figures = [point.figures for point in points]
    return LessonGroup(name, tuple(points), _means(figures), _between(figures), _trend(points))


def _kind_mean(kind: str, figures: Sequence[Figures]) -> KindMean:
    return KindMean(kind, len(figures), _means(figures), _between(figures))


def _kind_difference(
    kind: str,
    other: str,
    both: Sequence[str],
    sessions: Mapping[str, Mapping[str, Figures]],
    within: Callable[[str, str, str], Estimates | None],
) -> KindDifference:
    differences = [
        {name: sessions[i][kind][name] - sessions[i][other][name] for name in OUTCOMES} for i in both
    ]
    if len(both) >= MIN_PAIRED:
        means, estimates = _means(differences), _between(differences)
        return KindDifference(kind, other, len(both), means, estimates, between_lessons=True)
    inside = [within(session_id, kind, other) for session_id in both]
    known = [estimates for estimates in inside if estimates is not None]
    pooled = _pooled(known) if len(known) == len(both) else None
    return KindDifference(kind, other, len(both), _means(differences), pooled, between_lessons=False)


def _means(figures: Sequence[Figures]) -> dict[str, float]:
    return {name: math.fsum(each[name] for each in figures) / len(figures) for name in OUTCOMES}


def _between(figures: Sequence[Figures]) -> dict[str, Estimate] | None:
    """Return means over lessons with Student's t intervals, None below MIN_LESSONS."""
    count = len(figures)
    if count < MIN_LESSONS:
        return None
    factor = t_quantile(count - 1) / math.sqrt(count)
    estimates = {}
    for name, mean in _means(figures).items():
        spread = math.sqrt(math.fsum((each[name] - mean) ** 2 for each in figures) / (count - 1))
        estimates[name] = _limited(mean, factor * spread, factor * spread)
    return estimates


def _pooled(estimates: Sequence[Estimates]) -> dict[str, Estimate]:
    """Return the mean of independent estimates, their distances to either end added in squares."""
    pooled = {}
    for name in OUTCOMES:
        each = [one[name] for one in estimates]
        pooled[name] = _limited(
            math.fsum(one.value for one in each) / len(each),
            math.hypot(*(one.value - one.low for one in each)) / len(each),
            math.hypot(*(one.high - one.value for one in each)) / len(each),
        )
    return pooled


def _minus(left: Estimates, right: Estimates) -> dict[str, Estimate]:
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


def _trend(points: Sequence[Point]) -> Trend | None:
    count = len(points)
    if count < MIN_LESSONS:
        return None
    start = points[0].started_at
    days = np.array([(point.started_at - start).total_seconds() / _DAY_S for point in points])
    moods = np.array([point.figures["mood"] for point in points])
    centre = float(days.mean())
    away = days - centre
    squares = float(away @ away)
    if squares <= 0:
        return None
    slope = float(away @ moods) / squares
    level = float(moods.mean())
    spread = math.sqrt(float(((moods - level - slope * away) ** 2).sum()) / (count - 2))
    factor = t_quantile(count - 2)
    reach = factor * spread / math.sqrt(squares)
    per_period = Estimate(slope * TREND_DAYS, (slope - reach) * TREND_DAYS, (slope + reach) * TREND_DAYS)
    middle = start + (points[-1].started_at - start) * (centre / float(days[-1]))
    return Trend(per_period, middle, level, spread, count, squares, factor)
