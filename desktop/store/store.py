"""`SessionStore`: sessions and their intervals, written while a lesson runs."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from sqlalchemy import URL, Connection, RowMapping, delete, func, insert, select

from desktop.paths import DataDir
from desktop.segments import Marker
from desktop.settings import Settings
from desktop.statistics import Interval, SessionDetails
from desktop.store import kinds, rows
from desktop.store.database import BUSY_TIMEOUT_S, Database
from desktop.store.errors import StoreError, UnknownSessionError
from desktop.store.kinds import KindShares
from desktop.store.records import Merged, SessionRecord, StoredSession, clean_text, new_record
from desktop.store.schema import session_table
from models.errors import said

MIN_PREFIX: Final = 4  # characters of an id that name a session, if no other begins with them


class SessionStore:
    """Keeps sessions in a database. Any thread may call it; each call is one transaction.

    Nothing is opened before the first call, and a call that failed may be repeated: `begin`, `append` and
    `finish` store nothing twice. Every method raises StoreError, in plain words.
    """

    def __init__(self, address: str | URL, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        """Raise StoreError if the address is not one or its driver is not installed."""
        self._database = Database(address, busy_timeout_s)

    @property
    def place(self) -> str:
        """Where the database is, for people: a file, or an address without its password."""
        return self._database.place

    def exists(self) -> bool:
        """Return whether there is a database file yet; a server's database counts as there."""
        return self._database.exists()

    def create(self, details: SessionDetails, started_at: datetime, model: str, source: str) -> SessionRecord:
        """Begin a session under a new id, and return it."""
        return self.begin(str(uuid.uuid4()), details, started_at, model, source)

    def begin(
        self, session_id: str, details: SessionDetails, started_at: datetime, model: str, source: str
    ) -> SessionRecord:
        """Begin a session; one that is there already stays as it is. `started_at` has a time zone.

        Texts longer than DETAIL_LIMITS are cut: no lesson goes unrecorded for a long note.
        """
        record = new_record(session_id, details, started_at, model, source)
        with self._database.writing(said("begin a session")) as connection:
            if rows.session(connection, session_id) is None:
                connection.execute(insert(session_table).values(rows.session_row(record)))
        return record

    def append(self, session_id: str, interval: Interval) -> None:
        """Store one second of a session; a second that is already there stays as it is."""
        self.append_all(session_id, (interval,))

    def append_all(self, session_id: str, intervals: Sequence[Interval]) -> None:
        """Store many seconds of a session in one transaction; those already there stay as they are."""
        with self._database.writing(said("store the lesson")) as connection:
            self._require(connection, session_id)
            rows.add_intervals(connection, session_id, intervals)

    def finish(self, session_id: str, ended_at: datetime) -> None:
        """End a session; a clock that was set back can not make it end before its last interval."""
        if ended_at.tzinfo is None:
            raise ValueError("the end of a session needs its time zone")
        with self._database.writing(said("end the session")) as connection:
            rows.end_session(connection, self._require(connection, session_id, locked=True), ended_at)

    def add_marker(self, session_id: str, marker: Marker) -> None:
        """Store that an activity starts; a marker of the same second is replaced."""
        with self._database.writing(said("store the marker")) as connection:
            row = self._require(connection, session_id, locked=True)
            rows.replace_markers(connection, row, (*rows.markers(connection, row["id"]), marker))

    def set_markers(self, session_id: str, markers: Sequence[Marker]) -> None:
        """Store `markers` in place of all that the session has."""
        with self._database.writing(said("store the markers")) as connection:
            rows.replace_markers(connection, self._require(connection, session_id, locked=True), markers)

    def merge(self, session: StoredSession, *, markers_win: bool = False) -> Merged:
        """Store a session from elsewhere in one transaction; what is there already stays and is not doubled.

        Its markers come in where the session has none here; with `markers_win` they replace those here.
        """
        record = session.record
        with self._database.writing(said("store the session")) as connection:
            known = rows.session(connection, record.id)
            if known is None:
                connection.execute(insert(session_table).values(rows.session_row(record)))
            row = self._require(connection, record.id, locked=True)
            new_seconds = rows.add_intervals(connection, record.id, session.intervals)
            if markers_win or (session.markers and not rows.markers(connection, record.id)):
                rows.replace_markers(connection, row, session.markers)
            ends = [row["ended_at"], record.ended_at if record.finished else None]
            ended_at = max((end for end in ends if end is not None), default=None)
            if ended_at is not None and (new_seconds or ended_at != row["ended_at"]):
                rows.end_session(connection, row, ended_at)
        return Merged(record.id, known is None, new_seconds)

    def list(self) -> tuple[SessionRecord, ...]:
        """Return all sessions, newest first."""
        if not self.exists():
            return ()
        newest_first = rows.sessions().order_by(session_table.c.started_at.desc(), session_table.c.id)
        with self._database.reading(said("read the sessions")) as connection:
            found = connection.execute(newest_first).mappings().all()
            return tuple(rows.record(connection, row) for row in found)

    def show(self, session_id: str) -> SessionRecord:
        """Return one session by its id, or by the beginning of it if that is unique.

        Raises UnknownSessionError.
        """
        prefix = clean_text(session_id).lower()[:40]  # an id has 36 characters: what is longer fits none
        if len(prefix) < MIN_PREFIX:
            raise UnknownSessionError(
                "Give at least the first {least} characters of the session's id.", least=MIN_PREFIX
            )
        if self.exists():
            matching = rows.sessions().where(session_table.c.id.startswith(prefix, autoescape=True)).limit(2)
            with self._database.reading(said("read the session")) as connection:
                found = connection.execute(matching).mappings().all()
                if len(found) == 1:
                    return rows.record(connection, found[0])
            if found:
                raise UnknownSessionError(
                    'More than one session begins with "{prefix}": give more of its id.', prefix=prefix
                )
        raise UnknownSessionError(
            'There is no session "{prefix}" in {place}. See "classmood sessions list".',
            prefix=prefix,
            place=self.place,
        )

    def load(self, session_id: str) -> StoredSession:
        """Return everything of one session, by its whole id. Raises UnknownSessionError."""
        if not self.exists():
            raise UnknownSessionError(
                "The session {id} is not in {place} (any more).", id=session_id[:40], place=self.place
            )
        with self._database.reading(said("read the session")) as connection:
            self._require(connection, session_id)
            return rows.whole(connection, session_id)

    def intervals(self, session_id: str) -> tuple[Interval, ...]:
        """Return the seconds of a session in order; none for a session that is not there."""
        if not self.exists():
            return ()
        with self._database.reading(said("read the session")) as connection:
            return rows.intervals(connection, session_id)

    def markers(self, session_id: str) -> tuple[Marker, ...]:
        """Return the markers of a session in order; none for a session that is not there."""
        if not self.exists():
            return ()
        with self._database.reading(said("read the session")) as connection:
            return rows.markers(connection, session_id)

    def kind_shares(self) -> tuple[KindShares, ...]:
        """Return what each kind of segment sums up to, in all sessions; UNMARKED is one of them."""
        if not self.exists():
            return ()
        with self._database.reading(said("read the segments")) as connection:
            found = kinds.stored(connection)
            missing = kinds.not_summed_up(connection)
        for session_id, ended in missing.items():
            found += self._sum_up_kinds(session_id, ended=ended)
        return tuple(found)

    def delete(self, session_id: str) -> None:
        """Delete a session with all its intervals; in SQLite's file nothing of it remains.

        Raises UnknownSessionError.
        """
        with self._database.writing(said("delete the session")) as connection:
            self._require(connection, session_id)
            connection.execute(delete(session_table).where(session_table.c.id == session_id))
        self._database.wipe()

    def delete_all(self) -> int:
        """Delete all sessions, and return how many these were; in SQLite's file nothing of them remains."""
        if not self.exists():
            return 0
        with self._database.writing(said("delete the sessions")) as connection:
            count = connection.scalar(select(func.count()).select_from(session_table))
            connection.execute(delete(session_table))
        self._database.wipe()
        return int(count or 0)

    def delete_unchanged(self, session: StoredSession) -> bool:
        """Delete a session if all that is stored of it is in `session`; return whether it is gone."""
        session_id = session.record.id
        with self._database.writing(said("delete the session")) as connection:
            if rows.session(connection, session_id) is None:
                return True
            if rows.whole(connection, session_id) != session:
                return False
            connection.execute(delete(session_table).where(session_table.c.id == session_id))
        self._database.wipe()
        return True

    def version(self) -> str | None:
        """Return the version of the database, and leave it as it is; None if there is none yet."""
        return self._database.version()

    def answers(self) -> bool:
        """Return whether the database can be opened right now."""
        try:
            with self._database.reading(said("open the database")):
                return True
        except StoreError:
            return False

    def catch_up(self) -> None:
        """Do nothing: everything is already where it belongs (see HandoverStore)."""

    def check(self) -> None:
        """Raise StoreError unless the database is sound and can be written; nothing is left in it."""
        self._database.check()

    def close(self) -> None:
        """Close all connections; the next call opens the database again."""
        self._database.close()

    def _sum_up_kinds(self, session_id: str, *, ended: bool) -> tuple[KindShares, ...]:
        """Return the kinds of a session whose summary is not there, and store it if the session has ended."""
        if ended:
            with suppress(StoreError), self._database.writing(said("sum up the segments")) as connection:
                if rows.session(connection, session_id, locked=True) is not None:
                    kinds.forget(connection, session_id)
                    found = rows.summed_up_kinds(connection, session_id)
                    kinds.store(connection, found)
                    return found
        with self._database.reading(said("read the segments")) as connection:  # also where nobody may write
            return rows.summed_up_kinds(connection, session_id)

    def _require(self, connection: Connection, session_id: str, *, locked: bool = False) -> RowMapping:
        found = rows.session(connection, session_id, locked=locked)
        if found is None:
            raise UnknownSessionError(
                "The session {id} is not in {place} (any more).", id=session_id[:40], place=self.place
            )
        return found


def store_for(settings: Settings, data_dir: DataDir) -> SessionStore:
    """Return the store that the settings name: their database address, else a file in the data folder."""
    address = settings.storage.database.strip()
    return SessionStore(address or URL.create("sqlite", database=str(data_dir.database)))
