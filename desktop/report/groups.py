"""Lessons over time: those of each teacher, group or course, with means and a straight trend.

Each lesson counts once, however long it was. Means and trends carry Student's t intervals, so what moves one
lesson and not the next is in them: the chance within a lesson as well as the difference between lessons.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import numpy as np

from desktop.report.estimates import (
    MIN_LESSONS,
    MIN_SECONDS,
    Estimate,
    Estimates,
    Figures,
    between,
    figures_of,
    means,
)
from desktop.report.student import t_quantile
from desktop.store import SessionRecord

By = Literal["teacher", "group", "course"]

TREND_DAYS: Final = 30
_DAY_S: Final = 86_400


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
    """Lessons that belong together: of one teacher, group or course, or chosen by hand."""

    name: str
    points: tuple[Point, ...]  # in order of time; at least one
    means: Figures
    estimates: Estimates | None  # None below MIN_LESSONS
    trend: Trend | None  # None below MIN_LESSONS or without different days


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """All lessons, grouped by a detail."""

    by: By
    groups: tuple[LessonGroup, ...]


def by_detail(records: Iterable[SessionRecord], by: By) -> GroupComparison:
    """Return the lessons with enough faces grouped by a detail, most lessons first."""
    groups: dict[str, list[Point]] = {}
    for record in records:
        point = point_of(record)
        if point is not None:
            name = " ".join(str(getattr(record.details, by)).split())
            groups.setdefault(name, []).append(point)
    made = [group_of(name, points) for name, points in groups.items()]
    return GroupComparison(by, tuple(sorted(made, key=lambda group: (-len(group.points), group.name))))


def point_of(record: SessionRecord) -> Point | None:
    """Return a lesson's figures; None without enough seconds with faces."""
    summary = record.summary
    if summary.shares is None or summary.seconds_with_faces < MIN_SECONDS:
        return None
    return Point(record.id, record.started_at, figures_of(summary.shares))


def group_of(name: str, points: Iterable[Point]) -> LessonGroup:
    """Return lessons together, in any order; there must be one."""
    ordered = tuple(sorted(points, key=lambda point: (point.started_at, point.session_id)))
    figures = [point.figures for point in ordered]
    return LessonGroup(name, ordered, means(figures), between(figures), _trend(ordered))


def _trend(points: tuple[Point, ...]) -> Trend | None:
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
