"""The article's loop beside the application's pipeline: the same frames, in turns, in one process.

The application is known by the name of a function only: workshop and application do not import each other.
"""

import pkgutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

import cv2
import numpy as np
from cv2.data import haarcascades

from models.boxes import Image
from models.detectors import install_yunet
from training.console import aside
from training.detector_evaluate import video_frames
from training.errors import TrainingError

PROGRAM = "desktop.benchmark.contest:measure"
ARTICLE = "article"
AIMS = {"learned": 10.0, "haar": 5.0}  # times the article's frames per second, at least
CLASSES = 4
IMAGE_SIZE = 64  # the article's 48, rounded up by ultralytics to a multiple of 32
WARM_UP = 3  # frames

Progress = Callable[[int, int], None]


class Measured(Protocol):
    """What the application tells of one run; see `desktop.benchmark.figures.FullSpeed`."""

    @property
    def fps(self) -> float:
        """Frames a second."""
        ...

    @property
    def faces_mean(self) -> float:
        """Faces a frame."""
        ...

    @property
    def read_mean(self) -> float:
        """Faces a frame that have an expression."""
        ...


class Program(Protocol):
    """What measures the application's pipeline."""

    def __call__(
        self, detector: str, pictures: Sequence[Image], seconds: float, *, thorough: bool, models_dir: Path
    ) -> Measured:
        """Return how fast it is."""
        ...


@dataclass(slots=True)
class Side:
    """One of the sides of the comparison, and what was measured in each round."""

    name: str
    thorough: bool = False  # every frame searched, every face in it read
    fps: list[float] = field(default_factory=list)
    faces: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)

    def ratio(self, article: "Side") -> float:
        """Return how many times the article's frames per second this is: the median of the rounds."""
        return float(np.median(np.array(self.fps) / np.array(article.fps)))

    def summary(self, article: "Side") -> dict[str, object]:
        """Return the figures, rounded."""
        aim = None if self.thorough else AIMS.get(self.name)
        return {
            "detector": self.name,
            "every_frame": self.thorough or self.name == ARTICLE,
            "fps": round(float(np.median(self.fps)), 2),
            "ratio": round(self.ratio(article), 2),
            "aim": aim,
            "faces_found": round(float(np.mean(self.faces)), 2),
            "faces_read": round(float(np.mean(self.read)), 2),
            "rounds_fps": [round(each, 2) for each in self.fps],
        }


class ArticleLoop:
    """The article's loop as it stands: the cascade on the full frame, the network on the first face."""

    def __init__(self, weights: Path | None) -> None:
        """Load a YOLOv8n-cls; without `weights` one with random ones, which take the same time."""
        with aside():
            from ultralytics import YOLO  # noqa: PLC0415 - torch takes seconds
            from ultralytics.nn.tasks import ClassificationModel  # noqa: PLC0415

            from training.network import say_on_stderr  # noqa: PLC0415

        self._cascade = cv2.CascadeClassifier(str(Path(haarcascades) / "haarcascade_frontalface_alt2.xml"))
        self._network: Any
        with say_on_stderr():
            if weights is not None:
                self._network = YOLO(str(weights), task="classify")
                return
            self._network = YOLO("yolov8n-cls.yaml", task="classify")
            self._network.model = ClassificationModel("yolov8n-cls.yaml", nc=CLASSES, verbose=False)
            self._network.overrides["imgsz"] = IMAGE_SIZE  # a trained checkpoint brings its own

    def process(self, image: Image) -> tuple[int, int]:
        """Return how many faces were found and how many were read."""
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        faces = self._cascade.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5, minSize=(60, 60))
        for x, y, width, height in faces[:1]:
            self._network.predict(image[y : y + height, x : x + width], verbose=False)
        return len(faces), len(faces[:1])


def read_frames(video: Path, height: int, most: int) -> list[Image]:
    """Return the first frames of a video, scaled to `height` lines. Raises TrainingError if there is none."""
    frames: list[Image] = []
    for frame in video_frames(video):
        width = round(frame.shape[1] * height / frame.shape[0])
        frames.append(cv2.resize(frame, (width, height)).astype(np.uint8, copy=False))
        if len(frames) == most:
            break
    return frames


def compare_speed(
    frames: Sequence[Image],
    article: ArticleLoop,
    sides: Sequence[Side],
    measure: Callable[[Side, float], Measured],
    turns: tuple[int, float],
    progress: Progress,
) -> Side:
    """Let the article's loop and the application take turns; return the article's side.

    `turns` are the number of rounds and the seconds of each turn.
    """
    rounds, seconds = turns
    theirs = Side(ARTICLE)
    steps = rounds * (len(sides) + 1)
    for number in range(rounds):
        _run_article(article, frames, seconds, theirs)
        progress(number * (len(sides) + 1) + 1, steps)
        for place, side in enumerate(sides):
            measured = measure(side, seconds)
            side.fps.append(measured.fps)
            side.faces.append(measured.faces_mean)
            side.read.append(measured.read_mean)
            progress(number * (len(sides) + 1) + 2 + place, steps)
    return theirs


def application(frames: Sequence[Image], yunet: Path | None) -> Callable[[Side, float], Measured]:
    """Return what measures the application on the frames. Raises TrainingError if it is not installed."""
    try:
        program = cast(Program, pkgutil.resolve_name(PROGRAM))
    except ImportError as error:
        raise TrainingError(
            f"The application can not be measured here ({error}). Run this in the project's folder, in an "
            "environment with both: make train-env."
        ) from error

    def measure(side: Side, seconds: float) -> Measured:
        with tempfile.TemporaryDirectory() as folder:
            if yunet is not None:
                install_yunet(yunet, Path(folder))
            return program(side.name, frames, seconds, thorough=side.thorough, models_dir=Path(folder))

    return measure


def _run_article(article: ArticleLoop, frames: Sequence[Image], seconds: float, side: Side) -> None:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(-1)  # OpenCV's own choice, as the article leaves it
    for frame in frames[:WARM_UP]:
        article.process(frame)
    count = faces = read = 0
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        found, classified = article.process(frames[count % len(frames)])
        count, faces, read = count + 1, faces + found, read + classified
    side.fps.append(count / (time.perf_counter() - begun))
    side.faces.append(faces / count)
    side.read.append(read / count)
    cv2.setNumThreads(threads)
