"""The library: stored sessions for the window, read and written on a thread of its own."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop.report import ReportError
from desktop.store import SessionStore, StoreError
from desktop.workers.errands import Errands, Result
from models.errors import Sentence


class Library(Errands):
    """Opens the store with the first job and closes it with the thread."""

    def __init__(self, open_store: Callable[[], SessionStore]) -> None:
        super().__init__(refusals=(StoreError, ReportError))
        self._open_store = open_store
        self._store: SessionStore | None = None

    def ask(
        self,
        asker: QObject,
        job: Callable[[SessionStore], Result],
        on_done: Callable[[Result], object],
        on_failed: Callable[[Sentence], object],
    ) -> None:
        """Run `job` with the store on the thread; see `do`."""
        self.do(asker, lambda: job(self._opened()), on_done, on_failed)

    def run(self) -> None:
        """Work until `shut_down`."""
        super().run()
        if self._store is not None:
            self._store.close()

    def _opened(self) -> SessionStore:
        if self._store is None:
            self._store = self._open_store()
        return self._store
