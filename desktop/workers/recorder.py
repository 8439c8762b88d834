"""The recorder: writes sessions on a thread of its own and holds on to what can not be written yet."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QThread, Signal

from desktop.segments import Markers
from desktop.statistics import Interval, SessionDetails
from desktop.store import Claims, StoreError, UnknownSessionError
from models.errors import said

log = logging.getLogger(__name__)

RETRY_S = 1.0  # between two attempts to write while the store refuses
IDLE_S = 5.0  # without a write: then the store may hand over what waits for its server
LAST_TRIES_S = 3.0  # at the program's end


class SessionSink(Protocol):
    """What the recorder needs of `desktop.store.SessionStore`."""

    def begin(
        self, session_id: str, details: SessionDetails, started_at: datetime, model: str, source: str
    ) -> object:
        """Store a new session under `session_id`; the same one twice is stored once."""
        ...

    def append(self, session_id: str, interval: Interval) -> None:
        """Store one interval; the same second twice is stored once."""
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
    """One thing to be stored, and the session it belongs to."""

    session_id: str
    carry_out: Operation


class Recorder(QThread):
    """Carries out writes in order; one that fails is tried until it succeeds, nothing overtakes it."""

    storage_failed = Signal(object)  # Sentence
    storage_recovered = Signal()
    session_saved = Signal(str)  # id of a session whose end is stored

    def __init__(self, open_store: Callable[[], SessionSink], claims: Claims) -> None:
        super().__init__()
        self._open_store = open_store
        self._claims = claims
        self._writes: queue.SimpleQueue[Write | None] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._store: SessionSink | None = None
        self._beginnings: dict[str, Operation] = {}  # of the sessions of this run
        self._markers: dict[str, Markers] = {}  # the newest of each
        self.unsaved = 0  # writes given up at the end of the program

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

    def append(self, session_id: str, interval: Interval) -> None:
        """Have one interval stored."""
        self._put(session_id, lambda store: store.append(session_id, interval))

    def finish(self, session_id: str, ended_at: datetime) -> None:
        """Have the session's end stored."""

        def operation(store: SessionSink) -> None:
            store.finish(session_id, ended_at)
            self._claims.release(session_id)
            self.session_saved.emit(session_id)

        self._put(session_id, operation)

    def set_markers(self, session_id: str, markers: Markers) -> None:
        """Have all markers of a session stored: each write holds the ones before, so none can go missing."""
        self._markers[session_id] = markers
        self._put(session_id, lambda store: store.set_markers(session_id, markers))

    def shut_down(self) -> None:
        """Write what is waiting, then end the thread; returns when it has ended."""
        self._ending.set()
        self._writes.put(None)
        self.wait()

    def run(self) -> None:
        """Write until `shut_down`."""
        while (write := self._next()) is not None:
            try:
                self._carry_out(write)
            except Exception:
                log.exception("recording failed")
                self.unsaved += 1
                self.storage_failed.emit(said("Saving failed unexpectedly. The log file has the details."))
        if self._store is not None:
            self._store.close()
        self._claims.give_up()  # what could not be ended is offered at the next start

    def _next(self) -> Write | None:
        """Wait for a write; None at the program's end."""
        while True:
            try:
                return self._writes.get(timeout=IDLE_S)
            except queue.Empty:
                self._catch_up()

    def _catch_up(self) -> None:
        try:
            if self._store is None:
                self._store = self._open_store()
        except StoreError as error:
            log.warning("the store can not be opened: %s", error)
        else:
            self._store.catch_up()

    def _put(self, session_id: str, operation: Operation) -> None:
        self._writes.put(Write(session_id, operation))

    def _carry_out(self, write: Write) -> None:
        """Try until it is stored; at the program's end only for a while."""
        tries = 0
        while (refusal := self._refusal(write)) is not None:
            tries += 1
            if tries == 1:
                if not self.unsaved:  # once is enough at the end, however many seconds are given up
                    log.warning("the store refuses: %s", refusal)
                self.storage_failed.emit(refusal.sentence)
            if not self._ending.is_set():
                self._ending.wait(RETRY_S)
            elif tries * RETRY_S < LAST_TRIES_S and not self.unsaved:
                threading.Event().wait(RETRY_S)
            else:
                self.unsaved += 1
                return
        if tries:
            self.storage_recovered.emit()

    def _refusal(self, write: Write) -> StoreError | None:
        """Write once and return what the store has against it."""
        try:
            if self._store is None:
                self._store = self._open_store()
            try:
                write.carry_out(self._store)
            except (
                UnknownSessionError
            ):  # the database was taken away or replaced in mid-lesson: begin it there
                self._begin_anew(self._store, write.session_id)
                write.carry_out(self._store)
        except StoreError as error:
            return error
        return None

    def _begin_anew(self, store: SessionSink, session_id: str) -> None:
        self._beginnings[session_id](store)
        if session_id in self._markers:
            store.set_markers(session_id, self._markers[session_id])
