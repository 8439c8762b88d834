"""What each kind of segment sums up to, for all sessions at once: summed up by the database itself."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from desktop.segments import UNMARKED
from desktop.store.schema import interval_table, marker_table
from desktop.store.store import SessionStore
from models.emotion import EMOTIONS
from models.errors import said


@dataclass(frozen=True, slots=True)
class KindShares:
    """All segments of one kind in one session."""

    session_id: str
    kind: str
    seconds: int  # with faces
    shares: tuple[float, ...]  # weighted by faces, in the order of EMOTIONS


def kind_shares(store: SessionStore) -> Sequence[KindShares]:
    """Return the kinds of all marked sessions that have faces. Raises StoreError."""
    if not store.exists():
        return ()
    next_marker = func.lead(marker_table.c.second).over(
        partition_by=marker_table.c.session_id, order_by=marker_table.c.second
    )
    segment = select(
        marker_table.c.session_id, marker_table.c.kind, marker_table.c.second, next_marker.label("stop")
    ).subquery()
    second = interval_table.c.second
    inside = and_(
        interval_table.c.session_id == segment.c.session_id,
        second >= segment.c.second,
        or_(segment.c.stop.is_(None), second < segment.c.stop),
    )
    faces = interval_table.c.faces
    query = (
        select(
            segment.c.session_id,
            segment.c.kind,
            func.count(),
            *(func.sum(faces * interval_table.c[emotion]) for emotion in EMOTIONS),
        )
        .select_from(segment.join(interval_table, inside))
        .where(segment.c.kind != UNMARKED, interval_table.c[EMOTIONS[0]].is_not(None))
        .group_by(segment.c.session_id, segment.c.kind)
    )
    with store._database.reading(said("read the segments")) as connection:
        rows = [
            (str(i), str(kind), int(n), [float(s) for s in sums])
            for i, kind, n, *sums in connection.execute(query)
        ]
    return [
        KindShares(session_id, kind, seconds, tuple(each / total for each in sums))
        for session_id, kind, seconds, sums in rows
        if (total := math.fsum(sums)) > 0
    ]
