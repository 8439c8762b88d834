"""The library: stored sessions for the window, read and written on a thread of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktop.report import ReportError
from desktop.settings import Settings
from desktop.store import SessionRecord, SessionStore, StoreError
from desktop.workers.errands import Errands, Result
from models.errors import Sentence


@dataclass(frozen=True, slots=True)
class Shelves:
    """Where sessions are: in the database, and in a file here if they wait for a server that is away."""

    home: SessionStore
    waiting: SessionStore | None = None

    def store_of(self, session_id: str) -> SessionStore:
        """Return where a session is; one that is nowhere belongs to the database."""
        if not session_id or self.waiting is None:
            return self.home
        waits = any(record.id == session_id for record in self.waiting.list())
        return self.waiting if waits else self.home

    def close(self) -> None:
        """Give back both."""
        self.home.close()
        if self.waiting is not None:
            self.waiting.close()


@dataclass(frozen=True, slots=True)
class Listing:
    """All sessions, newest first, and which of them wait here."""

    records: tuple[SessionRecord, ...]
    waiting: frozenset[str] = frozenset()  # ids
    refusal: Sentence | None = None  # why only those that wait are listed


class Library(Errands):
    """Opens the stores with the first job and closes them with the thread."""

    def __init__(self, open_shelves: Callable[[Settings], Shelves], settings: Settings) -> None:
        super().__init__(refusals=(StoreError, ReportError))
        self._open_shelves = open_shelves
        self._settings = settings.model_copy(deep=True)  # of the next job; replaced, never changed
        self._shelves: tuple[Settings, Shelves] | None = None

    def use(self, settings: Settings) -> None:
        """Read from the database that these settings name, from the next job on."""
        if settings.storage != self._settings.storage:
            self._settings = settings.model_copy(deep=True)

    def ask(
        self,
        asker: QObject,
        job: Callable[[SessionStore], Result],
        on_done: Callable[[Result], object],
        on_failed: Callable[[Sentence], object],
        *,
        about: str = "",
    ) -> None:
        """Run `job` on the thread with the database, or where the session `about` waits for it; see `do`."""
        self.do(asker, lambda: job(self._opened().store_of(about)), on_done, on_failed)

    def list(
        self,
        asker: QObject,
        on_done: Callable[[Listing], object],
        on_failed: Callable[[Sentence], object],
    ) -> None:
        """List all sessions; while the server is away, those that wait for it."""
        self.do(asker, lambda: _listed(self._opened()), on_done, on_failed)

    def run(self) -> None:
        """Work until `shut_down`."""
        super().run()
        if self._shelves is not None:
            self._shelves[1].close()

    def _opened(self) -> Shelves:
        wanted = self._settings
        if self._shelves is not None and self._shelves[0] is not wanted:
            self._shelves[1].close()
            self._shelves = None
        if self._shelves is None:
            self._shelves = wanted, self._open_shelves(wanted)
        return self._shelves[1]


def _listed(shelves: Shelves) -> Listing:
    waiting = () if shelves.waiting is None else shelves.waiting.list()
    ids = frozenset(record.id for record in waiting)
    try:
        stored = shelves.home.list()
    except StoreError as error:
        if not waiting:
            raise
        return Listing(waiting, ids, error.sentence)
    both = (*(record for record in stored if record.id not in ids), *waiting)
    return Listing(tuple(sorted(both, key=lambda record: record.started_at, reverse=True)), ids)
