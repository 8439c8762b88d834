"""The detector called `auto`: the best one that this computer keeps up with."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from models.boxes import CropRule, Detection, Image
from models.detectors import FaceDetector, HaarDetector, create_detector, start_over
from models.downloads import YUNET
from models.errors import ModelError

log = logging.getLogger(__name__)

AUTO = "auto"
AFFORDABLE_MS = 60.0  # a search: at six a second, a third of one core
TRIALS = 3  # searches that are timed before a detector is chosen
WATCHED = 30  # last searches over which it must stay affordable: five seconds
GAIN = 0.7  # another detector must be quicker by this factor to be worth a change
TRIAL_SIZE = (360, 640)

Loader = Callable[[], FaceDetector]


class ChoosingDetector:
    """Uses the first of several detectors, best first, whose searches are affordable, or else the quickest.

    While it works it keeps timing them: one that becomes too slow gives way to a quicker one behind it.
    """

    def __init__(
        self,
        loaders: Sequence[Loader],
        *,
        affordable_ms: float = AFFORDABLE_MS,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        """Load and time detectors until one is affordable; what can not be loaded is passed over.

        The clock is the processor's time of this thread: what else the computer does does not count.
        Raises ModelError, that of the last one, if none can be loaded.
        """
        self._affordable_ms = affordable_ms
        self._clock = clock
        self._left = list(loaders)
        self._took: deque[float] = deque(maxlen=WATCHED)  # ms
        self._detector, best_ms = self._next()
        while best_ms > affordable_ms and self._left:
            try:
                other, took_ms = self._next()
            except ModelError:
                break
            if took_ms < GAIN * best_ms:
                self._detector, best_ms = other, took_ms
        log.info("faces are found by %s, %.0f ms a search", self._detector.name, best_ms)

    @property
    def name(self) -> str:
        """Return the name of the detector in use."""
        return self._detector.name

    @property
    def crop(self) -> CropRule:
        """Return how the boxes of the detector in use become squares."""
        return self._detector.crop

    def detect(self, image: Image) -> list[Detection]:
        """Return the faces that the detector in use finds."""
        started = self._clock()
        found = self._detector.detect(image)
        self._took.append((self._clock() - started) * 1000)
        if len(self._took) == WATCHED and median(self._took) > self._affordable_ms:
            self._look_for_quicker(median(self._took))
        return found

    def start_over(self, *, alone: bool) -> None:
        """Tell the detector in use that other pictures come."""
        start_over(self._detector, alone=alone)

    def _look_for_quicker(self, slow_ms: float) -> None:
        self._took.clear()
        while self._left:
            try:
                other, took_ms = self._next()
            except ModelError:
                return
            if took_ms < GAIN * slow_ms:
                log.info("%s takes %.0f ms a search; %s takes over", self.name, slow_ms, other.name)
                self._detector = other
                return

    def _next(self) -> tuple[FaceDetector, float]:
        """Return the next detector that can be loaded, and the median of its first searches in ms."""
        while True:
            load = self._left.pop(0)
            try:
                detector = load()
            except ModelError as error:
                log.warning("a face detector is left out: %s", error)
                if not self._left:
                    raise
                continue
            return detector, self._time(detector) if self._affordable_ms < inf else 0.0

    def _time(self, detector: FaceDetector) -> float:
        picture = _trial_picture()
        took = []
        for _ in range(TRIALS):
            started = self._clock()
            detector.detect(picture)
            took.append((self._clock() - started) * 1000)
        return median(took)


def open_detector(name: str, *, models_dir: Path, live: bool) -> FaceDetector:
    """Return the detector called `name` for moving pictures; it may be `auto`: then the best that is there.

    Live, it must also be quick enough. YuNet, the best, takes part if its file is there.
    Raises ModelError when a model file is not there or no good; `auto` then uses the next.
    """

    def load(one: str) -> FaceDetector:
        return HaarDetector(alternates=True) if one == "haar" else create_detector(one, models_dir=models_dir)

    if name != AUTO:
        return load(name)
    names = ["learned", "haar"]
    if (models_dir / YUNET.file_name).is_file():
        names.insert(0, "yunet")
    loaders = [partial(load, one) for one in names]
    return ChoosingDetector(loaders, affordable_ms=AFFORDABLE_MS if live else inf)


def _trial_picture() -> Image:
    """Return a picture of many ellipses: a cascade has as much to do in it as in a room."""
    rng = np.random.default_rng(0)
    height, width = TRIAL_SIZE
    picture = np.full((height, width, 3), 128, np.uint8)
    for x, y, radius, tilt, value in rng.integers(
        (0, 0, 5, 0, 0), (width, height, 50, 180, 256), (400, 5)
    ).tolist():
        cv2.ellipse(picture, (x, y), (radius, round(1.3 * radius)), tilt, 0, 360, (value, value, value), -1)
    return cv2.GaussianBlur(picture, (0, 0), 1.5).astype(np.uint8, copy=False)
