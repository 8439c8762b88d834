"""The three tables of an export, sessions, segments and intervals: their columns and their rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from desktop.segments import segments
from desktop.statistics import Summary, summarize
from desktop.store import StoredSession
from models.emotion import EMOTIONS, mood_index

Kind = Literal["text", "whole", "number", "time", "flag"]
Value = str | int | float | datetime | bool | None  # times are UTC; None: there was no face to tell it from
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Table:
    """What a table is called, and its columns in order."""

    name: str
    columns: tuple[Column, ...]


def _columns(kind: Kind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name in names)


_KEY = _columns("text", "session_id")
_EMOTIONS = _columns("number", "mood_index", *EMOTIONS)
_MEASURED = (
    *_columns("whole", "seconds", "seconds_with_faces", "frames", "dropped"),
    *_columns("number", "coverage", "faces_mean", "unsure", "brightness"),
    *_EMOTIONS,
)

SESSIONS: Final = Table(
    "sessions",
    (
        *_KEY,
        *_columns("time", "started_at", "ended_at"),
        *_columns("flag", "finished"),
        *_columns("text", "course", "group", "teacher", "note", "model", "source"),
        *_MEASURED,
    ),
)
SEGMENTS: Final = Table(
    "segments",
    (
        *_KEY,
        *_columns("whole", "segment"),
        *_columns("text", "kind"),
        *_columns("time", "started_at"),
        *_columns("whole", "start_s", "end_s"),
        *_MEASURED,
    ),
)
INTERVALS: Final = Table(
    "intervals",
    (
        *_KEY,
        *_columns("whole", "second"),
        *_columns("time", "time"),
        *_columns("text", "kind"),
        *_columns("whole", "frames", "dropped"),
        *_columns("number", "faces", "unsure", "brightness"),
        *_EMOTIONS,
    ),
)
TABLES: Final = (SESSIONS, SEGMENTS, INTERVALS)


def rows(table: Table, session: StoredSession) -> Iterator[Row]:
    """Return the rows of one session in a table, values in the order of its columns."""
    return _ROWS[table.name](session)


def _session_rows(session: StoredSession) -> Iterator[Row]:
    record = session.record
    details = record.details
    texts = (details.course, details.group, details.teacher, details.note, record.model, record.source)
    yield (
        record.id,
        record.started_at,
        record.ended_at,
        record.finished,
        *texts,
        *_measured(record.summary),
    )


def _segment_rows(session: StoredSession) -> Iterator[Row]:
    record = session.record
    intervals = iter(session.intervals)
    interval = next(intervals, None)
    for number, segment in enumerate(segments(session.markers, session.end_second), start=1):
        inside = []
        while interval is not None and interval.second < segment.end:
            inside.append(interval)
            interval = next(intervals, None)
        started_at = record.started_at + timedelta(seconds=segment.start)
        where = (record.id, number, segment.kind, started_at, segment.start, segment.end)
        yield (*where, *_measured(summarize(inside)))


def _interval_rows(session: StoredSession) -> Iterator[Row]:
    record = session.record
    running = iter(segments(session.markers, session.end_second))
    segment = next(running, None)
    for interval in session.intervals:
        while segment is not None and interval.second >= segment.end:
            segment = next(running, None)
        yield (
            record.id,
            interval.second,
            record.started_at + timedelta(seconds=interval.second),
            segment.kind if segment is not None else "",
            interval.frames,
            interval.dropped,
            interval.faces,
            interval.unsure,
            interval.brightness,
            *_emotions(interval.shares),
        )


_ROWS: Final = {"sessions": _session_rows, "segments": _segment_rows, "intervals": _interval_rows}


def _measured(summary: Summary) -> Row:
    return (
        summary.seconds,
        summary.seconds_with_faces,
        summary.frames,
        summary.dropped,
        summary.coverage,
        summary.faces_mean,
        summary.unsure,
        summary.brightness,
        *_emotions(summary.shares),
    )


def _emotions(shares: tuple[float, ...] | None) -> Row:
    return (None,) * (1 + len(EMOTIONS)) if shares is None else (mood_index(shares), *shares)
