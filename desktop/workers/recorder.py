"""The recorder: writes sessions on a thread of its own and holds on to what can not be written yet."""

import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QThread, Signal

from desktop.statistics import Interval, SessionDetails
from desktop.store import StoreError, UnknownSessionError

log = logging.getLogger(__name__)

RETRY_S = 1.0  # between two attempts to write while the store refuses
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

    def close(self) -> None:
        """Give back the database."""
        ...


Write = Callable[[SessionSink], object]


class Recorder(QThread):
    """Carries out writes in order; one that fails is tried until it succeeds, nothing overtakes it."""

    storage_failed = Signal(str)
    storage_recovered = Signal()

    def __init__(self, open_store: Callable[[], SessionSink]) -> None:
        super().__init__()
        self._open_store = open_store
        self._writes: queue.SimpleQueue[Write | None] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._store: SessionSink | None = None
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
        self._writes.put(lambda store: store.begin(session_id, details, started_at, model_name(), source))

    def append(self, session_id: str, interval: Interval) -> None:
        """Have one interval stored."""
        self._writes.put(lambda store: store.append(session_id, interval))

    def finish(self, session_id: str, ended_at: datetime) -> None:
        """Have the session's end stored."""
        self._writes.put(lambda store: store.finish(session_id, ended_at))

    def shut_down(self) -> None:
        """Write what is waiting, then end the thread; returns when it has ended."""
        self._ending.set()
        self._writes.put(None)
        self.wait()

    def run(self) -> None:
        """Write until `shut_down`."""
        try:
            while (write := self._writes.get()) is not None:
                self._carry_out(write)
        except Exception:
            log.exception("recording failed")
            self.storage_failed.emit(self.tr("Saving failed unexpectedly. The log file has the details."))
        finally:
            if self._store is not None:
                self._store.close()

    def _carry_out(self, write: Write) -> None:
        refused = False
        tries_left = max(1, round(LAST_TRIES_S / RETRY_S)) if not self.unsaved else 1
        while True:
            try:
                if self._store is None:
                    self._store = self._open_store()
                write(self._store)
            except UnknownSessionError as error:
                log.warning("a write was left out: %s", error)  # somebody deleted the session meanwhile
                self.storage_failed.emit(str(error))
                return
            except StoreError as error:
                if not refused:
                    refused = True
                    log.warning("the store refuses: %s", error)
                    self.storage_failed.emit(str(error))
                if self._ending.is_set():
                    tries_left -= 1
                    if tries_left <= 0:
                        self.unsaved += 1
                        return
                    threading.Event().wait(RETRY_S)
                else:
                    self._ending.wait(RETRY_S)
                continue
            if refused:
                self.storage_recovered.emit()
            return
