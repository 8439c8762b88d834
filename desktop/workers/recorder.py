"""The recorder: writes sessions on a thread of its own and holds on to what can not be written yet."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from PySide6.QtCore import QThread, Signal

from desktop.segments import Markers
from desktop.statistics import Interval, SessionDetails
from desktop.store import Claims, StoredSession, StoreError, UnknownSessionError
from models.errors import said

log = logging.getLogger(__name__)

RETRY_S = 1.0  # between two attempts to write while the store refuses
IDLE_S = 5.0  # without a write: then the store may hand over what waits for its server
LAST_TRIES_S = 3.0  # at the program's end
MOST_AT_ONCE = 600  # intervals in one transaction: on a disk with little room the first ones still fit


class SessionSink(Protocol):
    """What the recorder needs of `desktop.store.SessionStore`."""

    def begin(
        self, session_id: str, details: SessionDetails, started_at: datetime, model: str, source: str
    ) -> object:
        """Store a new session under `session_id`; the same one twice is stored once."""
        ...

    def append_all(self, session_id: str, intervals: Sequence[Interval]) -> None:
        """Store intervals at once; the same second twice is stored once."""
        ...

    def finish(self, session_id: str, ended_at: datetime) -> object:
        """Store when the session ended."""
        ...

    def set_markers(self, session_id: str, markers: Markers) -> None:
        """Store all markers of a session in place of those before."""
        ...

    def catch_up(self) -> None:
        """Hand over what could not be stored where it belongs; called in idle moments, raises nothing."""
        ...

    def close(self) -> None:
        """Give back the database."""
        ...


Operation = Callable[[SessionSink], object]


@dataclass(frozen=True, slots=True)
class Write:
    """One thing to be stored, the session it belongs to, and since when it waits."""

    session_id: str
    carry_out: Operation | Interval  # an interval is appended
    asked_at: float  # time.monotonic()


@dataclass(frozen=True, slots=True)
class Batch:
    """What is carried out at once: one operation, or all intervals of a session that wait in a row."""

    session_id: str
    carry_out: Operation
    writes: int


class Recorder(QThread):
    """Carries out writes in order; one that fails is tried until it succeeds, nothing overtakes it."""

    storage_failed = Signal(object)  # Sentence
    storage_recovered = Signal()
    session_saved = Signal(str)  # id of a session whose end is stored

    def __init__(self, open_store: Callable[[], SessionSink], claims: Claims) -> None:
        super().__init__()
        self._open_at_home = self._open_store = open_store
        self._claims = claims
        self._changed = threading.Condition()  # guards the writes, the place and the end
        self._writes: deque[Write] = deque()  # the first one is being carried out
        self._moved = False  # another place was chosen: close the store that is open
        self._ending = False
        self._store: SessionSink | None = None
        self._beginnings: dict[str, Operation] = {}  # of the sessions of this run
        self._markers: dict[str, Markers] = {}  # the newest of each
        self._intervals: dict[str, list[Interval]] = {}  # of those not ended: 1 MB for a lesson of 90 minutes
        self.refused = False  # the store says no, and has told why
        self.unsaved = 0  # writes given up at the end of the program

    @property
    def waiting(self) -> int:
        """Return how many writes are not stored yet."""
        return len(self._writes)

    @property
    def waiting_s(self) -> float:
        """Return for how long the oldest write has been waiting to be stored."""
        with self._changed:
            return time.monotonic() - self._writes[0].asked_at if self._writes else 0.0

    def begin(
        self,
        session_id: str,
        details: SessionDetails,
        started_at: datetime,
        model_name: Callable[[], str],
        source: str,
    ) -> None:
        """Have a new session stored. Returns at once, as the other writes do."""

        def operation(store: SessionSink) -> object:
            self._claims.claim(session_id)
            return store.begin(session_id, details, started_at, model_name(), source)

        self._beginnings[session_id] = operation
        self._put(session_id, operation)

    def go_on(self, session: StoredSession) -> None:
        """Go on with a session that is stored."""
        record = session.record
        self._intervals[record.id] = list(session.intervals)
        if session.markers:
            self._markers[record.id] = session.markers
        self.begin(record.id, record.details, record.started_at, lambda: record.model, record.source)

    def append(self, session_id: str, interval: Interval) -> None:
        """Have one interval stored."""
        self._intervals.setdefault(session_id, []).append(interval)
        self._put(session_id, interval)

    def finish(self, session_id: str, ended_at: datetime) -> None:
        """Have the session's end stored."""

        def operation(store: SessionSink) -> None:
            store.finish(session_id, ended_at)
            self._claims.release(session_id)
            self._intervals.pop(session_id, None)
            self.save_in(self._open_at_home)
            self.session_saved.emit(session_id)

        self._put(session_id, operation)

    def set_markers(self, session_id: str, markers: Markers) -> None:
        """Have all markers of a session stored: each write holds the ones before, so none can go missing."""
        self._markers[session_id] = markers
        self._put(session_id, lambda store: store.set_markers(session_id, markers))

    def save_in(self, open_store: Callable[[], SessionSink]) -> None:
        """Write to another place from now on, what is waiting first, until the session ends."""
        with self._changed:
            if open_store is not self._open_store:
                self._open_store = open_store
                self._moved = True
                self._changed.notify_all()

    def open_anew(self) -> None:
        """Open the store again before the next write: the settings name another one."""
        with self._changed:
            self._moved = True

    def shut_down(self) -> None:
        """Write what is waiting, then end the thread; returns when it has ended."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self.wait()

    def run(self) -> None:
        """Write until `shut_down`."""
        while (batch := self._next()) is not None:
            try:
                self._carry_out(batch)
            except Exception:
                log.exception("recording failed")
                self.unsaved += batch.writes
                self.storage_failed.emit(said("Saving failed unexpectedly. The log file has the details."))
            with self._changed:
                for _ in range(batch.writes):
                    self._writes.popleft()
        if self._store is not None:
            self._store.close()
        self._claims.give_up()  # what could not be ended is offered at the next start

    def _next(self) -> Batch | None:
        """Wait for a write; None at the program's end."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._writes or self._ending, timeout=IDLE_S)
                if self._writes:
                    return self._batch()
                if self._ending:
                    return None
            self._catch_up()

    def _batch(self) -> Batch:
        """Return what comes next: what was held during an hour without a disk is stored in a moment."""
        session_id, operation = self._writes[0].session_id, self._writes[0].carry_out
        if not isinstance(operation, Interval):
            return Batch(session_id, operation, 1)
        intervals: list[Interval] = []
        for write in islice(self._writes, MOST_AT_ONCE):
            if write.session_id != session_id or not isinstance(write.carry_out, Interval):
                break
            intervals.append(write.carry_out)
        return Batch(session_id, lambda store: store.append_all(session_id, intervals), len(intervals))

    def _catch_up(self) -> None:
        try:
            store = self._opened()
        except StoreError as error:
            log.warning("the store can not be opened: %s", error)
        else:
            store.catch_up()

    def _put(self, session_id: str, write: Operation | Interval) -> None:
        with self._changed:
            self._writes.append(Write(session_id, write, time.monotonic()))
            self._changed.notify_all()

    def _carry_out(self, batch: Batch) -> None:
        """Try until it is stored; at the program's end only for a while."""
        refusals: list[str] = []  # since the place was chosen
        tries = 0  # at the program's end
        while (refusal := self._refusal(batch)) is not None:
            if str(refusal) not in refusals:
                refusals.append(str(refusal))
                if not self.unsaved:  # once is enough at the end, however many seconds are given up
                    log.warning("the store refuses: %s", refusal)
                self.refused = True
                self.storage_failed.emit(refusal.sentence)
            with self._changed:
                if self._ending:
                    tries += 1
                    if self.unsaved or tries * RETRY_S >= LAST_TRIES_S:
                        self.unsaved += batch.writes
                        return
                self._changed.wait_for(lambda: self._moved, timeout=RETRY_S)
        self.refused = False
        if refusals:
            self.storage_recovered.emit()

    def _refusal(self, batch: Batch) -> StoreError | None:
        """Write once and return what the store has against it."""
        try:
            store = self._opened()
            try:
                batch.carry_out(store)
            except UnknownSessionError:  # the database was taken away, replaced or chosen in mid-lesson
                self._begin_anew(store, batch.session_id)
                batch.carry_out(store)
        except StoreError as error:
            return error
        return None

    def _opened(self) -> SessionSink:
        """Return the store of the place that was chosen last."""
        with self._changed:
            moved, self._moved = self._moved, False
        if moved and self._store is not None:
            self._store.close()
            self._store = None
        if self._store is None:
            self._store = self._open_store()
        return self._store

    def _begin_anew(self, store: SessionSink, session_id: str) -> None:
        """Store the whole session again: what was stored of it is gone, damaged, or elsewhere."""
        self._beginnings[session_id](store)
        store.append_all(session_id, tuple(self._intervals.get(session_id, ())))
        if session_id in self._markers:
            store.set_markers(session_id, self._markers[session_id])
