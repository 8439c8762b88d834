"""Between the database's rows and the values that the program works with.

A file that another program changed may hold anything: then ValueError or TypeError is raised.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select, update

from desktop.segments import Marker, ordered
from desktop.statistics import Interval, SessionDetails, Summary, summarize
from desktop.store import kinds
from desktop.store.records import SessionRecord, StoredSession, clean_text, end_of
from desktop.store.schema import interval_table, marker_table, session_table, summary_table
from models.emotion import EMOTIONS


def sessions() -> Select[Any]:
    """Return the query for sessions together with their summaries, for `record`."""
    summary_columns = [column.label(f"summary_{column.name}") for column in summary_table.c]
    return select(session_table, *summary_columns).outerjoin(summary_table)


def record(connection: Connection, row: RowMapping) -> SessionRecord:
    """Return the session of a row of `sessions`; what no summary tells is read from its intervals."""
    ended_at = row["ended_at"]
    if ended_at is None:
        seconds = select(func.max(interval_table.c.second)).where(interval_table.c.session_id == row["id"])
        ended_at = end_of(row["started_at"], connection.scalar(seconds))
    return SessionRecord(
        id=str(row["id"]),
        started_at=row["started_at"],
        ended_at=ended_at,
        finished=row["ended_at"] is not None,
        details=SessionDetails(*(str(row[name]) for name in ("course", "group", "teacher", "note"))),
        model=str(row["model"]),
        source=str(row["source"]),
        summary=_summary(connection, row),
    )


def intervals(connection: Connection, session_id: str) -> tuple[Interval, ...]:
    """Return the seconds of a session in order."""
    query = select(interval_table).where(interval_table.c.session_id == session_id)
    return tuple(
        Interval(
            second=int(second),
            frames=int(frames),
            dropped=int(dropped),
            faces=_finite(faces),
            unsure=_finite(unsure),
            brightness=_finite(brightness),
            shares=_shares(shares),
        )
        for _, second, frames, dropped, faces, unsure, brightness, *shares in connection.execute(
            query.order_by(interval_table.c.second)
        )
    )


def session(connection: Connection, session_id: str, *, locked: bool = False) -> RowMapping | None:
    """Return the row of a session without its summary; None if it is not there.

    `locked` keeps others on a server from changing the session until the transaction ends; a file has one
    writer at a time anyway.
    """
    query = select(session_table).where(session_table.c.id == clean_text(session_id))
    if locked:
        query = query.with_for_update(key_share=True)
    return connection.execute(query).mappings().first()


def whole(connection: Connection, session_id: str) -> StoredSession:
    """Return everything of a session that is there."""
    query = sessions().where(session_table.c.id == session_id)
    return StoredSession(
        record=record(connection, connection.execute(query).mappings().one()),
        markers=markers(connection, session_id),
        intervals=intervals(connection, session_id),
    )


def add_intervals(connection: Connection, session_id: str, new: Sequence[Interval]) -> int:
    """Store the seconds that are not there yet, and return how many these were."""
    first = min((interval.second for interval in new), default=0)
    seconds = select(interval_table.c.second).where(interval_table.c.session_id == session_id)
    stored = set(connection.scalars(seconds.where(interval_table.c.second >= first)))
    missing = {i.second: interval_row(session_id, i) for i in new if i.second not in stored}
    if missing:
        connection.execute(insert(interval_table), list(missing.values()))
        connection.execute(delete(summary_table).where(summary_table.c.session_id == session_id))
        kinds.forget(connection, session_id)
    return len(missing)


def end_session(connection: Connection, row: RowMapping, ended_at: datetime) -> None:
    """End a session of `session_table`, not before its last second, and sum it up."""
    stored = intervals(connection, row["id"])
    last = timedelta(seconds=stored[-1].second if stored else 0)
    connection.execute(
        update(session_table)
        .where(session_table.c.id == row["id"])
        .values(ended_at=max(ended_at, row["started_at"] + last))
    )
    connection.execute(delete(summary_table).where(summary_table.c.session_id == row["id"]))
    connection.execute(insert(summary_table).values(summary_row(row["id"], summarize(stored))))
    kinds.forget(connection, row["id"])
    kinds.store(connection, kinds.summed_up(row["id"], stored, markers(connection, row["id"])))


def summed_up_kinds(connection: Connection, session_id: str) -> tuple[kinds.KindShares, ...]:
    """Return what a session's kinds of segments sum up to, from its seconds."""
    return kinds.summed_up(session_id, intervals(connection, session_id), markers(connection, session_id))


def markers(connection: Connection, session_id: str) -> tuple[Marker, ...]:
    """Return the markers of a session in order."""
    query = select(marker_table.c.second, marker_table.c.kind).where(marker_table.c.session_id == session_id)
    return tuple(
        Marker(int(second), str(kind))
        for second, kind in connection.execute(query.order_by(marker_table.c.second))
    )


def replace_markers(connection: Connection, row: RowMapping, markers: Sequence[Marker]) -> None:
    """Store markers in place of those that a session of `session_table` has."""
    session_id, placed = row["id"], ordered(markers)
    connection.execute(delete(marker_table).where(marker_table.c.session_id == session_id))
    new = [{"session_id": session_id, "second": one.second, "kind": one.kind} for one in placed]
    if new:
        connection.execute(insert(marker_table), new)
    kinds.forget(connection, session_id)
    if row["ended_at"] is not None:
        kinds.store(connection, summed_up_kinds(connection, session_id))


def session_row(record: SessionRecord) -> dict[str, object]:
    """Return the columns of a session that begins."""
    return {
        "id": record.id,
        "started_at": record.started_at,
        "course": record.details.course,
        "group": record.details.group,
        "teacher": record.details.teacher,
        "note": record.details.note,
        "model": record.model,
        "source": record.source,
    }


def interval_row(session_id: str, interval: Interval) -> dict[str, object]:
    """Return the columns of one second."""
    return {
        "session_id": session_id,
        "second": interval.second,
        "frames": interval.frames,
        "dropped": interval.dropped,
        "faces": interval.faces,
        "unsure": interval.unsure,
        "brightness": interval.brightness,
        **_share_columns(interval.shares),
    }


def summary_row(session_id: str, summary: Summary) -> dict[str, object]:
    """Return the columns of a session's summary."""
    return {
        "session_id": session_id,
        "seconds": summary.seconds,
        "seconds_with_faces": summary.seconds_with_faces,
        "frames": summary.frames,
        "dropped": summary.dropped,
        "faces_mean": summary.faces_mean,
        "unsure": summary.unsure,
        "brightness": summary.brightness,
        **_share_columns(summary.shares),
    }


def _summary(connection: Connection, row: RowMapping) -> Summary:
    if row["summary_session_id"] is None:
        return summarize(intervals(connection, row["id"]))
    return Summary(
        seconds=int(row["summary_seconds"]),
        seconds_with_faces=int(row["summary_seconds_with_faces"]),
        frames=int(row["summary_frames"]),
        dropped=int(row["summary_dropped"]),
        faces_mean=_finite(row["summary_faces_mean"]),
        unsure=_finite(row["summary_unsure"]),
        brightness=_finite(row["summary_brightness"]),
        shares=_shares([row[f"summary_{emotion}"] for emotion in EMOTIONS]),
    )


def _share_columns(shares: Sequence[float] | None) -> dict[str, float | None]:
    values: Sequence[float | None] = [None] * len(EMOTIONS) if shares is None else shares
    return dict(zip(EMOTIONS, values, strict=True))


def _shares(values: Sequence[Any]) -> tuple[float, ...] | None:
    return None if values[0] is None else tuple(_finite(value) for value in values)


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is not a measured value")
    return number
