"""What can be compared: all lessons by a detail or by kind of segment, two lessons, or several chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.report.estimates import Estimate, Estimates, minus
from desktop.report.groups import GroupComparison, LessonGroup, group_of, point_of
from desktop.report.kinds import KindComparison
from desktop.report.lesson import Lesson
from desktop.store import SessionRecord


@dataclass(frozen=True, slots=True)
class LessonPair:
    """Two lessons: the second minus the first."""

    first: Lesson
    second: Lesson
    whole: Estimates | None
    kinds: tuple[tuple[str, Estimates], ...]  # those that both lessons have


@dataclass(frozen=True, slots=True)
class ChosenLesson:
    """One of several lessons, as a whole."""

    record: SessionRecord
    mood: Estimate | None  # within this lesson; None: not enough data, or too many lessons to look into each


@dataclass(frozen=True, slots=True)
class ChosenLessons:
    """Three or more lessons over time, and their kinds of segments."""

    lessons: tuple[ChosenLesson, ...]  # in order of time
    together: LessonGroup | None  # those with enough faces; None if there is none
    kinds: KindComparison


Comparison = GroupComparison | KindComparison | LessonPair | ChosenLessons


def two_lessons(first: Lesson, second: Lesson) -> LessonPair:
    """Return the second lesson minus the first, as wholes and kind by kind."""
    whole = None
    if first.bootstrap.lesson is not None and second.bootstrap.lesson is not None:
        whole = minus(second.bootstrap.lesson, first.bootstrap.lesson)
    levels = {kind.kind: kind.estimates for kind in second.bootstrap.kinds if kind.estimates is not None}
    kinds = tuple(
        (kind.kind, minus(levels[kind.kind], kind.estimates))
        for kind in first.bootstrap.kinds
        if kind.kind and kind.estimates is not None and kind.kind in levels
    )
    return LessonPair(first, second, whole, kinds)


def chosen_lessons(lessons: Sequence[ChosenLesson], kinds: KindComparison) -> ChosenLessons:
    """Return lessons in any order compared over time."""
    ordered = sorted(lessons, key=lambda each: (each.record.started_at, each.record.id))
    points = [point for each in ordered if (point := point_of(each.record)) is not None]
    return ChosenLessons(tuple(ordered), group_of("", points) if points else None, kinds)
