"""Pictures that ask much of the pipeline, and what a frame of them takes: `python -m tests.crowds`.

Crowds of 0 to 200 faces, faces that come and go in every frame, frames that change their size, 4K, noise. The
detector is the real one; what it finds is replaced by where the faces are, so that none is missed.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np
import psutil

from desktop.assembly import quiet_opencv
from desktop.capture.clock import REAL_CLOCK
from desktop.capture.frame import Frame
from desktop.emotion_model import BUILT_IN
from desktop.pipeline import FrameResult, Pipeline, ReadingRule
from desktop.scanning import BackgroundScanner, ImmediateScanner
from models.boxes import Box, CropRule, Detection, Image
from models.detectors import FaceDetector, create_detector
from models.emotion import EmotionClassifier
from models.tracker import FaceTracker

FPS = 30
LOOKS = sorted((Path(__file__).parents[1] / "assets" / "demo").glob("*_0.png"))
HD, UHD = (1280, 720), (3840, 2160)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image and where the faces in it are."""

    image: Image
    faces: tuple[Box, ...] = ()


Film = Sequence[Picture]  # shown over and over


class Told:
    """A detector that searches as the real one does, and then says what it was told, or what it found."""

    name = "told"

    def __init__(self, detector: FaceDetector | None, *, tell: bool = True) -> None:
        """Search with `detector`, or not at all; `tell` where the faces are, or what was found."""
        self._detector = detector
        self._tell = tell
        self.crop = detector.crop if detector else CropRule(1.0, 0.0)
        self.picture = Picture(np.zeros((1, 1, 3), np.uint8))

    def detect(self, image: Image) -> list[Detection]:
        found = self._detector.detect(image) if self._detector is not None else []
        if not self._tell:
            return found
        scale = image.shape[1] / self.picture.image.shape[1]
        boxes = (tuple(side * scale for side in face) for face in self.picture.faces)
        return [Detection((x1, y1, x2, y2), 0.95) for x1, y1, x2, y2 in boxes]


@dataclass(frozen=True, slots=True)
class Load:
    """What the frames of a film took."""

    film: str
    way: str  # "live" or "every frame"
    faces: float  # shown a frame, mean
    p50_ms: float
    p95_ms: float
    worst_ms: float
    grown_mb: float  # resident memory, from a third of the run to its end


def crowd(count: int, size: tuple[int, int] = HD) -> Picture:
    """Return a picture with so many faces, as large as they fit."""
    image = _room(size)
    columns = max(1, round((count * size[0] / size[1]) ** 0.5))
    rows = max(1, -(-count // columns))
    step = min(size[0] / columns, size[1] / rows, size[1] / 4)
    side = int(step * 0.7)
    faces = []
    for number in range(count):
        x, y = int((number % columns + 0.15) * step), int((number // columns + 0.15) * step)
        image[y : y + side, x : x + side] = _face(number, side)
        faces.append((float(x), float(y), float(x + side), float(y + side)))
    return Picture(image, tuple(faces))


def still(picture: Picture) -> Film:
    """Return a film of one picture, brighter and darker in turns: no two frames are alike."""
    lights = [cv2.convertScaleAbs(picture.image, beta=2 * n).astype(np.uint8, copy=False) for n in range(3)]
    return [Picture(image, picture.faces) for image in lights]


def noise(size: tuple[int, int] = HD) -> Film:
    """Return a film of nothing but noise."""
    rng = np.random.default_rng(0)
    return [Picture(rng.integers(0, 256, (size[1], size[0], 3), np.uint8)) for _ in range(4)]


FILMS: dict[str, Callable[[], Film]] = {
    "no face": lambda: still(crowd(0)),
    "1 face": lambda: still(crowd(1)),
    "50 faces": lambda: still(crowd(50)),
    "200 faces": lambda: still(crowd(200)),
    "50 faces come and go with every frame": lambda: [crowd(50), crowd(0)],
    "200, 120 and 150 faces in turns": lambda: [crowd(200), crowd(120), crowd(150)],
    "another size with every frame": lambda: [crowd(8), crowd(8, (640, 480)), crowd(8, (1920, 1080))],
    "4K, 20 faces": lambda: still(crowd(20, UHD)),
    "noise": noise,
}


def build(told: Told, *, live: bool) -> Pipeline:
    """Return the pipeline with a detector that is told where the faces are."""
    scanner = BackgroundScanner(told) if live else ImmediateScanner(told)
    rule = ReadingRule(period_s=0.1 if live else 0.0)
    return Pipeline(scanner, FaceTracker(), EmotionClassifier(BUILT_IN), told.crop, rule)


def play(
    pipeline: Pipeline, told: Told, film: Film, frames: int, first: int = 0
) -> Iterator[tuple[FrameResult, float]]:
    """Yield the results of a film's frames and the milliseconds that each took."""
    for index, picture in zip(range(first, first + frames), cycle(film), strict=False):
        told.picture = picture
        started = time.perf_counter()
        result = pipeline.process(Frame(index, index / FPS, picture.image))
        yield result, (time.perf_counter() - started) * 1000


def measure(name: str, detector: str, *, live: bool, frames: int) -> Load:
    """Return what the frames of a film take; live ones come at their own pace, as from a camera."""
    told = Told(create_detector(detector, models_dir=Path()))
    process = psutil.Process()
    times: list[float] = []
    faces: list[int] = []
    begun_mb = 0.0
    with closing(build(told, live=live)) as pipeline:
        started = time.perf_counter()
        for number, (result, ms) in enumerate(play(pipeline, told, FILMS[name](), frames), start=1):
            times.append(ms)
            faces.append(len(result.faces))
            if number == frames // 3:
                begun_mb = process.memory_info().rss / 2**20
            if live:
                REAL_CLOCK.wait(max(0.0, started + number / FPS - time.perf_counter()))
    times = times[frames // 10 :]
    p50, p95 = (float(each) for each in np.percentile(times, (50, 95)))
    grown = process.memory_info().rss / 2**20 - begun_mb
    way = "live" if live else "every frame"
    return Load(
        name, way, float(np.mean(faces)), round(p50, 1), round(p95, 1), round(max(times), 1), round(grown, 1)
    )


def _room(size: tuple[int, int]) -> Image:
    coarse = np.random.default_rng(1).integers(90, 150, (9, 16, 3), np.uint8)
    return cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)


def _face(number: int, side: int) -> Image:
    look = cv2.imread(str(LOOKS[number % len(LOOKS)]), cv2.IMREAD_COLOR)
    assert look is not None
    return cv2.resize(look, (side, side), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def main(arguments: Sequence[str]) -> None:
    """Print a table row a film, live and with every frame searched; the detector may be named."""
    quiet_opencv()
    detector = arguments[0] if arguments else "learned"
    for name in FILMS:
        for live in (True, False):
            load = measure(name, detector, live=live, frames=240 if live else 60)
            sys.stdout.write(json.dumps(asdict(load)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
