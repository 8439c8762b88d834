"""Errands: a thread that reads, writes or fetches for the window, so that the window never waits."""

import itertools
import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QThread, Signal

from models.errors import KnownError, Sentence, said

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who hears of an errand, and how."""

    asker: QObject
    on_done: Callable[[Any], object]
    on_failed: Callable[[Sentence], object]


class Errands(QThread):
    """Runs jobs one after the other. Answers arrive on the thread that made this object.

    Whoever asked may be gone by then: then nobody hears of it. Only the jobs cross to the thread. Who asks
    stays behind: a widget that was let go over there would be destroyed there, and Qt would crash.
    """

    _done = Signal(int, object)  # number of the errand, result
    _failed = Signal(int, object)  # number of the errand, Sentence

    def __init__(self, refusals: tuple[type[KnownError], ...]) -> None:
        """Take as `refusals` the errors whose text is made for the user."""
        super().__init__()
        self._refusals = refusals
        self._jobs: queue.SimpleQueue[tuple[int, Callable[[], Any]] | None] = queue.SimpleQueue()
        self._asked: dict[int, _Asked] = {}  # by the number of the errand
        self._numbers = itertools.count()
        self._ended = False
        self._done.connect(self._on_done)
        self._failed.connect(self._on_failed)

    def do(
        self,
        asker: QObject,
        job: Callable[[], Result],
        on_done: Callable[[Result], object],
        on_failed: Callable[[Sentence], object],
    ) -> None:
        """Run `job` on the thread; then call `on_done` with its result, or `on_failed` with what is wrong.

        `job` must hold no widget. After `shut_down` nothing is done any more.
        """
        if self._ended:
            return
        number = next(self._numbers)
        self._asked[number] = _Asked(asker, on_done, on_failed)
        self._jobs.put((number, job))
        if not self.isRunning():
            self.start()

    def shut_down(self) -> None:
        """Finish what was asked for and end the thread; returns when it has ended."""
        self._ended = True
        self._jobs.put(None)
        self.wait()

    def run(self) -> None:
        """Work until `shut_down`."""
        while (errand := self._jobs.get()) is not None:
            number, job = errand
            try:
                self._done.emit(number, job())
            except self._refusals as error:
                self._failed.emit(number, error.sentence)
            except Exception:
                log.exception("an errand failed")
                self._failed.emit(number, said("This failed unexpectedly. The log file has the details."))

    def _on_done(self, number: int, result: Any) -> None:
        asked = self._asked.pop(number)
        if shiboken6.isValid(asked.asker):
            asked.on_done(result)

    def _on_failed(self, number: int, words: Sentence) -> None:
        asked = self._asked.pop(number)
        if shiboken6.isValid(asked.asker):
            asked.on_failed(words)
