"""What each kind of segment of a session sums up to, kept so that 1,000 lessons compare in a moment.

A cache beside intervals and markers: written when a session ends and when its markers change, removed with
every new second. A session that was summed up has a row for UNMARKED, also where nothing is unmarked;
without it the session is summed up where that is asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from desktop.segments import UNMARKED, Marker, segments
from desktop.statistics import Interval, summarize
from desktop.store.schema import kind_table, session_table
from models.emotion import EMOTIONS


@dataclass(frozen=True, slots=True)
class KindShares:
    """All segments of one kind in one session."""

    session_id: str
    kind: str
    seconds: int  # with faces
    shares: tuple[float, ...] | None  # weighted by faces, in the order of EMOTIONS; None without faces


def summed_up(
    session_id: str, intervals: Sequence[Interval], markers: Sequence[Marker]
) -> tuple[KindShares, ...]:
    """Return all kinds of a session, UNMARKED always among them; `intervals` in order of their seconds."""
    inside: dict[str, list[Interval]] = {UNMARKED: []}
    position = 0
    for segment in segments(markers, intervals[-1].second + 1 if intervals else 0):
        first = position
        while position < len(intervals) and intervals[position].second < segment.end:
            position += 1
        inside.setdefault(segment.kind, []).extend(intervals[first:position])
    summaries = ((kind, summarize(each)) for kind, each in inside.items())
    return tuple(KindShares(session_id, kind, s.seconds_with_faces, s.shares) for kind, s in summaries)


def store(connection: Connection, kinds: Iterable[KindShares]) -> None:
    """Store all kinds of a session that has none stored."""
    columns = [
        {
            "session_id": each.session_id,
            "kind": each.kind,
            "seconds": each.seconds,
            **dict(zip(EMOTIONS, each.shares or [None] * len(EMOTIONS), strict=True)),
        }
        for each in kinds
    ]
    connection.execute(insert(kind_table), columns)


def forget(connection: Connection, session_id: str) -> None:
    """Remove what a session's kinds summed up to: it changes."""
    connection.execute(delete(kind_table).where(kind_table.c.session_id == session_id))


def stored(connection: Connection) -> list[KindShares]:
    """Return the kinds of all sessions that are summed up."""
    return [
        KindShares(
            str(session_id),
            str(kind),
            int(seconds),
            None if shares[0] is None else tuple(float(share) for share in shares),
        )
        for session_id, kind, seconds, *shares in connection.execute(select(kind_table))
    ]


def not_summed_up(connection: Connection) -> dict[str, bool]:
    """Return the ids of the sessions that have nothing stored here, and whether they have ended."""
    known = select(kind_table.c.session_id).where(kind_table.c.kind == UNMARKED)
    query = select(session_table.c.id, session_table.c.ended_at.is_not(None))
    found = connection.execute(query.where(session_table.c.id.not_in(known)))
    return {str(session_id): bool(ended) for session_id, ended in found}
