"""`PacedSource`: plays a file at its own rate, as if it were a camera."""

import threading
from collections.abc import Callable
from dataclasses import replace

from desktop.capture.clock import now
from desktop.capture.frame import CaptureError, Frame, SkippingSource, Source, SourceInfo
from desktop.capture.images import PICTURE_S

LATE_S = 0.1  # a frame this far behind its time is skipped
ASLEEP_S = 5.0  # a delay this long is forgiven at once
CATCH_UP_S = 0.25  # spent on skipping at most, then the rest of the delay is forgiven
STILL_PERIOD_S = 0.1  # a picture is handed on this often while it is shown


class PacedSource:
    """Hands on each frame of a source that nothing paces when it is due, stamped with the monotonic clock.

    Late frames are skipped. A picture is repeated while it is shown, and a single one for as long as anybody
    looks. `close` may be called from another thread: it wakes a `read` that waits, which raises CaptureError.
    """

    def __init__(
        self,
        source: Source,
        *,
        clock: Callable[[], float] = now,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        """Wrap `source`. `wait` rests for some seconds and returns True if `close` was called meanwhile."""
        self._source = source
        self._info = source.info
        self._clock = clock
        self._closing = threading.Event()
        self._wait = wait or self._closing.wait
        self._lock = threading.Lock()  # the source is used by one thread at a time
        self._origin: float | None = None  # clock time of media time 0
        self._shown: Frame | None = None
        self._index = 0
        self.skipped = 0  # frames left out because they were late

    @property
    def info(self) -> SourceInfo:
        """Return what is known of the source."""
        return self._info

    def read(self) -> Frame | None:
        """Wait until the next frame is due and return it, or None at the end."""
        frame = self._next_still() if self._info.kind == "images" else self._next_moving()
        if frame is None:
            return None
        stamped = replace(frame, index=self._index, timestamp=self._clock())
        self._index += 1
        return stamped

    def skip(self) -> float | None:
        """Wait until the next frame is due and pass over it."""
        if self._info.kind == "images" or not isinstance(self._source, SkippingSource):
            frame = self.read()
            return None if frame is None else frame.timestamp
        with self._lock:
            if self._closing.is_set():
                raise self._closed()
            time_s = self._source.skip()
        if time_s is None:
            return None
        self._rest(self._due(time_s) - self._clock())
        self._index += 1
        return self._clock()

    def close(self) -> None:
        """Wake a waiting `read` and give back the source, from any thread."""
        self._closing.set()
        with self._lock:
            self._source.close()

    def _next_moving(self) -> Frame | None:
        started = self._clock()
        while (frame := self._read_source()) is not None:
            delay = self._due(frame.timestamp) - self._clock()
            if delay >= -LATE_S:
                self._rest(delay)
                return frame
            if delay < -ASLEEP_S or self._clock() - started >= CATCH_UP_S:
                self._origin = (
                    self._clock() - frame.timestamp
                )  # the machine slept, or is too slow: play later
                return frame
            self.skipped += 1
        return None

    def _next_still(self) -> Frame | None:
        if self._shown is not None:
            self._rest(STILL_PERIOD_S)
            alone = self._info.frame_count == 1
            if alone or self._clock() < self._due(self._shown.timestamp) + PICTURE_S:
                return self._shown
        self._origin = None  # each picture gets its whole time, however long the next one takes to decode
        self._shown = self._read_source()
        if self._shown is not None:
            self._due(self._shown.timestamp)
        return self._shown

    def _due(self, time_s: float) -> float:
        """Return the clock time at which the frame of this media time is due; the first one is at once."""
        if self._origin is None:
            self._origin = self._clock() - time_s
        return self._origin + time_s

    def _rest(self, seconds: float) -> None:
        if self._closing.is_set() or (seconds > 0 and self._wait(seconds)):
            raise self._closed()

    def _read_source(self) -> Frame | None:
        with self._lock:
            if self._closing.is_set():
                raise self._closed()
            return self._source.read()

    def _closed(self) -> CaptureError:
        return CaptureError("{name} was closed. Open it again to go on.", name=self._info.name)
