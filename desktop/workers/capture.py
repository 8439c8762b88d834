"""The capture worker: reads one source on a thread of its own and finds a lost one again."""

import logging
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QThread, Signal

from desktop.capture.frame import CaptureError, Frame, Source, SourceInfo, SourceLostError
from desktop.workers.slot import LatestSlot
from models.errors import said

log = logging.getLogger(__name__)

RETRY_S = 1.0  # between two attempts to find a lost source again
PREDECESSOR_MS = 5000  # how long the worker before this one may take to give back its camera

SourceFactory = Callable[[str], Source]  # the identity of a lost source, or "" to open it as asked


class CaptureWorker(QThread):
    """Opens a source, hands its frames to a latest-wins slot, and opens it again when it is lost."""

    opened = Signal(object)  # SourceInfo
    failed = Signal(object)  # Sentence: could not be opened or read
    lost = Signal(object)  # Sentence: went away and is being looked for
    recovered = Signal(object)  # SourceInfo
    ended = Signal()  # a file came to its end

    def __init__(
        self, open_source: SourceFactory, frames: LatestSlot[Frame], predecessor: QThread | None = None
    ) -> None:
        super().__init__()
        self._predecessor = predecessor  # may still hold the camera that is to be opened
        self._open_source = open_source
        self._frames = frames
        self._stop = threading.Event()
        self._source: Source | None = None
        self.newest_frame_at = 0.0  # time.monotonic(), read by the engine's watchdog

    def run(self) -> None:
        """Read until the end, a failure, or `stop`."""
        try:
            if self._predecessor is not None:
                self._predecessor.wait(PREDECESSOR_MS)
                self._predecessor = None
            source = self._open("")
            self.opened.emit(source.info)
            self._read(source)
        except CaptureError as error:
            if not self._stop.is_set():
                self.failed.emit(error.sentence)
        except Exception:
            log.exception("capture failed")
            self.failed.emit(said("Reading the picture failed unexpectedly. The log file has the details."))
        finally:
            self._close()

    def stop(self) -> None:
        """Ask the worker to end; a source that waits for its next frame is woken."""
        self._stop.set()
        source = self._source
        if source is not None and not source.info.live:
            source.close()  # a paced file may be waiting; a camera is only touched by its own thread

    def _read(self, source: Source) -> None:
        while not self._stop.is_set():
            try:
                frame = source.read()
            except SourceLostError as error:
                self.lost.emit(error.sentence)
                found = self._find_again(source.info)
                if found is None:
                    return
                source = found
                self.recovered.emit(source.info)
                continue
            if frame is None:
                self.ended.emit()
                return
            if self._stop.is_set():
                return
            self.newest_frame_at = time.monotonic()
            self._frames.put(frame)

    def _find_again(self, info: SourceInfo) -> Source | None:
        """Try to open the lost source until it is there or the worker is asked to stop."""
        self._close()
        while not self._stop.wait(RETRY_S):
            try:
                return self._open(info.identity)
            except CaptureError as error:
                log.info("still looking for %s: %s", info.name, error)
        return None

    def _open(self, identity: str) -> Source:
        source = self._source = self._open_source(identity)
        return source

    def _close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None
