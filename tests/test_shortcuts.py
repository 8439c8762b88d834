"""Accuracy is not sold for speed: what is left out to be quick changes no share by more than 0.03.

Searches come as rarely and as late as those of a slow computer, but on the film's own clock, so that the same
film always gives the same figures; `python -m tests.shortcuts` does it in real time.
"""

from contextlib import closing
from pathlib import Path

import pytest

import desktop.assembly
from desktop.assembly import build_pipeline
from desktop.scanning import ImmediateScanner, Scan
from desktop.settings import AnalysisSettings
from models.boxes import Image
from models.detectors import FaceDetector
from tests.program import PUPILS
from tests.shortcuts import AGREED, NO_MODELS, Film, Tally, compare, difference, open_film, thorough

RATE_HZ = 6.0  # as BackgroundScanner's
LATE_S = 0.1  # a search takes so long


class LateScanner(ImmediateScanner):
    """Searches now and then, and tells what it found when the film has gone on."""

    immediate = False

    def __init__(self, detector: FaceDetector) -> None:
        super().__init__(detector)
        self._next_s = self._now = float("-inf")
        self._done_s: float | None = None

    def offer(self, picture: Image, grey: Image, timestamp: float) -> None:
        self._now = timestamp
        if self._done_s is None and timestamp >= self._next_s:
            self._next_s, self._done_s = timestamp + 1 / RATE_HZ, timestamp + LATE_S
            super().offer(picture, grey, timestamp)

    def poll(self) -> Scan | None:
        if self._done_s is None or self._now < self._done_s:
            return None
        self._done_s = None
        return super().poll()


@pytest.fixture(autouse=True)
def late_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop.assembly, "BackgroundScanner", LateScanner)


def quickly(film: Film, detector: str) -> Tally:
    """Play the film through the live pipeline."""
    tally = Tally()
    analysis = AnalysisSettings.model_validate({"detector": detector})
    with closing(build_pipeline(analysis, NO_MODELS, live=True)) as pipeline:
        for frame in film.frames():
            tally.add(pipeline.process(frame))
    return tally


def test_the_demo_classrooms_shares_stay() -> None:
    film = Film("demo", 25.0, 100, size=(640, 360))
    full, quick = thorough(film, "learned"), quickly(film, "learned")
    assert full.faces == pytest.approx(PUPILS, abs=0.2)
    assert quick.faces == pytest.approx(PUPILS, abs=0.5)
    assert difference(full.shares, quick.shares) <= AGREED
    assert difference(full.label_shares, quick.label_shares) <= AGREED


@pytest.mark.data
@pytest.mark.parametrize(
    ("detector", "name", "seconds", "faces"),
    [
        ("learned", "head-pose-face-detection-female-and-male.gif", 5.0, 2),
        ("learned", "face-demographics-walking.gif", 5.0, 2),
        ("learned", "classroom.gif", 12.0, 4),
        ("haar", "classroom.gif", 2.7, 4),
        ("haar", "face-demographics-walking.gif", 2.8, 2),
    ],
)
def test_real_peoples_shares_stay(
    shared_data: Path, detector: str, name: str, seconds: float, faces: int
) -> None:
    film = open_film(str(shared_data / "videos" / name), seconds)
    full, quick = thorough(film, detector), quickly(film, detector)
    assert 0.75 * faces < full.faces < 1.25 * faces
    assert difference(full.shares, quick.shares) <= AGREED
    if detector == "learned":  # the cascade finds two faces of the class late
        assert difference(full.label_shares, quick.label_shares) <= AGREED


def test_what_differs_is_told() -> None:
    film = Film("demo", 25.0, 1, size=(640, 360))
    full = thorough(film, "learned")
    told = compare(full, Tally())
    assert not told["agree"] and told["frames"] == [1, 0]
