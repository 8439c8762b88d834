"""Is accuracy sold for speed? `python -m tests.shortcuts FILM...` (demo, or videos; --detector, --seconds).

Each film is played twice: with every frame searched and every face in it read, and in real time through the
engine with all that it leaves out to be quick. Printed is by how much the shares of the emotions, and of the
labels that are shown ("unsure" among them), differ.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import cv2
import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop

from desktop.assembly import build_pipeline, quiet_opencv
from desktop.benchmark.pure import to_and_fro
from desktop.capture.demo import FPS as DEMO_FPS
from desktop.capture.demo import DemoSource
from desktop.capture.frame import Frame, Source, SourceInfo
from desktop.capture.pacing import PacedSource
from desktop.pipeline import FrameResult
from desktop.settings import AnalysisSettings, Settings
from desktop.statistics import Interval, IntervalAccumulator, summarize
from desktop.workers.analysis import FrameProcessor
from desktop.workers.engine import Engine
from models.boxes import Image
from models.emotion import EMOTIONS
from models.errors import Sentence
from tests.fakes import FakeParts

AGREED = 0.03  # in every share
UNSURE = "unsure"
SECONDS = 12.0
NO_MODELS = Path(os.devnull)


@dataclass(frozen=True, slots=True)
class Film:
    """Pictures of some seconds."""

    name: str
    fps: float
    count: int
    pictures: Sequence[Image] = ()  # shown to and fro; none: the demo classroom
    size: tuple[int, int] = (1280, 720)

    def frames(self) -> Iterator[Frame]:
        """Yield the frames with media time."""
        if not self.pictures:
            classroom = DemoSource(width=self.size[0], height=self.size[1])
            yield from (classroom.read() for _ in range(self.count))
            return
        for index, picture in enumerate(islice(to_and_fro(self.pictures), self.count)):
            yield Frame(index, index / self.fps, picture)


class FilmSource:
    """A film as a source that nothing paces."""

    def __init__(self, film: Film) -> None:
        self._frames = film.frames()
        self.info = SourceInfo(film.name, "video", False, film.fps, None, film.count)

    def read(self) -> Frame | None:
        return next(self._frames, None)

    def close(self) -> None:
        pass


@dataclass(slots=True)
class Tally:
    """What a class was told to feel."""

    intervals: list[Interval] = field(default_factory=list)
    labels: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    _seconds: IntervalAccumulator = field(default_factory=IntervalAccumulator)
    _started: float | None = None

    def add(self, result: FrameResult) -> None:
        """Count an analysed frame."""
        if self._started is None:
            self._started = result.frame.timestamp
        self.frames += 1
        self.intervals += self._seconds.add(result, result.frame.timestamp - self._started, 0.0)
        read = [(face.classification.label, face.unsure) for face in result.faces if face.classification]
        self.labels.update(UNSURE if unsure else label for label, unsure in read)

    @property
    def shares(self) -> tuple[float, ...]:
        """Mean probabilities, as reports show them."""
        rest = deepcopy(self._seconds).finish()  # more frames may follow
        return summarize([*self.intervals, *rest]).shares or (0.0,) * len(EMOTIONS)

    @property
    def label_shares(self) -> tuple[float, ...]:
        """How often each emotion was the label that is shown, and at last how often it was "unsure"."""
        total = max(1, self.labels.total())
        return tuple(self.labels[label] / total for label in (*EMOTIONS, UNSURE))

    @property
    def faces(self) -> float:
        """Read faces a frame."""
        return self.labels.total() / max(1, self.frames)


class Counting:
    """A pipeline whose results are counted."""

    def __init__(self, pipeline: FrameProcessor, tally: Tally) -> None:
        self._pipeline = pipeline
        self._tally = tally

    @property
    def notice(self) -> Sentence | None:
        return self._pipeline.notice

    def process(self, frame: Frame) -> FrameResult:
        result = self._pipeline.process(frame)
        self._tally.add(result)
        return result

    def set_quiet(self, quiet: bool) -> None:
        self._pipeline.set_quiet(quiet)

    def reset(self) -> None:
        self._pipeline.reset()

    def close(self) -> None:
        self._pipeline.close()


class FilmParts(FakeParts):
    """The engine's parts: a film paced like a camera, the real pipeline, and a tally of its results."""

    def __init__(self, film: Film, tally: Tally) -> None:
        super().__init__()
        self._film = film
        self._tally = tally

    def open_source(self, spec: str, identity: str, settings: Settings) -> Source:
        return PacedSource(FilmSource(self._film))

    def build_pipeline(self, settings: Settings) -> FrameProcessor:
        return Counting(build_pipeline(settings.analysis, NO_MODELS, live=True), self._tally)


def thorough(film: Film, detector: str) -> Tally:
    """Search every frame and read every face in it."""
    tally = Tally()
    analysis = AnalysisSettings.model_validate({"detector": detector})
    with closing(build_pipeline(analysis, NO_MODELS, live=False)) as pipeline:
        for frame in film.frames():
            tally.add(pipeline.process(frame))
    return tally


def in_real_time(film: Film, detector: str) -> Tally:
    """Play the film through the engine, as the window does."""
    tally = Tally()
    settings = Settings(analysis=AnalysisSettings.model_validate({"detector": detector}))
    engine = Engine(FilmParts(film, tally), settings)
    loop = QEventLoop()
    engine.result_ready.connect(engine.take_result)
    engine.source_ended.connect(loop.quit)
    engine.source_failed.connect(loop.quit)
    engine.start()
    engine.open_source(film.name)
    loop.exec()
    engine.shutdown()
    return tally


def difference(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the largest difference of two rows of shares."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def open_film(name: str, seconds: float) -> Film:
    """Return the demo classroom or a video as a film of so many seconds."""
    if name == "demo":
        return Film(name, DEMO_FPS, round(seconds * DEMO_FPS))
    capture = cv2.VideoCapture(name)
    pictures = []
    while True:
        there, picture = capture.read()
        if not there:
            break
        pictures.append(picture.astype(np.uint8, copy=False))
    fps = capture.get(cv2.CAP_PROP_FPS)
    capture.release()
    return Film(Path(name).name, fps, round(seconds * fps), pictures)


def compare(full: Tally, quick: Tally) -> dict[str, object]:
    """Return what both tallies say, and by how much they differ."""
    shares, labels = difference(full.shares, quick.shares), difference(full.label_shares, quick.label_shares)
    return {
        "frames": [full.frames, quick.frames],
        "faces": [round(full.faces, 2), round(quick.faces, 2)],
        "shares_differ": round(shares, 4),
        "labels_differ": round(labels, 4),
        "agree": max(shares, labels) <= AGREED,
    }


def main() -> None:
    """Print a line a film; exit code 1 if one does not agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", nargs="+")
    parser.add_argument("--detector", default="auto")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args()
    quiet_opencv()
    application = QCoreApplication.instance() or QCoreApplication([])
    agree = True
    for name in options.films:
        film = open_film(name, options.seconds)
        quick = in_real_time(film, options.detector)
        found = compare(thorough(film, options.detector), quick)
        agree &= bool(found["agree"])
        sys.stdout.write(json.dumps({"film": film.name, "detector": options.detector, **found}) + "\n")
        sys.stdout.flush()
    del application
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
