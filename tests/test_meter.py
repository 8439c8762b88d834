"""The live meter: every second is closed once, pauses are left out, a sink gets what a session records."""

import numpy as np
import pytest

from desktop.capture.frame import Frame
from desktop.pipeline import Face, FrameResult
from desktop.statistics import Interval
from desktop.workers.meter import GRACE_S, LiveMeter
from models.emotion import Classification


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def seen(at: float, faces: int = 1) -> FrameResult:
    happy = Classification((0, 0, 0, 1, 0, 0, 0))
    face = Face(1, (0, 0, 9, 9), 1.0, happy, unsure=False)
    return FrameResult(Frame(0, at, np.zeros((9, 9, 3), np.uint8)), (face,) * faces)


def play(meter: LiveMeter, clock: Clock, seconds: float, fps: int = 10) -> list[Interval]:
    closed: list[Interval] = []
    for _ in range(round(seconds * fps)):
        closed += meter.add(seen(clock.now), 0.5, 0)
        clock.now += 1 / fps
        closed += meter.tick()
    return closed


def test_a_session_records_each_second_once(clock: Clock) -> None:
    recorded: list[Interval] = []
    meter = LiveMeter(clock)
    meter.start(recorded.append)
    play(meter, clock, 5)
    meter.stop()
    assert [interval.second for interval in recorded] == [0, 1, 2, 3, 4]
    assert sum(interval.frames for interval in recorded) == 50


def test_a_second_without_frames_becomes_a_gap(clock: Clock) -> None:
    recorded: list[Interval] = []
    meter = LiveMeter(clock)
    meter.start(recorded.append)
    play(meter, clock, 2)
    clock.now += 3  # the camera is unplugged
    meter.tick()
    clock.now += GRACE_S + 0.05
    meter.tick()
    play(meter, clock, 1.5)
    meter.stop()
    frames = {interval.second: interval.frames for interval in recorded}
    assert [frames[second] for second in (2, 3, 4)] == [0, 0, 0]
    assert frames[0] == frames[1] == 10
    assert sorted(frames) == list(range(len(recorded)))


def test_a_pause_leaves_no_intervals_and_the_seconds_go_on_after_it(clock: Clock) -> None:
    recorded: list[Interval] = []
    meter = LiveMeter(clock)
    meter.start(recorded.append)
    play(meter, clock, 2)
    meter.pause()
    play(meter, clock, 10)
    meter.resume()
    play(meter, clock, 2)
    meter.stop()
    assert [interval.second for interval in recorded] == [0, 1, 12, 13]


def test_the_live_view_goes_on_without_a_session(clock: Clock) -> None:
    meter = LiveMeter(clock)
    assert len(play(meter, clock, 3.5)) == 3


def test_frames_captured_before_the_session_do_not_count(clock: Clock) -> None:
    recorded: list[Interval] = []
    meter = LiveMeter(clock)
    clock.now += 5
    meter.start(recorded.append)
    meter.add(seen(clock.now - 0.1), 0.5, 0)
    meter.stop()
    assert recorded == []


def test_dropped_frames_count_from_the_session_on(clock: Clock) -> None:
    recorded: list[Interval] = []
    meter = LiveMeter(clock)
    meter.start(recorded.append)
    for total in (100, 101, 103):  # 100 were dropped before
        meter.add(seen(clock.now), 0.5, total)
        clock.now += 0.1
    meter.stop()
    assert [interval.dropped for interval in recorded] == [3]
