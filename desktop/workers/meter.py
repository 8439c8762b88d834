"""The live meter: one running interval accumulator that the analysis feeds and a session listens to."""

import math
import threading
from collections.abc import Callable

from desktop.capture.clock import now
from desktop.pipeline import FrameResult
from desktop.statistics import Interval, IntervalAccumulator

GRACE_S = 0.4  # frames of a second may still be on their way when it ends

Sink = Callable[[Interval], None]


class LiveMeter:
    """Closes one `Interval` a second, recording or not. Thread-safe; a sink must return at once."""

    def __init__(self, clock: Callable[[], float] = now) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sink: Sink | None = None
        self._paused = False
        self._dropped_before: int | None = None
        self._begin()

    def start(self, sink: Sink | None, second: int = 0) -> None:
        """Count seconds from `second` on and give every closed interval to `sink`."""
        with self._lock:
            self._sink = sink
            self._paused = False
            self._begin()
            self._started -= second
            self._accumulator.resume(second)

    def pause(self) -> None:
        """Close the second that has begun; nothing counts until `resume`."""
        with self._lock:
            self._hand_on(self._accumulator.finish())
            self._paused = True

    def resume(self) -> None:
        """Go on; the seconds of the pause are left out."""
        with self._lock:
            if self._paused:
                self._paused = False
                self._accumulator.resume(self._elapsed_s())
                self._dropped_before = None

    def stop(self) -> None:
        """Close the second that has begun, forget the sink, and start anew for the live view."""
        with self._lock:
            if not self._paused:
                self._hand_on(self._accumulator.finish())
            self._sink = None
            self._paused = False
            self._begin()

    def add(self, result: FrameResult, brightness: float, dropped_total: int) -> list[Interval]:
        """Count a result; return the intervals that this closed. `dropped_total` only ever grows."""
        with self._lock:
            if self._paused:
                return []
            before = dropped_total if self._dropped_before is None else self._dropped_before
            self._dropped_before = dropped_total
            elapsed_s = result.frame.timestamp - self._started
            if elapsed_s < 0:
                return []  # captured before the session began
            closed = self._accumulator.add(result, elapsed_s, brightness)
            self._accumulator.add_dropped(max(0, dropped_total - before))
            return self._hand_on(closed)

    def tick(self) -> list[Interval]:
        """Close the seconds that have passed, frames or not; return them."""
        with self._lock:
            if self._paused:
                return []
            return self._hand_on(self._accumulator.advance(math.floor(self._elapsed_s() - GRACE_S)))

    def _elapsed_s(self) -> float:
        return self._clock() - self._started

    def _begin(self) -> None:
        self._accumulator = IntervalAccumulator()
        self._started = self._clock()
        self._dropped_before = None

    def _hand_on(self, closed: list[Interval]) -> list[Interval]:
        if self._sink is not None:
            for interval in closed:
                self._sink(interval)
        return closed
