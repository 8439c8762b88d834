"""Quiet mode: few frames are read, evenly, for less than it costs to read all; the figures stay right."""

from collections.abc import Iterator
from itertools import count, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.capture.clock import Clock
from desktop.capture.demo import DemoSource
from desktop.capture.frame import Frame, SkippingSource, Source, SourceInfo
from desktop.capture.live import LiveSource
from desktop.capture.pacing import PacedSource
from desktop.capture.thinning import Thinning
from desktop.capture.video import open_video
from desktop.pipeline import Face, FrameResult
from desktop.settings import AnalysisSettings, Settings
from desktop.statistics import Interval
from desktop.workers.capture import CaptureWorker
from desktop.workers.engine import QUIET_HZ, Engine
from desktop.workers.meter import LiveMeter
from models.boxes import Image
from tests.fakes import HAPPY, FakeCamera, FakeParts

FPS = 30.0


class World:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.clock = Clock(now=lambda: self.now, wait=self.wait)

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return False


class Camera:
    """Gives a frame every 33 ms for so many seconds, and counts those it had to decode."""

    def __init__(self, world: World, seconds: float) -> None:
        self.info = SourceInfo("camera", "camera", True, FPS, (8, 6), None)
        self._world = world
        self._end = world.now + seconds
        self.decoded = 0

    def _wait(self) -> bool:
        self._world.now += 1 / FPS
        return self._world.now < self._end

    def read(self) -> Frame | None:
        if not self._wait():
            return None
        self.decoded += 1
        image = np.full((6, 8, 3), self.decoded % 200, np.uint8)
        return Frame(self.decoded, self._world.now, image)

    def skip(self) -> float | None:
        return self._world.now if self._wait() else None

    def close(self) -> None:
        pass


class Lesson:
    """Counts every frame that comes, as the analysis does."""

    def __init__(self, world: World) -> None:
        self.times: list[float] = []
        self._world = world
        self._meter = LiveMeter(lambda: world.now)
        self.intervals: list[Interval] = []
        self._meter.start(self.intervals.append)

    def put(self, frame: Frame) -> None:
        self.times.append(frame.timestamp)
        faces = tuple(Face(n, (0, 0, 4, 4), 1.0, HAPPY, unsure=False) for n in range(3))
        self._meter.add(FrameResult(frame, faces), 0.5, 0)

    def clear(self) -> None:
        pass


def taught(world: World, rate_hz: float | None) -> tuple[Camera, Lesson]:
    """Run a capture worker for ten seconds."""
    camera, lesson = Camera(world, 10.0), Lesson(world)
    CaptureWorker(lambda _: camera, lesson, thinning=Thinning(rate_hz), clock=world.clock).run()
    return camera, lesson


def test_quiet_mode_decodes_five_frames_a_second(qtbot: QtBot) -> None:
    camera, lesson = taught(World(), QUIET_HZ)
    assert camera.decoded == len(lesson.times) == pytest.approx(50, abs=2)
    assert np.diff(lesson.times).max() < 0.24


def test_the_seconds_of_a_quiet_lesson_are_whole(qtbot: QtBot) -> None:
    _, full = taught(World(), None)
    _, quiet = taught(World(), QUIET_HZ)
    assert [i.second for i in quiet.intervals] == [i.second for i in full.intervals]
    for interval, other in zip(quiet.intervals, full.intervals, strict=True):
        assert interval.frames == pytest.approx(QUIET_HZ, abs=1)
        assert interval.dropped == other.dropped == 0  # left out on purpose: nobody lacked time
        assert interval.faces == other.faces == 3
        assert interval.shares == pytest.approx(other.shares)


def test_a_source_that_can_not_skip_is_thinned_out_all_the_same(qtbot: QtBot) -> None:
    world = World()
    camera, lesson = Camera(world, 10.0), Lesson(world)

    class Plain:
        info, read, close = camera.info, camera.read, camera.close

    assert not isinstance(Plain(), SkippingSource)
    CaptureWorker(lambda _: Plain(), lesson, thinning=Thinning(QUIET_HZ), clock=world.clock).run()
    assert camera.decoded > 290
    assert len(lesson.times) == pytest.approx(50, abs=2)


# Passing over frames


class Tape:
    """An opened capture of pictures that tell their number; notes which were turned into pictures."""

    def __init__(self) -> None:
        self.numbers = count()
        self.retrieved: list[int] = []

    def grab(self) -> bool:
        next(self.numbers)
        return True

    def read(self, _place: Image | None = None) -> tuple[bool, Image]:
        number = next(self.numbers)
        self.retrieved.append(number)
        return True, np.full((6, 8, 3), number, np.uint8)

    def release(self) -> None:
        pass


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for number in range(8):
        writer.write(np.full((48, 64, 3), 20 * number, np.uint8))
    writer.release()
    return path


def live() -> LiveSource:
    info = SourceInfo("camera", "camera", True, FPS, (8, 6), None)
    return LiveSource(Tape(), info, np.zeros((6, 8, 3), np.uint8), clock=World().clock)  # type: ignore[arg-type]


def rest_of(source: Source) -> Iterator[Frame]:
    for _ in range(3):
        frame = source.read()
        assert frame is not None
        yield frame


@pytest.mark.parametrize("kind", ["video", "demo", "live", "paced"])
@pytest.mark.parametrize("read_first", [0, 1])
def test_what_follows_is_the_same_whether_frames_are_read_or_passed_over(
    kind: str, read_first: int, film: Path
) -> None:
    def opened() -> Source:
        if kind == "video":
            return open_video(film)
        if kind == "demo":
            return DemoSource(width=160, height=90)
        if kind == "live":
            return live()
        world = World()
        return PacedSource(open_video(film), clock=lambda: world.now, wait=world.wait)

    skipped, read = opened(), opened()
    assert isinstance(skipped, SkippingSource)
    for _ in range(read_first):
        skipped.read()
        read.read()
    for _ in range(3):
        time_s, frame = skipped.skip(), read.read()
        assert frame is not None
        assert time_s == pytest.approx(frame.timestamp)
    for ours, theirs in zip(rest_of(skipped), rest_of(read), strict=True):
        assert ours.index == theirs.index
        assert ours.timestamp == pytest.approx(theirs.timestamp)
        assert np.array_equal(ours.image, theirs.image)
    skipped.close()
    read.close()


def test_passing_over_a_film_comes_to_its_end(film: Path) -> None:
    video = open_video(film)
    passed = 0
    while video.skip() is not None:
        passed += 1
    assert passed == 8
    assert video.read() is None
    looping = open_video(film, loop=True)
    times = [looping.skip() for _ in range(20)]
    assert all(b is not None and a is not None and b > a for a, b in pairwise(times))


def test_a_camera_is_not_asked_for_pictures_that_nobody_wants() -> None:
    tape = Tape()
    info = SourceInfo("camera", "camera", True, FPS, (8, 6), None)
    camera = LiveSource(tape, info, np.zeros((6, 8, 3), np.uint8), clock=World().clock)  # type: ignore[arg-type]
    for _ in range(5):
        camera.skip()
    camera.read()
    assert tape.retrieved == [4]  # the first picture was read when the camera was opened


# The engine


def test_quiet_mode_reaches_camera_and_analysis_and_goes_again(qtbot: QtBot) -> None:
    parts = FakeParts()
    parts.cameras["cam"] = FakeCamera()
    engine = Engine(parts, Settings(analysis=AnalysisSettings(quiet=True)))
    engine.start()
    try:
        with qtbot.waitSignal(engine.result_ready, timeout=5000):
            engine.open_source("cam")
        assert engine.take_result() is not None
        assert engine.live_stats().pace == "quiet"
        assert parts.pipelines[-1].quiet
        engine.apply_settings(Settings())
        qtbot.waitUntil(lambda: not parts.pipelines[-1].quiet, timeout=5000)
        assert engine.live_stats().pace == "full"
        assert len(parts.pipelines) == 1  # nothing was loaded anew
        engine.set_hidden(True)
        qtbot.waitUntil(lambda: parts.pipelines[-1].quiet, timeout=5000)
    finally:
        engine.shutdown()
