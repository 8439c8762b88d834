"""An interrupted session: told from one that is being recorded, and closed or gone on with later."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.segments import Marker
from desktop.settings import Settings
from desktop.statistics import SessionDetails
from desktop.store import Claims, SessionStore, may_continue
from desktop.workers.engine import Engine
from tests.fakes import FakeCamera, FakeParts

DETAILS = SessionDetails("Physics", "9a", "Kovalenko", "")
BEGAN = datetime.now(UTC) - timedelta(minutes=5)

# A program that records two seconds and dies, or waits for its end first.
PROGRAM = """
import os, sys
from datetime import datetime
from pathlib import Path
from desktop.segments import Marker
from desktop.statistics import Interval, SessionDetails
from desktop.store import Claims, SessionStore
folder = Path(sys.argv[1])
claims, store = Claims(folder), SessionStore(f"sqlite:///{folder / 'classmood.db'}")
claims.claim("left")
began = datetime.fromisoformat(sys.argv[3])
store.begin("left", SessionDetails("Physics", "9a", "Kovalenko", ""), began, "model", "demo")
store.append_all("left", [Interval(n, 10, 0, 4.0, 0.1, 0.5, (0, 0, 0, 1, 0, 0, 0)) for n in (0, 1)])
store.set_markers("left", [Marker(1, "quiz")])
print("recording", flush=True)
if sys.argv[2] == "wait":
    sys.stdin.read()
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    with closing(SessionStore(f"sqlite:///{tmp_path / 'classmood.db'}")) as opened:
        yield opened


def recording_program(folder: Path, end: str) -> subprocess.Popen[str]:
    program = subprocess.Popen(  # noqa: S603  (our own program)
        [sys.executable, "-c", PROGRAM, str(folder), end, BEGAN.isoformat()],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "recording\n"
    return program


def test_a_session_is_interrupted_once_its_program_is_dead(tmp_path: Path, store: SessionStore) -> None:
    claims = Claims(tmp_path)
    with recording_program(tmp_path, "wait") as program:
        assert claims.interrupted(store) == ()
        assert claims.recording()
        program.kill()
        program.communicate()
    (session,) = claims.interrupted(store)
    assert not claims.recording()
    assert session.record.id == "left"
    assert session.record.details == DETAILS
    assert session.record.ended_at == BEGAN + timedelta(seconds=2)
    assert session.markers == (Marker(1, "quiz"),)


def test_an_interrupted_session_is_closed_where_it_broke_off(tmp_path: Path, store: SessionStore) -> None:
    recording_program(tmp_path, "die").communicate()
    claims = Claims(tmp_path)
    (session,) = claims.interrupted(store)
    claims.close_interrupted(store, session.record)
    assert claims.interrupted(store) == ()
    record = store.show("left")
    assert record.finished
    assert record.ended_at == BEGAN + timedelta(seconds=2)
    assert not list(tmp_path.glob("*.recording"))


def test_a_session_that_was_deleted_meanwhile_is_not_offered(tmp_path: Path, store: SessionStore) -> None:
    recording_program(tmp_path, "die").communicate()
    store.delete("left")
    assert Claims(tmp_path).interrupted(store) == ()


def test_a_session_that_another_window_goes_on_with_is_neither_offered_nor_closed(
    tmp_path: Path, store: SessionStore
) -> None:
    recording_program(tmp_path, "die").communicate()
    (session,) = Claims(tmp_path).interrupted(store)
    other = Claims(tmp_path)
    other.claim("left")
    assert Claims(tmp_path).interrupted(store) == ()
    Claims(tmp_path).close_interrupted(store, session.record)
    assert not store.show("left").finished
    other.release("left")


def test_only_a_lesson_of_the_last_hours_may_be_gone_on_with(tmp_path: Path, store: SessionStore) -> None:
    recording_program(tmp_path, "die").communicate()
    record = store.show("left")
    assert record.ended_at is not None
    assert may_continue(record, record.ended_at + timedelta(hours=3))
    assert not may_continue(record, record.ended_at + timedelta(days=1))


class StoringParts(FakeParts):
    """Fake camera and networks, a real database."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.claims = Claims(folder)
        self.cameras["cam"] = FakeCamera()
        self.address = f"sqlite:///{folder / 'classmood.db'}"

    def open_store(self, settings: Settings, *_: object) -> SessionStore:
        return SessionStore(self.address)


def test_an_interrupted_session_is_gone_on_with(qtbot: QtBot, tmp_path: Path, store: SessionStore) -> None:
    recording_program(tmp_path, "die").communicate()
    engine = Engine(StoringParts(tmp_path), Settings())
    engine.start()
    try:
        with qtbot.waitSignal(engine.source_opened, timeout=5000):
            engine.open_source("cam")
        (session,) = Claims(tmp_path).interrupted(store)
        engine.continue_session(session)
        assert engine.session.phase == "recording"
        assert engine.session.details == DETAILS
        assert engine.session.elapsed_s >= 2
        engine.add_marker("break")
        qtbot.waitUntil(lambda: len(store.intervals("left")) >= 3, timeout=5000)
        assert Claims(tmp_path).interrupted(store) == ()
    finally:
        assert engine.shutdown() == 0
    stored = store.load("left")
    assert [record.id for record in store.list()] == ["left"]
    assert stored.record.finished
    assert stored.record.started_at == BEGAN
    minutes_later = [interval.second for interval in stored.intervals[2:]]
    assert minutes_later[0] >= 300  # the time in between is left out
    assert stored.markers[0] == Marker(1, "quiz")
    assert stored.markers[1].kind == "break"
    assert stored.markers[1].second >= 300
    assert not list(tmp_path.glob("*.recording"))


def test_a_session_that_could_not_be_ended_is_offered_at_the_next_start(
    qtbot: QtBot, tmp_path: Path, store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.workers.recorder.RETRY_S", 0.02)
    monkeypatch.setattr("desktop.workers.recorder.LAST_TRIES_S", 0.02)
    parts = StoringParts(tmp_path)
    engine = Engine(parts, Settings())
    engine.start()
    engine.start_session(DETAILS)
    qtbot.waitUntil(lambda: len(store.list()) == 1, timeout=5000)
    store.close()
    database = tmp_path / "classmood.db"
    database.rename(tmp_path / "aside")
    database.mkdir()
    assert engine.shutdown() > 0
    database.rmdir()
    (tmp_path / "aside").rename(database)
    assert [session.record.details for session in Claims(tmp_path).interrupted(store)] == [DETAILS]


def test_a_folder_that_takes_no_claim_keeps_no_lesson_from_being_recorded(
    qtbot: QtBot, tmp_path: Path, store: SessionStore
) -> None:
    parts = StoringParts(tmp_path)
    parts.claims = Claims(tmp_path / "missing")
    engine = Engine(parts, Settings())
    engine.start()
    engine.start_session(DETAILS)
    assert engine.shutdown() == 0
    assert [record.finished for record in store.list()] == [True]
