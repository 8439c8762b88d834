"""How long the event loop is kept from its events, told fairly on a busy machine."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from PySide6.QtCore import QObject, Qt, QTimer

ROOT = Path(__file__).parents[1]
BEAT_MS = 10
KEPT = 50  # delays, the longest ones


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock showed: seconds of the wall clock, and of each thread those it computed and waited."""

    wall: float
    computed: dict[str, float]
    waited: dict[str, float]  # for a processor


@dataclass(frozen=True, slots=True)
class Delay:
    """How late a beat came."""

    seconds: float
    computed_s: float  # by this thread since the beat before
    others_s: float  # by the busiest of the other threads
    doing: str  # what was done last

    def __str__(self) -> str:
        late, own, others = (
            f"{each * 1000:.0f} ms" for each in (self.seconds, self.computed_s, self.others_s)
        )
        return f"{late} ({own} computed, {others} elsewhere): {self.doing}"


class FairClock:
    """Tells how long this thread has worked or slept, without the time that other programs took.

    On a busy machine most of the wall clock is waiting for a processor: the thread's own waiting, and that
    of the threads of ours that hold the interpreter's lock meanwhile. Linux counts both (schedstat);
    elsewhere the wall clock has to do.
    """

    def __init__(self) -> None:
        self._threads = Path("/proc/self/task")
        self._own = str(threading.get_native_id())

    def read(self) -> Reading:
        """Return the clock's figures now."""
        computed, waited = {}, {}
        for thread in self._threads.iterdir() if self._threads.is_dir() else ():
            with contextlib.suppress(OSError):  # it ended just now
                figures = (thread / "schedstat").read_bytes().split()
                computed[thread.name], waited[thread.name] = int(figures[0]) / 1e9, int(figures[1]) / 1e9
        return Reading(time.perf_counter(), computed, waited)

    def between(self, first: Reading, last: Reading, doing: str) -> Delay:
        """Return what lies between two readings."""
        computed = _differences(first.computed, last.computed)
        own = computed.pop(self._own, 0.0)
        seconds = last.wall - first.wall - sum(_differences(first.waited, last.waited).values())
        return Delay(max(own, seconds), own, max(computed.values(), default=0.0), doing)


def _differences(first: dict[str, float], last: dict[str, float]) -> dict[str, float]:
    return {thread: figure - first.get(thread, figure) for thread, figure in last.items()}


class LoopWatch(QObject):
    """Measures how late the beats of a timer come: so long the event loop was kept from them."""

    def __init__(self, doing: Callable[[], str]) -> None:
        """Ask `doing` what is done now; "" does not count."""
        super().__init__()
        self.beats = 0
        self.longest: list[Delay] = []
        self._doing = doing
        self._clock = FairClock()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._before = self._clock.read()
        self._timer.start()

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()

    def _on_beat(self) -> None:
        before, self._before = self._before, self._clock.read()
        doing = self._doing()
        if not doing:
            return
        self.beats += 1
        delay = self._clock.between(before, self._before, doing)
        self.longest.append(replace(delay, seconds=delay.seconds - BEAT_MS / 1000))
        self.longest.sort(key=lambda each: each.seconds, reverse=True)
        del self.longest[KEPT:]


class Idler:
    """A program that only sleeps, beside this one: as late as it is, so late the machine alone makes one."""

    def __init__(self) -> None:
        self.worst_s = 0.0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.loop_watch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.worst_s = float(self._process.communicate()[0])


def _idle() -> None:
    """Sleep and wake until stdin ends, then tell the longest delay."""
    ended = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    clock, worst = FairClock(), 0.0
    before = clock.read()
    while not ended.wait(BEAT_MS / 1000):
        now = clock.read()
        worst = max(worst, clock.between(before, now, "").seconds - BEAT_MS / 1000)
        before = now
    sys.stdout.write(str(worst))


if __name__ == "__main__":
    _idle()
