"""What the window gets to show: results while the analysis keeps up, else frames with faces carried on."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.capture.frame import Frame
from desktop.capture.thinning import Thinning
from desktop.pipeline import Face, FrameResult
from desktop.settings import Settings
from desktop.workers import analysis
from desktop.workers.engine import Engine
from desktop.workers.governor import Governor
from desktop.workers.live_view import LiveView
from desktop.workers.slot import LatestSlot
from tests.fakes import HAPPY, FakeCamera, FakeParts, grey_frame


class Desk:
    """A live view whose analysis the test plays."""

    def __init__(self) -> None:
        self.now = 100.0
        self.frames: LatestSlot[Frame] = LatestSlot()
        self.results: LatestSlot[FrameResult] = LatestSlot()
        self.view = LiveView(self.frames, self.results, lambda: self.now)

    def frame(self, milliseconds: int) -> Frame:
        return grey_frame(milliseconds, 100 + milliseconds / 1000)

    def analysed(self, milliseconds: int, *lefts: float) -> FrameResult:
        """Let the result of a frame arrive, with a face at each of `lefts`."""
        faces = tuple(
            Face(number, (left, 10, left + 20, 30), 1.0, HAPPY, unsure=False)
            for number, left in enumerate(lefts)
        )
        result = FrameResult(self.frame(milliseconds), faces, detector="haar")
        self.results.put(result)
        return result


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk()


def left(result: FrameResult | None) -> float:
    assert result is not None
    (face,) = result.faces
    assert face.box[2] - face.box[0] == pytest.approx(20)
    return face.box[0]


def test_a_result_is_shown_on_its_own_frame(desk: Desk) -> None:
    desk.view.put(desk.frame(0))
    assert desk.view.take() is None
    result = desk.analysed(0, 10)
    assert desk.view.take() is result
    assert desk.view.take() is None


def test_frames_go_past_an_analysis_that_is_too_slow_and_keep_their_faces(desk: Desk) -> None:
    told: list[int] = []
    desk.view.ready.connect(lambda: told.append(1))
    desk.analysed(0, 10)
    desk.view.take()
    desk.analysed(100, 20)
    desk.view.take()
    desk.view.bypassed = True
    desk.view.put(desk.frame(150))
    assert told == [1]
    shown = desk.view.take()
    assert shown is not None
    assert shown.frame.timestamp == pytest.approx(100.150)
    assert left(shown) == pytest.approx(25)  # as fast as before
    assert shown.faces[0].classification == HAPPY
    assert desk.frames.take() is not None  # the analysis gets it all the same


def test_a_face_is_not_carried_on_for_ever(desk: Desk) -> None:
    for milliseconds, place in ((0, 10), (100, 20)):
        desk.analysed(milliseconds, place)
        desk.view.take()
    desk.view.bypassed = True
    desk.view.put(desk.frame(5000))
    assert left(desk.view.take()) == pytest.approx(45)


def test_the_picture_never_runs_backwards(desk: Desk) -> None:
    desk.view.bypassed = True
    desk.view.put(desk.frame(300))
    assert desk.view.take() is not None
    desk.analysed(100, 10)
    assert desk.view.take() is None  # its frame is older; its faces go onto the next
    desk.view.put(desk.frame(333))
    assert left(desk.view.take()) == 10


def test_faces_of_another_source_or_size_are_not_carried_on(desk: Desk) -> None:
    desk.view.bypassed = True
    desk.analysed(0, 10)
    desk.view.take()
    desk.view.put(Frame(1, 100.1, np.zeros((40, 40, 3), np.uint8)))
    shown = desk.view.take()
    assert shown is not None and shown.faces == ()
    desk.analysed(150, 10)
    desk.view.take()
    desk.view.put(replace(desk.frame(180), scene=1))  # the next picture of a folder
    shown = desk.view.take()
    assert shown is not None and shown.faces == ()
    desk.view.clear()
    desk.view.put(desk.frame(200))
    shown = desk.view.take()
    assert shown is not None and shown.faces == ()


def test_the_figures_tell_pictures_from_readings(desk: Desk) -> None:
    desk.view.bypassed = True
    for number in range(60):
        desk.now = 100 + number / 30
        desk.view.put(desk.frame(round(1000 * number / 30)))
        if number % 6 == 0:
            desk.analysed(round(1000 * number / 30), 10, 50)
        desk.view.take()
    stats = desk.view.stats(quiet=False)
    assert stats.pace == "slow"
    assert stats.fps == pytest.approx(30, abs=1)
    assert stats.analysed_hz == pytest.approx(5, abs=0.5)
    assert stats.faces == 2
    assert stats.detector == "haar"


@pytest.mark.parametrize("fps", [12.5, 25.0, 30.0, 60.0])
def test_thinned_frames_come_at_an_even_rate(fps: float) -> None:
    thinning = Thinning(5.0)
    times = [i / fps for i in range(round(20 * fps)) if thinning.wants((i - 1) / fps, fps)]
    assert len(times) == pytest.approx(100, abs=2)
    steps = np.diff(times)
    assert steps.max() <= 0.2 + 1 / fps + 1e-6


def test_every_frame_is_wanted_again_at_once() -> None:
    thinning = Thinning(5.0)
    assert thinning.wants(10.0, 30)
    assert not thinning.wants(10.03, 30)
    thinning.rate_hz = None
    assert thinning.wants(10.06, 30)


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    thinning = Thinning(5.0)
    thinning.wants(1000.0, 30)
    assert sum(thinning.wants(10 + i / 30, 30) for i in range(30)) >= 4


class Overworked(Governor):
    """A governor that found the computer too slow for more than a frame in two seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.rate_hz = 0.5


def test_the_picture_goes_on_while_the_analysis_rests(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "Governor", Overworked)
    parts = FakeParts()
    parts.cameras["cam"] = FakeCamera()  # a picture every 20 ms
    engine = Engine(parts, Settings())
    shown: list[FrameResult] = []

    def take() -> None:
        result = engine.take_result()
        if result is not None:
            shown.append(result)

    engine.result_ready.connect(take)
    engine.start()
    try:
        engine.open_source("cam")
        qtbot.waitUntil(lambda: len(shown) >= 12, timeout=5000)
        assert engine.live_stats().pace == "slow"
        assert engine.live_stats().analysed_hz < engine.live_stats().fps
        assert all(len(result.faces) == 1 for result in shown)  # that of the one frame that was analysed
        times = [result.frame.timestamp for result in shown]
        assert times == sorted(times)
    finally:
        engine.shutdown()
