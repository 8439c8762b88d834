"""The live view: which picture the window gets next, and how the picture is doing."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.capture.frame import Frame
from desktop.coasting import Coaster
from desktop.pipeline import FrameResult
from desktop.workers.slot import LatestSlot
from desktop.workers.state import LiveStats, Pace

RATE_WINDOW_S = 2.0  # frames per second and latency are averaged over this


class LiveView(QObject):
    """Takes the frames of the source and the results of the analysis, and hands the window what it shows.

    As long as the analysis keeps up the window gets its results: boxes on the very frame they were found in.
    When it does not (`bypassed`) the frames go past it, with the faces of the last results carried on.
    """

    ready = Signal()  # there is something to show

    def __init__(
        self, frames: LatestSlot[Frame], results: LatestSlot[FrameResult], clock: Callable[[], float]
    ) -> None:
        """Feed `frames` to the analysis; what it makes of them comes through `results`."""
        super().__init__()
        self._frames = frames
        self._results = results
        self._clock = clock
        self._past: LatestSlot[Frame] = LatestSlot()
        self._coaster = Coaster()
        self._newest: FrameResult | None = None
        self._shown: deque[tuple[float, float]] = deque()  # (taken at, latency_s) of the last pictures
        self._analysed: deque[float] = deque()  # when the last results were taken
        self._dropped_before = 0
        self.bypassed = False

    # For the capture thread.

    def put(self, frame: Frame) -> None:
        """Hand on a frame."""
        self._frames.put(frame)
        if self.bypassed and self._past.put(frame):
            self.ready.emit()

    # For the GUI thread.

    def clear(self) -> None:
        """Forget what waits: the next frame comes from somewhere else."""
        for slot in (self._frames, self._results, self._past):
            slot.clear()
        self._coaster.forget()
        self._newest = None
        self._dropped_before = self._frames.dropped

    def take(self) -> FrameResult | None:
        """Return what is to be shown next, once; None if there is nothing new."""
        now = self._clock()
        result = self._results.take()
        if result is not None:
            self._analysed.append(now)
            self._coaster.learn(result)
        frame = self._past.take()
        if frame is not None:
            result = self._coaster.carry(frame)
        elif result is not None and self.bypassed and self._is_past(result.frame):
            return None
        if result is not None:
            self._newest = result
            self._shown.append((now, now - result.frame.timestamp))
            self._forget_old(now)
        return result

    @property
    def late(self) -> int:
        """Return how many pictures came while the window was still busy with one."""
        return self._past.dropped if self.bypassed else self._results.dropped

    def stats(self, *, quiet: bool) -> LiveStats:
        """Return how the picture is doing as of now."""
        now = self._clock()
        self._forget_old(now)
        shown = len(self._shown)
        pace: Pace = "slow" if self.bypassed else "quiet" if quiet else "full"
        return LiveStats(
            fps=_rate(self._shown[0][0] if shown else now, shown, now),
            latency_ms=1000 * sum(latency for _, latency in self._shown) / shown if shown else 0.0,
            dropped=self._frames.dropped - self._dropped_before,
            faces=len(self._newest.faces) if self._newest is not None and shown else 0,
            pace=pace,
            analysed_hz=_rate(self._analysed[0] if self._analysed else now, len(self._analysed), now),
            detector=self._newest.detector if self._newest is not None else "",
        )

    def _is_past(self, frame: Frame) -> bool:
        """Return whether a later frame was shown already."""
        return self._newest is not None and frame.timestamp <= self._newest.frame.timestamp

    def _forget_old(self, now: float) -> None:
        while self._shown and self._shown[0][0] < now - RATE_WINDOW_S:
            self._shown.popleft()
        while self._analysed and self._analysed[0] < now - RATE_WINDOW_S:
            self._analysed.popleft()


def _rate(first: float, count: int, now: float) -> float:
    return (count - 1) / (now - first) if count > 1 and now > first else 0.0
