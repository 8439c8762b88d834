"""The clock of frames and lessons: it never runs backwards, and it counts the computer's sleep."""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


def now() -> float:
    """Return seconds since some moment; setting the time or the time zone does not change them.

    `time.monotonic` stands still while a laptop sleeps, except on Windows: a lesson would lose that time.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)  # unlike time.monotonic, which is mach_absolute_time
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, and how to wait; tests bring their own."""

    now: Callable[[], float] = now
    wait: Callable[[float], object] = time.sleep
    wait_for: Callable[[threading.Event, float], bool] = threading.Event.wait  # True: the event happened


REAL_CLOCK = Clock()
