"""Sleeping laptops, changed clocks and time zones: the seconds of a lesson and its times stay right."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from pytestqt.qtbot import QtBot

from desktop.capture.clock import now
from desktop.segments import Marker
from desktop.statistics import MAX_GAP_S, SessionDetails
from desktop.workers import engine as engine_module
from tests.camera_world import World, engine_in
from tests.fakes import MemoryStore
from tests.reports import calm_lesson, figures, page_of

START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # half an hour before Kyiv's summer time ends
LESSON_START = 1002.0


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator["Zone"]:
    if not hasattr(time, "tzset"):
        pytest.skip("this system has no tzset")
    zone = Zone(monkeypatch)
    yield zone
    monkeypatch.undo()
    time.tzset()


class Zone:
    """Sets the time zone of the computer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, name: str) -> None:
        self._monkeypatch.setenv("TZ", name)
        time.tzset()


@pytest.fixture
def world() -> World:
    return World([], random.Random(1))


@pytest.fixture
def time_of_day(monkeypatch: pytest.MonkeyPatch, world: World) -> "TimeOfDay":
    wall = TimeOfDay(world)
    monkeypatch.setattr(engine_module, "datetime", wall)
    return wall


class TimeOfDay:
    """What the computer's clock shows."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.ahead = timedelta()

    def now(self, _zone: tzinfo) -> datetime:
        return START + timedelta(seconds=self._world.now - LESSON_START) + self.ahead


@pytest.mark.parametrize("slept_s", [40, MAX_GAP_S - 10, 3600, 9 * 3600])
def test_a_laptop_that_slept_goes_on_at_the_right_second(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, world: World, time_of_day: TimeOfDay, slept_s: int
) -> None:
    with engine_in(world, monkeypatch) as (engine, parts, witness):
        world.run(engine, LESSON_START, witness)
        engine.start_session(SessionDetails())
        session_id = engine.session.session_id
        assert session_id is not None
        world.run(engine, LESSON_START + 10.3, witness)
        world.now += slept_s
        world.run(engine, world.now + 9.5, witness)
        engine.add_marker("quiz")
        counted = 19.8 + (slept_s if slept_s < MAX_GAP_S else 0)
        assert engine.session.elapsed_s == pytest.approx(counted, abs=1.0)
        engine.stop_session()
    frames = {interval.second: interval.frames for _, interval in parts.store.intervals}
    assert all(frames[second] for second in range(10))
    awake = range(12 + slept_s, 19 + slept_s)
    assert all(frames[second] for second in awake)
    slept = [frames.get(second) for second in range(12, 9 + slept_s)]
    assert slept == ([0] if slept_s < MAX_GAP_S else [None]) * len(slept)  # a gap, or left out as a pause is
    assert parts.store.markers[session_id] == (Marker(19 + slept_s, "quiz"),)
    lasted = parts.store.ended[session_id] - START
    assert lasted.total_seconds() == pytest.approx(slept_s + 19.8, abs=0.2)
    assert [words for _, words in witness.said] == []  # nobody calls the camera lost


@pytest.mark.parametrize("jump", [timedelta(hours=-3), timedelta(hours=5), timedelta(days=-400)])
def test_a_clock_that_is_set_in_mid_lesson_moves_no_second(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, world: World, time_of_day: TimeOfDay, jump: timedelta
) -> None:
    with engine_in(world, monkeypatch) as (engine, parts, witness):
        world.run(engine, LESSON_START, witness)
        engine.start_session(SessionDetails())
        world.run(engine, LESSON_START + 5, witness)
        time_of_day.ahead = jump
        world.run(engine, LESSON_START + 9.7, witness)
        engine.stop_session()
    assert [interval.second for _, interval in parts.store.intervals] == list(range(10))
    (ended,) = parts.store.ended.values()
    assert (ended - START).total_seconds() == pytest.approx(9.7, abs=0.2)


def test_another_time_zone_in_mid_lesson_changes_no_stored_time(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, world: World, zone: Zone
) -> None:
    zone("Europe/Kyiv")
    before = datetime.now(UTC)
    with engine_in(world, monkeypatch) as (engine, parts, witness):
        begun = _beginnings(parts.store, monkeypatch)
        world.run(engine, LESSON_START, witness)
        engine.start_session(SessionDetails())
        world.run(engine, LESSON_START + 3, witness)
        zone("America/New_York")
        world.run(engine, LESSON_START + 6.5, witness)
        engine.stop_session()
    (ended,) = parts.store.ended.values()
    assert begun[0].tzinfo is UTC and ended.tzinfo is UTC
    assert before <= begun[0] <= datetime.now(UTC)
    assert (ended - begun[0]).total_seconds() == pytest.approx(6.5, abs=0.2)
    assert [interval.second for _, interval in parts.store.intervals] == list(range(7))


def _beginnings(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Return the list that gets the moments at which sessions begin."""
    moments: list[datetime] = []
    begin = store.begin

    def note(key: str, details: SessionDetails, started_at: datetime, model: str, source: str) -> None:
        moments.append(started_at)
        begin(key, details, started_at, model, source)

    monkeypatch.setattr(store, "begin", note)
    return moments


@pytest.mark.parametrize(
    ("place", "minutes", "says"),
    [
        ("Europe/Kyiv", 20, "03:30–03:50 (UTC+03:00)"),
        ("Europe/Kyiv", 90, "03:30 (UTC+03:00) – 04:00 (UTC+02:00)"),  # the hour from 3 to 4 comes twice
        ("America/New_York", 90, "20:30–22:00 (UTC-04:00)"),
    ],
)
def test_the_report_shows_the_times_of_the_place_and_the_night_the_clocks_change(
    zone: Zone, place: str, minutes: int, says: str
) -> None:
    zone(place)
    data = figures(calm_lesson(60 * minutes))
    page = page_of(replace(data, record=replace(data.record, started_at=START)))
    assert says in dict(page.facts)["Date"]


def test_the_clock_of_lessons_counts_sleep_where_the_system_can_tell() -> None:
    if not hasattr(time, "CLOCK_BOOTTIME"):
        pytest.skip("only Linux calls this clock so")
    assert now() == pytest.approx(time.clock_gettime(time.CLOCK_BOOTTIME), abs=1.0)
