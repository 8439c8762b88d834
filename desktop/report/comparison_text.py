"""Comparisons without a page: as JSON, and as the lines that a terminal shows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from desktop.report.comparison import ChosenLesson, ChosenLessons, Comparison, LessonPair
from desktop.report.estimates import Estimate, Estimates
from desktop.report.groups import TREND_DAYS, GroupComparison, LessonGroup
from desktop.report.kinds import KindComparison
from desktop.store.records import iso_utc


@dataclass(frozen=True, slots=True)
class Text:
    """A table in words, and what to say below it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def comparison_json(figures: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON values; times are ISO 8601 in UTC."""
    match figures:
        case LessonPair():
            return {
                "sessions": [figures.first.record.id, figures.second.record.id],
                "difference": _estimates(figures.whole),
                "kinds": {kind: _estimates(estimates) for kind, estimates in figures.kinds},
            }
        case ChosenLessons():
            together = figures.together
            return {
                "sessions": [each.record.id for each in figures.lessons],
                "lessons": [
                    {
                        "session": each.record.id,
                        "started_at": iso_utc(each.record.started_at),
                        "mood_index": each.record.summary.mood_index,
                        "estimate": None if each.mood is None else asdict(each.mood),
                    }
                    for each in figures.lessons
                ],
                "trend_days": TREND_DAYS,
                "together": None if together is None else _group(together),
                **_kinds(figures.kinds),
            }
        case KindComparison():
            return {"by": "kind", **_kinds(figures)}
        case GroupComparison():
            groups = [_group(group) for group in figures.groups]
            return {"by": figures.by, "trend_days": TREND_DAYS, "groups": groups}


def _kinds(figures: KindComparison) -> dict[str, Any]:
    return {
        "kinds": [
            {
                "kind": kind.kind,
                "lessons": kind.lessons,
                "means": dict(kind.means),
                "estimates": _estimates(kind.estimates),
            }
            for kind in figures.kinds
        ],
        "differences": [
            {
                "kind": each.kind,
                "other": each.other,
                "lessons": each.lessons,
                "means": dict(each.means),
                "estimates": _estimates(each.estimates),
                "interval": "between lessons" if each.between_lessons else "within these lessons",
            }
            for each in figures.differences
        ],
    }


def _group(group: LessonGroup) -> dict[str, Any]:
    return {
        "name": group.name,
        "lessons": len(group.points),
        "first": iso_utc(group.points[0].started_at),
        "last": iso_utc(group.points[-1].started_at),
        "means": dict(group.means),
        "estimates": _estimates(group.estimates),
        "trend": None if group.trend is None else asdict(group.trend.slope),
        "points": [
            {
                "session": point.session_id,
                "started_at": iso_utc(point.started_at),
                "mood_index": point.figures["mood"],
            }
            for point in group.points
        ],
    }


def _estimates(estimates: Estimates | None) -> Mapping[str, Any] | None:
    return None if estimates is None else {name: asdict(each) for name, each in estimates.items()}


def comparison_text(figures: Comparison) -> Text:
    """Return a comparison as a table in English."""
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    match figures:
        case LessonPair():
            pairs = [("whole lesson", figures.whole), *figures.kinds]
            rows = tuple((name, _mood(estimates), _happy(estimates)) for name, estimates in pairs)
            return Text(("Later minus earlier", "Mood index", "Happy, points"), rows)
        case ChosenLessons():
            rows = tuple(map(_chosen_row, figures.lessons))
            if figures.together is not None:
                rows += (_group_row(figures.together, "all together"),)
            return Text(("Lesson", "Lessons", "Mood index", f"Change in {TREND_DAYS} days"), rows)
        case KindComparison():
            rows = tuple(
                (
                    f"{each.kind} - {each.other}",
                    f"{each.lessons}{'' if each.between_lessons else '*'}",
                    _mood(each.estimates),
                    _happy(each.estimates),
                )
                for each in figures.differences
            )
            few = not all(each.between_lessons for each in figures.differences)
            notes = ("* few lessons: the interval stands for these lessons only",) if few else ()
            if not rows:
                notes = ("No lesson has two kinds of marked segments with enough faces yet.",)
            return Text(("Difference", "Lessons", "Mood index", "Happy, points"), rows, notes)
        case GroupComparison():
            rows = tuple(map(_group_row, figures.groups))
            notes = () if rows else ("No lesson with enough faces is recorded yet.",)
            return Text(("Name", "Lessons", "Mood index", f"Change in {TREND_DAYS} days"), rows, notes)


def _chosen_row(lesson: ChosenLesson) -> tuple[str, ...]:
    record = lesson.record
    index = record.summary.mood_index
    mood = "no faces" if index is None else f"{index:+z.2f}"
    name = f"{record.started_at.astimezone():%Y-%m-%d %H:%M} {record.details.course}".strip()
    return (name, "", mood if lesson.mood is None else _words(lesson.mood), "")


def _group_row(group: LessonGroup, name: str = "") -> tuple[str, ...]:
    mood = f"{group.means['mood']:+z.2f}" if group.estimates is None else _mood(group.estimates)
    change = "-" if group.trend is None else _words(group.trend.slope)
    return (name or group.name or "not stated", str(len(group.points)), mood, change)


def _mood(estimates: Estimates | None) -> str:
    return "not enough data" if estimates is None else _words(estimates["mood"])


def _happy(estimates: Estimates | None) -> str:
    return "-" if estimates is None else _words(estimates["happy"], 100, 1)


def _words(estimate: Estimate, factor: float = 1, decimals: int = 2) -> str:
    value, low, high = (f"{v * factor:+z.{decimals}f}" for v in (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low} to {high})"
