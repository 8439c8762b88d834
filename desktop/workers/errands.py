"""Errands: a thread that reads, writes or fetches for the window, so that the window never waits."""

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QThread, Signal

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is to be done, and who hears of it."""

    asker: QObject
    job: Callable[[], Any]
    on_done: Callable[[Any], object]
    on_failed: Callable[[str], object]


class Errands(QThread):
    """Runs jobs one after the other. Answers arrive on the thread that made this object.

    Whoever asked may be gone by then: then nobody hears of it.
    """

    _done = Signal(object, object)  # errand, result
    _failed = Signal(object, str)  # errand, words for the user

    def __init__(self, refusals: tuple[type[Exception], ...]) -> None:
        """Take as `refusals` the errors whose text is made for the user."""
        super().__init__()
        self._refusals = refusals
        self._errands: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._ended = False
        self._done.connect(self._on_done)
        self._failed.connect(self._on_failed)

    def do(
        self,
        asker: QObject,
        job: Callable[[], Result],
        on_done: Callable[[Result], object],
        on_failed: Callable[[str], object],
    ) -> None:
        """Run `job` on the thread; then call `on_done` with its result, or `on_failed` with what is wrong.

        After `shut_down` nothing is done any more.
        """
        if self._ended:
            return
        self._errands.put(_Errand(asker, job, on_done, on_failed))
        if not self.isRunning():
            self.start()

    def shut_down(self) -> None:
        """Finish what was asked for and end the thread; returns when it has ended."""
        self._ended = True
        self._errands.put(None)
        self.wait()

    def run(self) -> None:
        """Work until `shut_down`."""
        while (errand := self._errands.get()) is not None:
            try:
                self._done.emit(errand, errand.job())
            except self._refusals as error:
                self._failed.emit(errand, str(error))
            except Exception:
                log.exception("an errand failed")
                self._failed.emit(errand, self.tr("This failed unexpectedly. The log file has the details."))

    def _on_done(self, errand: _Errand, result: Any) -> None:
        if shiboken6.isValid(errand.asker):
            errand.on_done(result)

    def _on_failed(self, errand: _Errand, words: str) -> None:
        if shiboken6.isValid(errand.asker):
            errand.on_failed(words)
