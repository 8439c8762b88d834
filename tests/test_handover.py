"""A laptop that loses the server: whatever fails and whenever, every second arrives there, once."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import desktop.workers.recorder
from desktop.paths import DataDir
from desktop.segments import Marker
from desktop.settings import Settings, StorageSettings
from desktop.store import (
    Claims,
    HandoverStore,
    SessionStore,
    StoredSession,
    StoreError,
    UnknownSessionError,
    hand_over,
    recording_store_for,
    waiting_store_for,
)
from desktop.workers.recorder import Recorder
from tests.databases import ENGINES, empty_database
from tests.laptop import DETAILS, OTHER, SESSION, STARTED, Clock, Faults, Laptop, PowerCutError, begin, second


@pytest.fixture(params=ENGINES)
def laptop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Laptop]:
    with empty_database(request.param, tmp_path) as address:
        made = Laptop(address, tmp_path / "waiting.db", Faults(), Clock())
        yield made
        for store in made.opened:
            store.close()


# With and without a server


def test_with_a_server_nothing_waits_here(laptop: Laptop) -> None:
    store = laptop.start()
    begin(store)
    store.append(SESSION, second(0))
    store.set_markers(SESSION, [Marker(0, "quiz")])
    store.finish(SESSION, STARTED + timedelta(seconds=1))
    store.catch_up()
    assert laptop.on_server().record.finished
    assert not laptop.file.exists()
    assert laptop.messages == []


def test_a_lesson_whose_server_goes_away_is_handed_over_when_it_is_back(laptop: Laptop) -> None:
    store = laptop.start()
    begin(store)
    store.append(SESSION, second(0))
    laptop.faults.away = True
    for number in range(1, 6):
        store.append(SESSION, second(number))
    assert laptop.waiting() == [SESSION]
    assert laptop.messages[-1].sessions == 1
    assert "does not answer" in str(laptop.messages[-1].reason)
    laptop.faults.away = False
    laptop.clock.now += 60
    store.append(SESSION, second(6))
    assert laptop.waiting() == []
    assert laptop.messages[-1].sessions == 0
    store.append(SESSION, second(7))
    store.finish(SESSION, STARTED + timedelta(seconds=8))
    session = laptop.on_server()
    assert session.intervals == tuple(second(number) for number in range(8))
    assert session.record.details == DETAILS
    assert session.record.ended_at == STARTED + timedelta(seconds=8)


def test_a_server_that_is_away_is_asked_only_now_and_then(laptop: Laptop) -> None:
    store = laptop.start()
    laptop.faults.away = True
    begin(store)
    asked = laptop.faults.calls
    for number in range(10):
        laptop.clock.now += 1
        store.append(SESSION, second(number))
    begin(store, OTHER)
    assert laptop.faults.calls == asked
    laptop.clock.now += 10
    store.catch_up()
    assert laptop.faults.calls == asked + 2  # one attempt for each session
    assert sorted(laptop.waiting()) == [SESSION, OTHER]


def test_what_waited_at_the_end_is_handed_over_at_the_next_start(laptop: Laptop) -> None:
    laptop.faults.away = True
    store = laptop.start()
    begin(store)
    store.append_all(SESSION, [second(0), second(1)])
    store.finish(SESSION, STARTED + timedelta(seconds=2))
    store.close()
    assert laptop.waiting() == [SESSION]
    laptop.messages.clear()
    laptop.start().catch_up()
    assert [waiting.sessions for waiting in laptop.messages] == [1]  # the server is still away
    laptop.messages.clear()
    laptop.faults.away = False
    laptop.start().catch_up()
    assert laptop.messages == []  # it is there: nobody has to be told
    assert laptop.waiting() == []
    assert len(laptop.on_server().intervals) == 2
    assert laptop.on_server().record.finished


def test_nothing_of_a_session_that_was_handed_over_remains_here(laptop: Laptop) -> None:
    laptop.faults.away = True
    store = laptop.start()
    begin(store)
    store.append(SESSION, second(0))
    laptop.faults.away = False
    laptop.clock.now += 60
    store.catch_up()
    store.close()
    assert not any(
        b"Physics" in file.read_bytes() for file in laptop.file.parent.iterdir() if "waiting" in file.name
    )


# Markers


def test_markers_taken_back_while_the_server_was_away_are_gone_there_too(laptop: Laptop) -> None:
    store = laptop.start()
    begin(store)
    store.set_markers(SESSION, [Marker(0, "quiz")])
    laptop.faults.away = True
    store.set_markers(SESSION, ())
    laptop.faults.away = False
    laptop.clock.now += 60
    store.catch_up()
    assert laptop.on_server().markers == ()


def test_markers_that_are_on_the_server_stay_when_only_seconds_waited(laptop: Laptop) -> None:
    first = laptop.start()
    begin(first)
    first.set_markers(SESSION, [Marker(0, "quiz")])
    second_run = laptop.start()
    laptop.faults.away = True
    begin(second_run)
    second_run.append(SESSION, second(0))
    laptop.faults.away = False
    laptop.clock.now += 60
    second_run.catch_up()
    assert laptop.on_server().markers == (Marker(0, "quiz"),)


# Whatever fails, whenever


def lesson(store: HandoverStore, session_id: str, acknowledged: list[int], clock: Clock) -> None:
    """Record a lesson of eight seconds as the recorder does: every write is repeated until it is accepted."""

    def until_accepted(write: Callable[[], object]) -> None:
        for _ in range(20):
            try:
                write()
            except UnknownSessionError:
                begin(store, session_id)
            except StoreError:
                pass
            else:
                return
            clock.now += 1
        raise AssertionError("never accepted")

    until_accepted(lambda: begin(store, session_id))
    for number in range(8):
        until_accepted(partial(store.append, session_id, second(number)))
        acknowledged.append(number)
        clock.now += 8
        if number in (2, 5):
            until_accepted(partial(store.set_markers, session_id, [Marker(number, "quiz")]))
    until_accepted(partial(store.finish, session_id, STARTED + timedelta(seconds=8)))
    clock.now += 60
    store.catch_up()


STEPS = range(14)  # as many calls to a store as a lesson makes


@pytest.mark.parametrize("fault", ["refuse", "forget"])
@pytest.mark.parametrize("length", [1, 3])
def test_a_lesson_is_complete_on_the_server_whichever_step_fails(
    laptop: Laptop, length: int, fault: str
) -> None:
    for step in STEPS:
        session_id = str(uuid.uuid4())
        faults = Faults(dict.fromkeys(range(step, step + length), fault))
        lesson(laptop.start(faults), session_id, [], laptop.clock)
        for _ in range(length):
            laptop.clock.now += 60
            laptop.start(faults).catch_up()
        session = laptop.on_server(session_id)
        assert session.intervals == tuple(second(number) for number in range(8))
        assert session.markers == (Marker(5, "quiz"),)
        assert session.record.finished
        assert laptop.waiting() == []


@pytest.mark.parametrize("fault", ["unplug before", "unplug"])
@pytest.mark.parametrize("where", ["server", "here"])
def test_no_acknowledged_second_is_lost_when_the_power_goes_at_any_step(
    laptop: Laptop, fault: str, where: str
) -> None:
    cut = 0
    for step in STEPS:
        session_id = str(uuid.uuid4())
        faults = {"server": Faults(dict.fromkeys(range(2, 5), "refuse")), "here": Faults()}
        faults[where].at[step] = fault
        acknowledged: list[int] = []
        try:
            lesson(laptop.start(faults["server"], faults["here"]), session_id, acknowledged, laptop.clock)
        except PowerCutError:
            cut += 1
        laptop.clock.now += 60
        laptop.start().catch_up()
        assert laptop.waiting() == []
        try:
            session = laptop.on_server(session_id)
        except UnknownSessionError:
            assert (where, step, acknowledged) == ("server", 0, [])  # not even the beginning was stored
            continue
        stored = [interval.second for interval in session.intervals]
        assert stored == sorted(set(stored))
        assert set(acknowledged) <= set(stored)
        assert session.record.details == DETAILS
    assert cut > 8


def test_a_waiting_file_that_can_not_be_written_is_the_recorders_to_repeat(laptop: Laptop) -> None:
    laptop.faults.away = True
    here = Faults(away=True)
    store = laptop.start(waiting_faults=here)
    with pytest.raises(StoreError):
        begin(store)
    here.away = False
    begin(store)
    store.append(SESSION, second(0))
    here.away = True
    with pytest.raises(StoreError):
        store.append(SESSION, second(1))
    here.away = False
    store.append(SESSION, second(1))
    laptop.faults.away = False
    laptop.clock.now += 60
    store.catch_up()
    assert len(laptop.on_server().intervals) == 2


def test_a_damaged_waiting_file_does_not_keep_a_lesson_from_the_server(laptop: Laptop) -> None:
    laptop.file.write_bytes(b"Dear diary, " * 500)
    store = laptop.start()
    begin(store)
    store.append(SESSION, second(0))
    assert len(laptop.on_server().intervals) == 1
    assert laptop.file.read_bytes() == b"Dear diary, " * 500


def test_one_session_that_the_server_refuses_holds_up_no_other(laptop: Laptop) -> None:
    laptop.faults.away = True
    store = laptop.start()
    for session_id in (SESSION, OTHER):
        begin(store, session_id)
        store.append(session_id, second(0))
    with closing(SessionStore(f"sqlite:///{laptop.file}")) as waiting:
        first = waiting.list()[-1].id

        class Picky(SessionStore):
            def merge(self, session: StoredSession, *, markers_win: bool = False) -> Any:
                if session.record.id == first:
                    raise StoreError("Not this one.")
                return super().merge(session, markers_win=markers_win)

        with closing(Picky(laptop.address)) as server:
            assert not hand_over(server, waiting)
    assert laptop.waiting() == [first]


def test_the_recorder_hands_over_when_nothing_is_to_be_written(
    laptop: Laptop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop.workers.recorder, "IDLE_S", 0.02)
    laptop.faults.away = True
    recorder = Recorder(laptop.start, Claims(laptop.file.parent))
    failures: list[str] = []
    recorder.storage_failed.connect(failures.append)
    recorder.begin(SESSION, DETAILS, STARTED, lambda: "m", "demo")
    for number in range(3):
        recorder.append(SESSION, second(number))
    with qtbot.waitSignal(recorder.session_saved, timeout=10_000):
        recorder.finish(SESSION, STARTED + timedelta(seconds=3))
        recorder.start()
    assert laptop.waiting() == [SESSION]
    laptop.clock.now += 60
    laptop.faults.away = False
    qtbot.waitUntil(lambda: laptop.waiting() == [], timeout=10_000)
    recorder.shut_down()
    assert len(laptop.on_server().intervals) == 3
    assert laptop.on_server().record.finished
    assert failures == []
    assert recorder.unsaved == 0


# Several programs at once


def test_a_second_that_is_recorded_while_another_program_hands_over_is_not_lost(laptop: Laptop) -> None:
    laptop.faults.away = True
    window = laptop.start()
    begin(window)
    window.append(SESSION, second(0))
    server = SessionStore(laptop.address)
    waiting = SessionStore(f"sqlite:///{laptop.file}")

    class Slow(SessionStore):
        def merge(self, session: StoredSession, *, markers_win: bool = False) -> Any:
            merged = super().merge(session, markers_win=markers_win)
            window.append(SESSION, second(1))  # meanwhile, in the window
            return merged

    with closing(Slow(laptop.address)) as slow, closing(server), closing(waiting):
        assert not hand_over(slow, waiting)
        assert hand_over(server, waiting)
    window.append(SESSION, second(2))
    window.set_markers(SESSION, [Marker(0, "quiz")])
    laptop.faults.away = False
    laptop.clock.now += 60
    window.catch_up()
    assert laptop.on_server().intervals == (second(0), second(1), second(2))
    assert laptop.on_server().markers == (Marker(0, "quiz"),)
    assert laptop.waiting() == []


# Settings


def test_each_server_has_a_file_of_its_own(tmp_path: Path) -> None:
    def place(address: str) -> str | None:
        store = waiting_store_for(Settings(storage=StorageSettings(database=address)), DataDir(tmp_path))
        return None if store is None else store.place

    school = place("postgresql+psycopg://a:one@school/classmood")
    assert school == place("postgres://b:two@school/classmood?sslmode=require")
    assert school != place("postgresql+psycopg://a:one@other/classmood")
    assert place("") is None
    assert place(f"sqlite:///{tmp_path / 'x.db'}") is None
    assert isinstance(recording_store_for(Settings(), DataDir(tmp_path)), SessionStore)
