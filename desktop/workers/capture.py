"""The capture worker: reads one source on a thread of its own and finds a lost one again."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QThread, Signal

from desktop.capture.clock import REAL_CLOCK, Clock
from desktop.capture.frame import CaptureError, Frame, SkippingSource, Source, SourceInfo
from desktop.capture.stillness import FROZEN_AFTER_S, Stillness, is_black
from desktop.capture.thinning import Thinning
from models.errors import Sentence, said

log = logging.getLogger(__name__)

RETRY_S = 1.0  # between two attempts to find a lost source again
PREDECESSOR_MS = 5000  # how long the worker before this one may take to give back its camera

SourceFactory = Callable[[str], Source]  # the identity of a lost source, or "" to open it as asked


class FrameSink(Protocol):
    """Where frames go; called in the capture thread, returns at once."""

    def put(self, frame: Frame) -> object:
        """Take the newest frame."""
        ...

    def clear(self) -> None:
        """Forget what waits: another source follows."""
        ...


class CaptureWorker(QThread):
    """Opens a source, hands its frames on, and opens it again when it is lost.

    Whatever a camera or its driver does, it is looked for until it gives pictures again or `stop` is called.
    A picture that stands still is none: it is not handed on, and the camera is opened anew once.
    """

    opened = Signal(object)  # SourceInfo
    failed = Signal(object)  # Sentence: could not be opened or read
    lost = Signal(object)  # Sentence: went away and is being looked for
    recovered = Signal(object)  # SourceInfo
    ended = Signal()  # a file came to its end

    def __init__(
        self,
        open_source: SourceFactory,
        frames: FrameSink,
        *,
        thinning: Thinning | None = None,
        predecessor: QThread | None = None,
        lost: SourceInfo | None = None,
        clock: Clock = REAL_CLOCK,
    ) -> None:
        """Let a `predecessor` give the camera back first. `lost` is a source that is to be found again.

        `thinning` says which frames are left out because fewer will do.
        """
        super().__init__()
        self._predecessor = predecessor
        self._open_source = open_source
        self._frames = frames
        self._thinning = thinning or Thinning()
        self._clock = clock
        self._stop = threading.Event()
        self._source: Source | None = None
        self._info = lost  # of the source since it was opened for the first time
        self._missing = lost is not None
        self._stillness = Stillness()
        self._opened_anew = False  # since the picture stands still
        self.reading_since: float | None = None  # when the read began that has not returned yet

    def run(self) -> None:
        """Read until the end, a failure, or `stop`."""
        if self._predecessor is not None:
            self._predecessor.wait(PREDECESSOR_MS)
            self._predecessor = None
        while self._serve():
            self._clock.wait_for(self._stop, RETRY_S)

    def stop(self) -> None:
        """Ask the worker to end; a source that waits for its next frame is woken."""
        self._stop.set()
        source = self._source
        if source is not None and not source.info.live:
            source.close()  # a paced file may be waiting; a camera is only touched by its own thread

    def _serve(self) -> bool:
        """Open the source and read it; return True if it is to be looked for again."""
        try:
            if self._stop.is_set():
                return False
            self._read(self._open())
        except CaptureError as error:
            return self._is_lost(error.sentence)
        except Exception:
            log.exception("capture failed")
            return self._is_lost(
                said("Reading the picture failed unexpectedly. The log file has the details.")
            )
        finally:
            self._close()
        return False

    def _open(self) -> Source:
        source = self._source = self._open_source(self._info.identity if self._info else "")
        if self._info is None:
            self.opened.emit(source.info)
        self._info = source.info
        return source

    def _close(self) -> None:
        self.reading_since = None
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def _read(self, source: Source) -> None:
        while not self._stop.is_set():
            self.reading_since = self._clock.now()
            wanted = self._thinning.wants(self.reading_since, source.info.fps)
            frame: Frame | None = None
            if wanted or not isinstance(source, SkippingSource):
                frame = source.read()
                ended = frame is None
            else:
                ended = source.skip() is None
            self.reading_since = None
            if ended:
                self.ended.emit()
                return
            if frame is None or not wanted or self._stop.is_set():
                continue
            if source.info.live and self._stands_still(frame):
                continue
            if self._missing:
                self._missing = False
                self.recovered.emit(source.info)
            self._frames.put(frame)

    def _stands_still(self, frame: Frame) -> bool:
        """Return whether this is the picture of seconds ago; raises CaptureError once, to open it anew."""
        still_s = self._stillness.seconds(frame.image, self._clock.now())
        if still_s < FROZEN_AFTER_S:
            self._opened_anew &= still_s > 0
            return False
        if not self._opened_anew:
            self._opened_anew = True
            raise CaptureError(self._why_still(frame))
        return True

    def _why_still(self, frame: Frame) -> Sentence:
        name = self._info.name if self._info else ""
        if is_black(frame.image):
            return said("The picture of {name} is black. Open its shutter or take off its cap.", name=name)
        return said(
            "The picture of {name} stands still. If it stays so, plug the camera in again.", name=name
        )

    def _is_lost(self, why: Sentence) -> bool:
        """Tell once that the source is gone; return False if it is not worth looking for."""
        if self._stop.is_set():
            return False
        if self._info is None or not self._info.live:
            self.failed.emit(why)
            return False
        if self._missing:
            log.info("still looking for a lost source: %s", why)
        else:
            self._missing = True
            self.lost.emit(why)
        return True
