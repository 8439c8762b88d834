"""`HandoverStore`: records on a server; while that does not answer, into a file here, handed over later."""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import URL

from desktop.paths import DataDir
from desktop.segments import UNMARKED, Marker, Markers, ordered
from desktop.settings import Settings
from desktop.statistics import Interval, SessionDetails
from desktop.store.engine import parse_address, sqlite_file
from desktop.store.errors import StoreError, UnknownSessionError
from desktop.store.store import SessionStore, store_for
from models.errors import Sentence

RETRY_S: Final = 15.0  # between two attempts to reach a server that did not answer
# In the waiting file: "the markers were all taken back", while no markers at all means "they are not known".
_NONE_LEFT: Final = (Marker(0, UNMARKED),)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits on this computer for the server."""

    sessions: int
    reason: Sentence | None = None  # why the server refused last; None: it was not asked in this run

    def __str__(self) -> str:
        count = f"sessions that wait on this computer: {self.sessions}"
        return f"{count}. {self.reason}" if self.reason else count


@dataclass(frozen=True, slots=True)
class _Beginning:
    details: SessionDetails
    started_at: datetime
    model: str
    source: str


class HandoverStore:
    """What the recorder writes to when the database is a server. Not thread-safe: the recorder's thread.

    A session whose write the server refuses goes on in `waiting`, a store in a file. When the server answers
    again, which is tried at most every `retry_s`, the whole session is merged into the server's in one
    transaction, and only then removed here. Every step may be repeated: a session and each of its seconds
    has one place on the server. `on_change` is told whenever there are more or fewer that wait.
    """

    def __init__(
        self,
        server: SessionStore,
        waiting: SessionStore,
        *,
        retry_s: float = RETRY_S,
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[Waiting], None] = lambda _: None,
    ) -> None:
        self._server = server
        self._waiting = waiting
        self._retry_s = retry_s
        self._clock = clock
        self._on_change = on_change
        self._next_try = float("-inf")
        self._beginnings: dict[str, _Beginning] = {}  # of the sessions of this run
        self._markers: dict[str, Markers] = {}  # as far as this run has set them
        self._reason: Sentence | None = None  # why the server refused last
        self._told = 0  # sessions that wait, as `on_change` knows it
        self._kept: set[str] | None = None  # sessions that wait here; None: not looked yet

    def begin(
        self, session_id: str, details: SessionDetails, started_at: datetime, model: str, source: str
    ) -> None:
        """Begin a session; one that is there already stays as it is."""
        self._beginnings[session_id] = _Beginning(details, started_at, model, source)
        self._write(session_id, lambda store: store.begin(session_id, details, started_at, model, source))

    def append(self, session_id: str, interval: Interval) -> None:
        """Store one second of a session."""
        self._write(session_id, lambda store: store.append(session_id, interval))

    def append_all(self, session_id: str, intervals: Sequence[Interval]) -> None:
        """Store many seconds of a session."""
        self._write(session_id, lambda store: store.append_all(session_id, intervals))

    def set_markers(self, session_id: str, markers: Sequence[Marker]) -> None:
        """Store `markers` in place of all that the session has."""
        self._markers[session_id] = ordered(markers)
        self._write(
            session_id, lambda store: store.set_markers(session_id, self._markers_for(store, session_id))
        )

    def finish(self, session_id: str, ended_at: datetime) -> None:
        """End a session."""
        self._write(session_id, lambda store: store.finish(session_id, ended_at))

    def catch_up(self) -> None:
        """Hand over what waits, if it is time to try; for idle moments. Raises nothing: it can wait."""
        try:
            if self._sessions_kept() and self._clock() >= self._next_try:
                self._hand_over()
        except StoreError as error:
            _log.warning("the waiting sessions can not be read: %s", error)

    def close(self) -> None:
        """Hand over what waits, if the server answers, and close both databases."""
        self.catch_up()
        self._server.close()
        self._waiting.close()

    def _write(self, session_id: str, write: Callable[[SessionStore], object]) -> None:
        """Write to where the session is: on the server, or among those that wait."""
        if session_id not in self._sessions_kept():
            if self._written_on_server(session_id, write):
                self.catch_up()
                return
            self._keep(session_id)
        try:
            write(self._waiting)
        except UnknownSessionError:  # another run of this program has just handed it over
            self._keep(session_id)
            write(self._waiting)
        self.catch_up()

    def _written_on_server(self, session_id: str, write: Callable[[SessionStore], object]) -> bool:
        """Return False if the server refuses, or did a moment ago, and the session can go on here."""
        can_wait = session_id in self._beginnings  # else the recorder has to hold on to the write
        if can_wait and self._clock() < self._next_try:
            return False
        try:
            write(self._server)
        except UnknownSessionError:
            raise
        except StoreError as error:
            self._next_try = self._clock() + self._retry_s
            if not can_wait:
                raise
            self._reason = error.sentence
            _log.warning("the session goes on in %s: %s", self._waiting.place, error)
            return False
        return True

    def _keep(self, session_id: str) -> None:
        """Begin a session among those that wait."""
        beginning = self._beginnings.get(session_id)
        if beginning is None:
            self._sessions_kept().discard(session_id)
            raise UnknownSessionError("The session {id} does not wait here any more.", id=session_id[:40])
        self._waiting.begin(
            session_id, beginning.details, beginning.started_at, beginning.model, beginning.source
        )
        if session_id in self._markers:
            self._waiting.set_markers(session_id, self._markers_for(self._waiting, session_id))
        if session_id not in self._sessions_kept():
            self._sessions_kept().add(session_id)
            self._tell()

    def _markers_for(self, store: SessionStore, session_id: str) -> Markers:
        markers = self._markers[session_id]
        return markers or (_NONE_LEFT if store is self._waiting else ())

    def _hand_over(self) -> None:
        """Hand over everything that waits."""
        if not hand_over(self._server, self._waiting):
            self._next_try = self._clock() + self._retry_s
        self._kept = set(_ids(self._waiting))
        self._tell()

    def _sessions_kept(self) -> set[str]:
        if self._kept is None:
            try:
                self._kept = set(_ids(self._waiting))
            except StoreError as error:  # no reason not to record on the server
                _log.warning("the waiting sessions can not be read: %s", error)
                self._kept = set()
        return self._kept

    def _tell(self) -> None:
        waiting = Waiting(len(self._sessions_kept()), self._reason)
        if waiting.sessions != self._told:
            self._told = waiting.sessions
            self._on_change(waiting)


def hand_over(server: SessionStore, waiting: SessionStore) -> bool:
    """Bring every session of `waiting` to `server`, then remove it here; return whether none waits any more.

    Several programs may do this at once. Raises StoreError if `waiting` can not be read.
    """
    complete = True
    for session_id in _ids(waiting):
        try:
            session = waiting.load(session_id)
        except UnknownSessionError:  # another program was faster
            continue
        try:
            server.merge(
                replace(session, markers=() if session.markers == _NONE_LEFT else session.markers),
                markers_win=bool(session.markers),
            )
            # What was recorded since `load` is not on the server: then the session stays for the next time.
            complete &= waiting.delete_unchanged(session)
        except StoreError as error:
            _log.info("%s can not be handed over to %s: %s", session_id, server.place, error)
            complete = False
            if not server.answers():
                break
    return complete


def _ids(waiting: SessionStore) -> list[str]:
    return [record.id for record in reversed(waiting.list())]


def waiting_store_for(settings: Settings, data_dir: DataDir) -> SessionStore | None:
    """Return where sessions wait for the server that the settings name; None if they name no server.

    Each server has a file of its own: what was recorded for one is never handed to another.
    """
    address = settings.storage.database.strip()
    url = parse_address(address) if address else None
    if url is None or sqlite_file(url) is not None:
        return None
    server = f"{url.get_backend_name()}://{url.host}:{url.port}/{url.database}"  # whoever the user is
    name = f"waiting-{hashlib.sha256(server.encode()).hexdigest()[:12]}.db"
    return SessionStore(URL.create("sqlite", database=str(data_dir.root / name)))


def recording_store_for(
    settings: Settings, data_dir: DataDir, on_change: Callable[[Waiting], None] = lambda _: None
) -> SessionStore | HandoverStore:
    """Return what a recorder writes to: the store that the settings name; a server with a file beside it."""
    server, waiting = store_for(settings, data_dir), waiting_store_for(settings, data_dir)
    return server if waiting is None else HandoverStore(server, waiting, on_change=on_change)
