"""Crowds, faces that come and go, frames of changing size, 4K, noise: work and memory stay bounded."""

import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from desktop.pipeline import MAX_CLASSIFIED_PER_FRAME, Pipeline, Probabilities, ReadingRule
from desktop.scanning import ImmediateScanner
from models.boxes import Image
from models.detectors import create_detector
from models.tracker import MAX_TRACKS, FaceTracker
from tests.crowds import FILMS, Told, build, crowd, noise, play, still

MEGABYTE = 1_000_000
TOLD = {"no face": 0, "1 face": 1, "50 faces": 50, "200 faces": 200, "4K, 20 faces": 20, "noise": 0}


class Counter:
    """Reads every face alike and notes how many it was given at once."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def classify(self, faces: Sequence[Image]) -> Probabilities:
        self.batches.append(len(faces))
        return np.full((len(faces), 7), 1 / 7, np.float32)


def counting(told: Told, counter: Counter) -> Pipeline:
    rule = ReadingRule(period_s=0.0)  # every face is due in every frame
    return Pipeline(ImmediateScanner(told), FaceTracker(), counter, told.crop, rule)


@pytest.mark.parametrize("name", FILMS)
def test_whatever_is_in_the_picture_a_frame_reads_so_many_faces_at_most(name: str) -> None:
    told, counter = Told(None), Counter()
    with closing(counting(told, counter)) as pipeline:
        results = [result for result, _ in play(pipeline, told, FILMS[name](), 9)]
    assert all(batch <= MAX_CLASSIFIED_PER_FRAME for batch in counter.batches)
    assert all(len(result.faces) <= MAX_TRACKS for result in results)
    if name in TOLD:
        assert {len(result.faces) for result in results[1:]} == {TOLD[name]}
        unread = [face for face in results[-1].faces if face.classification is None]
        assert not unread  # the others had their turn


@pytest.mark.parametrize("detector", ["haar", "learned"])
@pytest.mark.parametrize(
    ("film", "most"),
    [
        (lambda: [crowd(50), crowd(0), crowd(200)], 2.0),
        (lambda: [crowd(3, (640, 480)), crowd(3, (64, 2000)), crowd(3, (9, 7)), crowd(1, (3840, 2160))], 1.0),
        (noise, 0.02),
    ],
    ids=["crowd", "sizes", "noise"],
)
def test_the_real_detectors_take_it(detector: str, film: Callable[[], list], most: float) -> None:  # type: ignore[type-arg]
    told = Told(create_detector(detector, models_dir=Path()), tell=False)
    pictures = film()
    with closing(build(told, live=False)) as pipeline:
        results = [result for result, _ in play(pipeline, told, pictures, len(pictures))]
    faces = sum(len(picture.faces) for picture in pictures)
    assert sum(len(result.faces) for result in results) <= most * max(faces, 50)


@pytest.mark.parametrize("film", ["50 faces come and go with every frame", "another size with every frame"])
def test_memory_does_not_grow_with_the_frames(film: str) -> None:
    told, counter = Told(None), Counter()
    pictures = FILMS[film]()
    with closing(counting(told, counter)) as pipeline:
        tracemalloc.start()
        try:
            for _ in play(pipeline, told, pictures, 100):
                pass
            before = tracemalloc.get_traced_memory()[0]
            for _ in play(pipeline, told, pictures, 60, first=100):
                pass
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert grown < 5 * MEGABYTE


def test_faces_that_left_are_forgotten() -> None:
    told, counter = Told(None), Counter()
    with closing(counting(told, counter)) as pipeline:
        for _ in play(pipeline, told, still(crowd(50)), 5):
            pass
        (*_, (last, _)) = play(pipeline, told, still(crowd(0)), 150, first=5)
    assert last.faces == ()
