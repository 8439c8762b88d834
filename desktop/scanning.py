"""Scanners: how the slow face search runs beside the frames instead of in front of them."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from models.boxes import CropRule, Detection, Image
from models.detectors import FaceDetector, start_over

BUSY_SHARE = 0.6  # of one core that searching takes at most
QUIET_SHARE = 0.1
LONGEST_REST_S = 1.2  # from one search to the next, however slow they are: faces come and go


@dataclass(frozen=True, slots=True)
class Scan:
    """What one search of one picture found, and the picture's own grey version for catching up."""

    detections: tuple[Detection, ...]  # pixels of the reduced picture
    grey: Image
    timestamp: float  # of the frame searched, seconds
    duration_ms: float
    detector: str = ""  # its name
    crop: CropRule | None = None  # how its boxes become what the classifier reads


class Scanner(Protocol):
    """Searches pictures for faces at its own pace."""

    @property
    def immediate(self) -> bool:
        """Return whether a picture is searched before `offer` returns."""
        ...

    def offer(self, picture: Image, grey: Image, timestamp: float) -> None:
        """Give a picture that may be searched; it is ignored while an earlier search goes on."""
        ...

    def poll(self) -> Scan | None:
        """Return the newest finished search once, or None."""
        ...

    def set_quiet(self, quiet: bool) -> None:
        """Take little of the processor, or as much as helps."""
        ...

    def start_over(self, *, alone: bool = False) -> None:
        """Expect pictures of something else, or one that stands alone."""
        ...

    def close(self) -> None:
        """Wait for a running search and give back the thread."""
        ...


class BackgroundScanner:
    """Searches in a thread of its own, at most `rate_hz` times a second: no frame ever waits for it.

    However slow the detector is, it searches for no more than a share of the time.
    """

    immediate = False

    def __init__(self, detector: FaceDetector, rate_hz: float = 6.0) -> None:
        self._detector = detector
        self._period_s = 1 / rate_hz
        self._share = BUSY_SHARE
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scan")
        self._running: Future[Scan] | None = None
        self._next_timestamp = float("-inf")

    def offer(self, picture: Image, grey: Image, timestamp: float) -> None:
        """Start a search unless one is running or the last one is too recent."""
        if timestamp < self._next_timestamp - LONGEST_REST_S:
            self._next_timestamp = timestamp  # the clock of the source started anew
        if self._running is None and timestamp >= self._next_timestamp:
            self._next_timestamp = timestamp + self._period_s
            self._running = self._executor.submit(_search, self._detector, picture, grey, timestamp)

    def poll(self) -> Scan | None:
        """Return a finished search, or None."""
        if self._running is None or not self._running.done():
            return None
        finished, self._running = self._running, None
        scan = finished.result()
        pause_s = min(max(self._period_s, scan.duration_ms / 1000 / self._share), LONGEST_REST_S)
        self._next_timestamp = scan.timestamp + pause_s
        return scan

    def set_quiet(self, quiet: bool) -> None:
        """Take a tenth of a core at most, or as much as helps."""
        self._share = QUIET_SHARE if quiet else BUSY_SHARE

    def start_over(self, *, alone: bool = False) -> None:
        """Expect pictures of something else, or one that stands alone."""
        start_over(self._detector, alone=alone)

    def close(self) -> None:
        """Wait for a running search (at most one) and end the thread."""
        self._executor.shutdown(wait=True, cancel_futures=True)


class ImmediateScanner:
    """Searches every picture offered before anything goes on: for files, where nobody waits."""

    immediate = True

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self._scan: Scan | None = None

    def offer(self, picture: Image, grey: Image, timestamp: float) -> None:
        """Search the picture now."""
        self._scan = _search(self._detector, picture, grey, timestamp)

    def poll(self) -> Scan | None:
        """Return the search of the picture offered last, once."""
        scan, self._scan = self._scan, None
        return scan

    def set_quiet(self, quiet: bool) -> None:
        """Search every picture all the same: a file is waited for."""

    def start_over(self, *, alone: bool = False) -> None:
        """Expect pictures of something else, or one that stands alone."""
        start_over(self._detector, alone=alone)

    def close(self) -> None:
        """Nothing to give back."""


def _search(detector: FaceDetector, picture: Image, grey: Image, timestamp: float) -> Scan:
    started = time.perf_counter()
    detections = tuple(detector.detect(picture))
    took_ms = (time.perf_counter() - started) * 1000
    return Scan(detections, grey, timestamp, took_ms, detector.name, detector.crop)
