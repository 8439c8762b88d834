"""Keeps a source on show: the capture worker that reads it, those still ending, a watch over their reads."""

import logging

from PySide6.QtCore import QDeadlineTimer, QObject, Signal

from desktop.capture.clock import Clock
from desktop.capture.frame import SourceInfo
from desktop.capture.thinning import Thinning
from desktop.workers.capture import CaptureWorker, FrameSink, SourceFactory
from models.errors import Sentence, said

log = logging.getLogger(__name__)

HUNG_AFTER_S = 3.0  # a live source that is inside one read for so long is looked for by another thread
LAST_WAIT_MS = 5_000  # at the program's end
ASLEEP_S = 2.0  # between two looks: the computer slept, or the program was held up


class SourceKeeper(QObject):
    """Opens and closes sources without waiting; `watch` is to be called a few times a second.

    What a worker said may still be on its way when another source was chosen: only the current one counts.
    """

    opened = Signal(object)  # SourceInfo
    failed = Signal(object)  # Sentence
    lost = Signal(object)  # Sentence
    recovered = Signal(object)  # SourceInfo
    ended = Signal()

    def __init__(self, frames: FrameSink, clock: Clock) -> None:
        super().__init__()
        self._frames = frames
        self._thinning = Thinning()
        self._clock = clock
        self._open_source: SourceFactory | None = None
        self._worker: CaptureWorker | None = None
        self._retired: set[CaptureWorker] = set()  # asked to stop, still inside a read
        self._info: SourceInfo | None = None
        self._lost = False  # and that was told
        self._watched_at = self._awake_since = clock.now()

    @property
    def info(self) -> SourceInfo | None:
        """What is being shown, or None."""
        return self._info

    def set_rate(self, rate_hz: float | None) -> None:
        """Hand on so many frames a second from now on, or all of them."""
        self._thinning.rate_hz = rate_hz

    def open(self, open_source: SourceFactory) -> None:
        """Show another source; `opened` or `failed` follows."""
        predecessor = self._worker
        self.close()
        self._frames.clear()
        self._open_source = open_source
        self._start(self._new_worker(open_source, predecessor=predecessor))

    def close(self) -> None:
        """Stop showing the source; a camera that hangs in a read is left to end by itself."""
        self._retire()
        self._info = None
        self._lost = False

    def watch(self) -> None:
        """Notice a live source that hangs in a read, and look for it with another thread.

        What nobody could watch, such as the computer's sleep, does not count.
        """
        now = self._clock.now()
        if now - self._watched_at > ASLEEP_S:
            self._awake_since = now
        self._watched_at = now
        info, worker, open_source = self._info, self._worker, self._open_source
        if info is None or worker is None or open_source is None or not info.live:
            return
        since = worker.reading_since
        if since is not None and now - max(since, self._awake_since) > HUNG_AFTER_S:
            log.warning("a camera hangs in a read; another thread looks for it")
            self._retire()
            self._start(self._new_worker(open_source, lost=info))
            self._tell_lost(said("{name} gives no picture.", name=info.name))

    def wait(self) -> None:
        """Wait until every worker has ended, but not for ever: a driver may never return."""
        deadline = QDeadlineTimer(LAST_WAIT_MS)
        for worker in tuple(self._retired):
            worker.wait(deadline)
        self._forget_finished()

    @property
    def hangs(self) -> bool:
        """Whether a worker that was asked to end has not done so."""
        return bool(self._retired)

    def _new_worker(
        self,
        open_source: SourceFactory,
        *,
        predecessor: CaptureWorker | None = None,
        lost: SourceInfo | None = None,
    ) -> CaptureWorker:
        return CaptureWorker(
            open_source,
            self._frames,
            predecessor=predecessor,
            lost=lost,
            thinning=self._thinning,
            clock=self._clock,
        )

    def _start(self, worker: CaptureWorker) -> None:
        worker.opened.connect(self._on_opened)
        worker.failed.connect(self._on_failed)
        worker.lost.connect(self._on_lost)
        worker.recovered.connect(self._on_recovered)
        worker.ended.connect(self._on_ended)
        worker.finished.connect(self._forget_finished)
        self._worker = worker
        worker.start()

    def _retire(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()
            self._retired.add(worker)
        self._forget_finished()

    def _forget_finished(self) -> None:
        self._retired = {worker for worker in self._retired if not worker.isFinished()}

    def _on_opened(self, info: SourceInfo) -> None:
        if self.sender() is self._worker:
            self._info = info
            self.opened.emit(info)

    def _on_failed(self, message: Sentence) -> None:
        if self.sender() is self._worker:
            self.failed.emit(message)

    def _on_lost(self, message: Sentence) -> None:
        if self.sender() is self._worker:
            self._tell_lost(message)

    def _tell_lost(self, message: Sentence) -> None:
        if not self._lost:
            self._lost = True
            self.lost.emit(message)

    def _on_recovered(self, info: SourceInfo) -> None:
        if self.sender() is self._worker:
            self._info = info
            self._lost = False
            self.recovered.emit(info)

    def _on_ended(self) -> None:
        if self.sender() is self._worker:
            self.ended.emit()
