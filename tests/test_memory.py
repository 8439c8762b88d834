"""What the program keeps in memory while a lesson lasts, and what it does not."""

import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest

from desktop.capture.buffers import Buffers
from desktop.capture.demo import DemoSource
from desktop.capture.frame import Source, SourceInfo
from desktop.capture.live import LiveSource
from desktop.capture.pictures import to_bgr
from desktop.capture.video import open_capture, open_video
from desktop.emotion_model import BUILT_IN
from models.boxes import Image
from models.emotion import EmotionClassifier


def test_the_networks_files_are_not_kept_beside_the_networks() -> None:
    EmotionClassifier(BUILT_IN)  # what is loaded once, with the first network, is not the question
    tracemalloc.start()
    try:
        classifier = EmotionClassifier(BUILT_IN)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert classifier.image_size > 0
    assert most > BUILT_IN.stat().st_size  # the file was read while somebody looked
    assert kept < BUILT_IN.stat().st_size / 10


@pytest.fixture(params=["video", "camera", "demo"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """Return a source of 40 pictures or more, each different."""
    if request.param == "demo":
        return DemoSource(width=160, height=90)
    file = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 25, (160, 90))
    for number in range(40):
        writer.write(np.full((90, 160, 3), 5 * number, np.uint8))
    writer.release()
    if request.param == "video":
        return open_video(file)
    capture = open_capture(str(file))
    first = to_bgr(capture.read()[1])
    return LiveSource(capture, SourceInfo("HD Webcam", "camera", True, 25.0, (160, 90), None), first)


def read(source: Source) -> Image:
    frame = source.read()
    assert frame is not None
    return frame.image


def test_pictures_that_are_gone_give_their_place_to_new_ones(source: Source) -> None:
    places = set()
    for _ in range(30):
        places.add(read(source).ctypes.data)
    assert len(places) <= 3


def test_a_picture_stays_as_it_is_while_anybody_holds_a_part_of_it(source: Source) -> None:
    """A result on the screen, a face, a row: whatever is held, it is never painted over."""
    whole = [read(source) for _ in range(12)]
    parts = [picture[10:20, 30:40] for picture in whole]
    copies = [picture.copy() for picture in whole]
    while whole:
        whole.pop(0)
        read(source)
    for part, copy in zip(parts, copies, strict=True):
        assert (part == copy[10:20, 30:40]).all()


def test_pictures_of_another_size_follow_each_other() -> None:
    buffers = Buffers()
    large, small = np.full((90, 160, 3), 7, np.uint8), np.full((45, 80, 3), 9, np.uint8)
    for _ in range(10):
        for picture in (large, small):
            assert (buffers.copy(picture) == picture).all()
