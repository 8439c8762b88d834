"""The analysis worker: takes the newest frame, runs the pipeline, hands on the newest result."""

import logging
import math
import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QThread, Signal

from desktop.capture.frame import Frame
from desktop.pipeline import FrameResult
from desktop.workers.governor import Governor
from desktop.workers.live_view import LiveView
from desktop.workers.meter import LiveMeter
from desktop.workers.slot import LatestSlot
from models.errors import ModelError, Sentence, said

log = logging.getLogger(__name__)

RETRY_S = 5.0  # after an error that nobody expected
WAIT_S = 0.2  # for a frame, before the clock of the intervals is looked at anyway


class FrameProcessor(Protocol):
    """What the worker needs of `desktop.pipeline.Pipeline`."""

    @property
    def notice(self) -> Sentence | None:
        """What the user should know of the networks in it."""
        ...

    def process(self, frame: Frame) -> FrameResult:
        """Return the faces of the next frame."""
        ...

    def set_quiet(self, quiet: bool) -> None:
        """Spend little time on searching, or as much as helps; called before every frame."""
        ...

    def reset(self) -> None:
        """Forget all tracks."""
        ...

    def close(self) -> None:
        """End what runs beside it."""
        ...


PipelineFactory = Callable[[], FrameProcessor]


class AnalysisWorker(QThread):
    """Runs the pipeline, built in its own thread because a cascade must not be shared by two.

    Where the computer can not keep up it analyses fewer frames, and the others go past it (`LiveView`).
    """

    result_ready = Signal()  # a newer result waits in the slot
    intervals_closed = Signal(list)  # list[Interval]
    model_failed = Signal(object)  # Sentence: detector or classifier unusable: frames pass without faces
    model_loaded = Signal()
    model_noticed = Signal(object)  # Sentence: the model is not the one that was asked for

    def __init__(
        self,
        frames: LatestSlot[Frame],
        results: LatestSlot[FrameResult],
        view: LiveView,
        meter: LiveMeter,
        build_pipeline: PipelineFactory,
    ) -> None:
        super().__init__()
        self._frames = frames
        self._results = results
        self._view = view
        self._governor = Governor()
        self._meter = meter
        self._build = build_pipeline
        self._pipeline: FrameProcessor | None = None
        self._rebuild = True
        self._retry_at = math.inf  # time.monotonic(): when to load what failed unexpectedly again
        self._reset = False
        self.quiet = False  # few frames come, and little time is to be spent on them

    def set_pipeline(self, build_pipeline: PipelineFactory) -> None:
        """Use another pipeline (detector, rule) from the next frame on."""
        self._build = build_pipeline
        self._rebuild = True

    def reset(self) -> None:
        """Forget the tracks before the next frame: another source was opened."""
        self._reset = True

    def run(self) -> None:
        """Analyse until interrupted (`requestInterruption`); an error costs the faces of some seconds."""
        while not self.isInterruptionRequested():
            try:
                self._turn()
            except Exception:
                log.exception("analysis failed")
                self._pipeline, broken = None, self._pipeline
                self._retry_at = time.monotonic() + RETRY_S
                self.model_failed.emit(
                    said("Reading the faces failed unexpectedly. The log file has the details.")
                )
                if broken is not None:
                    broken.close()
        if self._pipeline is not None:
            self._pipeline.close()

    def _turn(self) -> None:
        if self._rebuild or time.monotonic() >= self._retry_at:
            self._pipeline, old = None, self._pipeline
            self._pipeline = self._replace(old)
        self._frames.wait_closed(self._governor.rest_s(time.monotonic()))
        frame = self._frames.take(WAIT_S)
        if frame is not None:
            started = time.monotonic()
            self._analyse(self._pipeline, frame)
            self._governor.note(started, time.monotonic(), self._frames.dropped, self._view.late)
            self._view.bypassed = self._governor.lowered
        closed = self._meter.tick()
        if closed:
            self.intervals_closed.emit(closed)

    def _replace(self, old: FrameProcessor | None) -> FrameProcessor | None:
        self._rebuild, self._retry_at = False, math.inf
        if old is not None:
            old.close()
        try:
            pipeline = self._build()
        except ModelError as error:
            self.model_failed.emit(error.sentence)
            return None
        self.model_loaded.emit()
        if pipeline.notice is not None:
            self.model_noticed.emit(pipeline.notice)
        return pipeline

    def _analyse(self, pipeline: FrameProcessor | None, frame: Frame) -> None:
        if pipeline is None:
            result = FrameResult(frame, ())
        else:
            if self._reset:
                self._reset = False
                pipeline.reset()
            pipeline.set_quiet(self.quiet)
            result = pipeline.process(frame)
        closed = self._meter.add(result, _brightness(frame), self._frames.dropped)
        if closed:
            self.intervals_closed.emit(closed)
        if self._results.put(result):
            self.result_ready.emit()


def _brightness(frame: Frame) -> float:
    """Return the mean brightness of the picture, 0..1, from every 16th pixel of every 16th row."""
    return float(frame.image[::16, ::16].mean()) / 255
