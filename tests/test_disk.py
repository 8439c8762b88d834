"""A disk that fails in mid-lesson: the picture goes on, it is told, and all is written when it can be."""

import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.capture.clock import Clock
from desktop.capture.frame import Frame
from desktop.paths import DataDir
from desktop.settings import Settings
from desktop.statistics import Interval, SessionDetails
from desktop.store import Claims, SessionStore, StoreError
from desktop.workers import recorder
from desktop.workers.engine import Engine
from models.errors import Sentence
from tests import disks
from tests.chaos import CHAOS, times
from tests.fakes import FakeCamera, FakeParts, MemoryStore, grey_frame
from tests.program import ROOT, command, environment

SPEED = 10  # seconds of the lesson in a second of the test
PATIENCE_MS = 20_000
TOLD_WITHIN_S = 2.0
DETAILS = SessionDetails(course="Physics")


class FastClock:
    """A clock that runs SPEED times as fast."""

    def __init__(self, speed: float = SPEED) -> None:
        self._speed = speed

    def __call__(self) -> float:
        return time.monotonic() * self._speed


class FastCamera(FakeCamera):
    """A camera in a room where that clock hangs."""

    def __init__(self, clock: FastClock) -> None:
        super().__init__()
        self._clock = clock

    def read(self) -> Frame | None:
        self.closed.wait(0.01)
        return grey_frame(0, self._clock())


class DiskParts(FakeParts):
    """A fake camera, a real database in a folder."""

    def __init__(self, folder: Path, clock: FastClock) -> None:
        super().__init__()
        self.cameras["cam"] = FastCamera(clock)
        self.claims = Claims(folder)
        self.folder = folder

    def open_store(self, settings: Settings, *_: object) -> SessionStore:
        return SessionStore(f"sqlite:///{self.folder / disks.DATABASE}")

    def open_file(self, file: Path) -> SessionStore:
        return SessionStore(f"sqlite:///{file}")


class Lesson:
    """A lesson that is being recorded, and what its user hears and sees."""

    def __init__(self, qtbot: QtBot, folder: Path, speed: float = SPEED) -> None:
        self._qtbot = qtbot
        self._clock = FastClock(speed)
        self.folder = folder
        self.told: list[tuple[float, str]] = []
        self.pictures = 0
        self.troubled = False
        self.engine = Engine(DiskParts(folder, self._clock), Settings(), Clock(now=self._clock))
        self.engine.storage_failed.connect(self._on_failed)
        self.engine.storage_recovered.connect(self._on_recovered)
        self.engine.result_ready.connect(self._on_picture)
        self.engine.start()
        with qtbot.waitSignal(self.engine.source_opened, timeout=PATIENCE_MS):
            self.engine.open_source("cam")

    def begin(self) -> str:
        self.engine.start_session(DETAILS)
        session_id = self.engine.session.session_id
        assert session_id is not None
        return session_id

    def wait_stored(self, seconds: int) -> None:
        self._qtbot.waitUntil(lambda: stored(self.folder) >= seconds, timeout=PATIENCE_MS)

    def wait_told(self) -> None:
        self._qtbot.waitUntil(lambda: self.troubled, timeout=PATIENCE_MS)

    def wait_held(self, writes: int) -> None:
        self._qtbot.waitUntil(lambda: self.engine.unsaved >= writes, timeout=PATIENCE_MS)

    def wait_mended(self) -> None:
        self._qtbot.waitUntil(lambda: not self.troubled and not self.engine.unsaved, timeout=PATIENCE_MS)

    def wait_pictures(self, more: int) -> None:
        enough = self.pictures + more
        self._qtbot.waitUntil(lambda: self.pictures >= enough, timeout=PATIENCE_MS)

    def _on_failed(self, words: Sentence) -> None:
        self.told.append((time.monotonic(), str(words)))
        self.troubled = True

    def _on_recovered(self) -> None:
        self.troubled = False

    def _on_picture(self) -> None:
        if self.engine.take_result() is not None:
            self.pictures += 1


def stored(folder: Path) -> int:
    """Return how many seconds are in the database, whoever else has it open."""
    try:
        with closing(sqlite3.connect(folder / disks.DATABASE, timeout=0)) as connection:
            return int(connection.execute("SELECT count(*) FROM interval").fetchone()[0])
    except sqlite3.Error:
        return 0


def seconds(*files: Path) -> list[int]:
    """Return the seconds of the one session in databases that hold parts of it."""
    found: set[int] = set()
    for file in files:
        with closing(SessionStore(f"sqlite:///{file}")) as store:
            (record,) = store.list()
            found |= {interval.second for interval in store.intervals(record.id)}
    return sorted(found)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a small disk of its own."""
    with disks.small_disk(tmp_path / "disk") as folder:
        if folder is None:
            pytest.skip("mounting a disk needs more rights")
        yield folder


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "RETRY_S", 0.05)


def suffer(qtbot: QtBot, folder: Path, fault: disks.Fault) -> Lesson:
    """Record, break the disk, see that the lesson goes on and is told of it, mend it, and end the lesson."""
    lesson = Lesson(qtbot, folder)
    try:
        lesson.begin()
        lesson.wait_stored(3)
        mend = fault(folder)
        try:
            lesson.wait_told()
            lesson.wait_pictures(10)
            lesson.wait_held(3)
            assert "does not answer" not in lesson.told[-1][1]  # the store has said why, and that stands
        finally:
            mend()
        lesson.wait_mended()
    finally:
        assert lesson.engine.shutdown() == 0
    return lesson


def test_a_full_disk(qtbot: QtBot, disk: Path) -> None:
    lesson = suffer(qtbot, disk, disks.fill)
    assert "disk is full" in lesson.told[0][1]
    found = seconds(disk / disks.DATABASE)
    assert found == list(range(len(found)))


@pytest.mark.parametrize("fault", [disks.limit_size, disks.lock, disks.take_away])
def test_a_quota_a_lock_and_a_disk_that_is_pulled_out(
    qtbot: QtBot, tmp_path: Path, fault: disks.Fault
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    suffer(qtbot, folder, fault)
    found = seconds(folder / disks.DATABASE)
    assert found == list(range(len(found)))


@pytest.mark.parametrize("fault", [disks.scramble, disks.cut_in_half, disks.empty])
def test_a_damaged_database_that_is_put_aside(qtbot: QtBot, tmp_path: Path, fault: disks.Fault) -> None:
    """Damage is told when SQLite meets it; a sound file gets the whole lesson, also what the damage took."""
    lesson = Lesson(qtbot, tmp_path)
    try:
        lesson.begin()
        lesson.wait_stored(3)
        mend = fault(tmp_path)
        lesson.wait_pictures(30)
        mend()
        lesson.wait_stored(3)
        lesson.wait_mended()
    finally:
        assert lesson.engine.shutdown() == 0
    found = seconds(tmp_path / disks.DATABASE)
    assert found == list(range(len(found)))


def test_a_disk_that_is_read_only_when_the_lesson_begins(qtbot: QtBot, disk: Path) -> None:
    mend = disks.make_read_only(disk)
    lesson = Lesson(qtbot, disk)
    try:
        lesson.begin()
        lesson.wait_told()
        lesson.wait_pictures(10)
        lesson.wait_held(3)
        mend()
        lesson.wait_mended()
    finally:
        assert lesson.engine.shutdown() == 0
    found = seconds(disk / disks.DATABASE)
    assert found == list(range(len(found)))


@times(short=1, long=20)
def test_a_lock_is_told_within_two_seconds(qtbot: QtBot, tmp_path: Path, times: int) -> None:
    """The slowest of the refusals: SQLite waits for the other program first. In real time."""
    lesson = Lesson(qtbot, tmp_path, speed=1)
    delays = []
    try:
        lesson.begin()
        lesson.wait_stored(1)
        for _ in range(times):
            mend = disks.lock(tmp_path)
            struck = time.monotonic()
            lesson.wait_told()
            delays.append(lesson.told[-1][0] - struck)
            mend()
            lesson.wait_mended()
    finally:
        assert lesson.engine.shutdown() == 0
    assert max(delays) < TOLD_WITHIN_S


class HangingStore(MemoryStore):
    """A disk that takes a write and does not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()
        self.hangs = threading.Event()
        self.since = 0.0

    def append_all(self, session_id: str, intervals: Sequence[Interval]) -> None:
        if not self.answers.is_set():
            self.since = time.monotonic()
            self.hangs.set()
            self.answers.wait()
        super().append_all(session_id, intervals)


def test_a_disk_that_hangs_is_told_within_two_seconds(qtbot: QtBot, tmp_path: Path) -> None:
    clock = FastClock()
    store = HangingStore()
    parts = FakeParts()
    parts.cameras["cam"] = FastCamera(clock)
    parts.store = store
    engine = Engine(parts, Settings(), Clock(now=clock))
    engine.start()
    try:
        engine.open_source("cam")
        engine.start_session(DETAILS)
        with qtbot.waitSignal(engine.storage_failed, timeout=PATIENCE_MS):
            pass
        assert time.monotonic() - store.since < TOLD_WITHIN_S
        with qtbot.waitSignal(engine.storage_recovered, timeout=PATIENCE_MS):
            store.answers.set()
    finally:
        store.answers.set()
        assert engine.shutdown() == 0
    found = [interval.second for _, interval in store.intervals]
    assert found == list(range(len(found)))


def test_a_lesson_is_saved_elsewhere_on_request(qtbot: QtBot, disk: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "stick.db"
    lesson = Lesson(qtbot, disk)
    try:
        session_id = lesson.begin()
        lesson.engine.add_marker("quiz")
        lesson.wait_stored(3)
        mend = disks.fill(disk)
        lesson.wait_told()
        lesson.wait_held(3)
        lesson.engine.save_elsewhere(elsewhere)
        lesson.wait_mended()
        lesson.engine.stop_session()
        with qtbot.waitSignal(lesson.engine.session_saved, timeout=PATIENCE_MS):
            pass
        mend()
        lesson.begin()  # the next lesson is at home again
        lesson.wait_stored(stored(disk) + 2)
    finally:
        assert lesson.engine.shutdown() == 0
    with closing(SessionStore(f"sqlite:///{elsewhere}")) as chosen:
        moved = chosen.load(session_id)
    with closing(SessionStore(f"sqlite:///{disk / disks.DATABASE}")) as home:
        assert len(home.list()) == 2
        home.merge(moved)
        whole = home.load(session_id)
    assert moved.record.finished
    assert [interval.second for interval in moved.intervals] == list(range(len(moved.intervals)))
    assert [marker.kind for marker in moved.markers] == ["quiz"]
    assert whole.intervals == moved.intervals
    assert whole.record.finished


def test_a_disk_that_is_full_at_the_start_keeps_nobody_from_starting(disk: Path) -> None:
    DataDir(disk).create()
    mend = disks.fill(disk)
    DataDir(disk).create()
    with closing(SessionStore(f"sqlite:///{disk / disks.DATABASE}")) as store:
        with pytest.raises(StoreError, match="full"):
            store.create(DETAILS, datetime.now(UTC), "model", "demo")
        mend()
        store.create(DETAILS, datetime.now(UTC), "model", "demo")


def runs_for(program: subprocess.Popen[str], seconds: float) -> bool:
    """Wait so long; return at once if the program ends by itself."""
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


@CHAOS
def test_the_real_program_outlives_a_full_disk(disk: Path, tmp_path: Path) -> None:
    """Everything it writes lies on that disk, the log too; nobody gets tracebacks, no second is missing."""
    with subprocess.Popen(  # noqa: S603  (our own program)
        command("--source", "demo", "--record", "--run-seconds", "20", "--data-dir", disk),
        env=environment(tmp_path),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            while stored(disk) < 3:
                assert runs_for(program, 0.1)
            mend = disks.fill(disk)
            assert runs_for(program, 6)
            mend()
            _, words = program.communicate(timeout=PATIENCE_MS / 100)
        finally:
            program.kill()
    assert (program.returncode, words) == (0, "")
    found = seconds(disk / disks.DATABASE)
    assert found == list(range(len(found)))
    assert len(found) >= 15
