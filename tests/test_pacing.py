"""A paced file looks like a camera: frames come when they are due, late ones are skipped."""

import numpy as np
import pytest

from desktop.capture.frame import CaptureError, Frame, SourceInfo
from desktop.capture.images import PICTURE_S
from desktop.capture.pacing import PacedSource


class World:
    """A clock that moves when somebody waits or works."""

    def __init__(self) -> None:
        self.time_s = 1000.0

    def now(self) -> float:
        return self.time_s

    def wait(self, seconds: float) -> bool:
        self.time_s += seconds
        return False


class Film:
    """A source of `count` frames at `fps`; reading one takes `work_s`."""

    def __init__(
        self, world: World, count: int, fps: float, *, work_s: float = 0.0, kind: str = "video"
    ) -> None:
        self.info = SourceInfo("film", kind, False, fps, (4, 4), count)
        self._world, self._count, self._fps, self.work_s = world, count, fps, work_s
        self._index = 0
        self.closed = 0

    def read(self) -> Frame | None:
        if self._index >= self._count:
            return None
        self._world.time_s += self.work_s
        frame = Frame(self._index, self._index / self._fps, np.full((4, 4, 3), self._index, np.uint8))
        self._index += 1
        return frame

    def close(self) -> None:
        self.closed += 1


def paced(film: Film, world: World) -> PacedSource:
    return PacedSource(film, clock=world.now, wait=world.wait)


def shown(frame: Frame | None) -> int:
    assert frame is not None
    return int(frame.image[0, 0, 0])


def test_frames_come_when_they_are_due_and_carry_the_clock() -> None:
    world = World()
    source = paced(Film(world, 4, 10), world)
    frames = [source.read() for _ in range(4)]
    assert [frame.timestamp for frame in frames if frame] == pytest.approx([1000, 1000.1, 1000.2, 1000.3])
    assert [frame.index for frame in frames if frame] == [0, 1, 2, 3]
    assert source.read() is None
    assert source.skipped == 0


def test_frames_that_nobody_had_time_for_are_skipped() -> None:
    world = World()
    source = paced(Film(world, 100, 10), world)
    assert shown(source.read()) == 0
    world.time_s += 2.05  # the reader was busy
    frame = source.read()
    assert 20 <= shown(frame) <= 21
    assert frame is not None
    assert frame.index == 1
    assert source.skipped == shown(frame) - 1


def test_a_film_too_heavy_for_the_machine_plays_slower_instead_of_not_at_all() -> None:
    world = World()
    source = paced(Film(world, 300, 100, work_s=0.05), world)  # five times slower than its rate
    started = world.time_s
    frames = 0
    while world.time_s - started < 5:
        assert source.read() is not None
        frames += 1
    assert frames >= 10  # at least two pictures a second are seen


def test_after_the_laptop_slept_the_film_goes_on_at_its_rate() -> None:
    world = World()
    film = Film(world, 10_000, 25, work_s=0.001)
    source = paced(film, world)
    source.read()
    world.time_s += 8 * 3600
    assert shown(source.read()) == 1  # not eight hours later in the film
    times = [frame.timestamp for frame in (source.read() for _ in range(10)) if frame]
    assert np.diff(times) == pytest.approx(0.04)


def test_a_single_picture_is_shown_for_as_long_as_anybody_looks() -> None:
    world = World()
    source = paced(Film(world, 1, 1 / PICTURE_S, kind="images"), world)
    frames = [source.read() for _ in range(600)]
    assert {shown(frame) for frame in frames} == {0}
    assert [frame.index for frame in frames if frame] == list(range(600))
    assert world.time_s - 1000 == pytest.approx(59.9)  # ten a second


def test_each_picture_of_a_folder_is_shown_its_time_and_the_last_one_too() -> None:
    world = World()
    source = paced(Film(world, 3, 1 / PICTURE_S, work_s=0.5, kind="images"), world)
    seen = [shown(frame) for frame in iter(source.read, None)]
    assert sorted(set(seen)) == [0, 1, 2]
    for number in range(3):
        assert seen.count(number) == pytest.approx(PICTURE_S / 0.1, abs=1)


def test_close_gives_back_the_source_and_reading_on_is_an_error() -> None:
    world = World()
    film = Film(world, 3, 10)
    source = paced(film, world)
    source.read()
    source.close()
    source.close()
    assert film.closed >= 1
    with pytest.raises(CaptureError, match="closed"):
        source.read()


def test_a_wait_that_close_interrupts_gives_no_frame() -> None:
    world = World()
    source = PacedSource(Film(world, 3, 10), clock=world.now, wait=lambda _: True)
    source.read()
    with pytest.raises(CaptureError, match="closed"):
        source.read()
