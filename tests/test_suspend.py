"""A laptop that sleeps, is locked or goes dark in mid-lesson: the real program goes on with the lesson."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktop.statistics import MAX_GAP_S
from tests import monitors
from tests.chaos import CHAOS, report
from tests.program import LONGEST_S, environment, wait_for_seconds

RAN_S = 6.0
STOPPED_S = 2.5

# Records the demo classroom; in mid-lesson CLOCK_BOOTTIME leaps and no other clock does: it has slept.
ASLEEP = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from desktop import app, early
from desktop.assembly import quiet_opencv
from desktop.paths import DataDir
from desktop.ui.main_window import MainWindow

awake, slept = time.clock_gettime, [0.0]
time.clock_gettime = lambda clock: awake(clock) + (slept[0] if clock == time.CLOCK_BOOTTIME else 0.0)

class Sleeping(MainWindow):
    def begin(self, engine, *parts):
        super().begin(engine, *parts)
        self.engine = engine
        self.timer = QTimer(self, interval=100)
        self.timer.timeout.connect(self.sleep)
        self.timer.start()

    def sleep(self):
        if self.engine.session.elapsed_s > 2.5:
            slept[0] += float(sys.argv[2])
            self.timer.stop()

early.MainWindow = Sleeping
quiet_opencv()
options = app.WindowOptions(
    DataDir(Path(sys.argv[1])), source="demo", record=True, run_seconds=float(sys.argv[3]), detector="learned"
)
sys.exit(app.run_window(options))
"""

# What Qt tells a program whose screen is locked or dark: not in use, covered, hidden; then the way back.
LOCKED = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QExposeEvent, QGuiApplication, QRegion
from desktop import app, early
from desktop.assembly import quiet_opencv
from desktop.paths import DataDir
from desktop.ui.main_window import MainWindow

class Locked(MainWindow):
    def begin(self, *parts):
        super().begin(*parts)
        states = Qt.ApplicationState
        turns = (
            (states.ApplicationInactive, QEvent.Type.ApplicationDeactivate, QRegion()),
            (states.ApplicationHidden, QEvent.Type.ApplicationDeactivate, QRegion()),
            (states.ApplicationSuspended, QEvent.Type.ApplicationDeactivate, QRegion()),
            (states.ApplicationActive, QEvent.Type.ApplicationActivate, QRegion(0, 0, 4000, 4000)),
        )
        self.turns = iter(turns * 3)
        self.timer = QTimer(self, interval=300)
        self.timer.timeout.connect(self.turn)
        self.timer.start()

    def turn(self):
        state, event, seen = next(self.turns, (None, None, None))
        if state is None:
            return
        QCoreApplication.sendEvent(QGuiApplication.instance(), QEvent(event))
        QCoreApplication.sendEvent(self.windowHandle(), QExposeEvent(seen))
        QGuiApplication.instance().applicationStateChanged.emit(state)

early.MainWindow = Locked
quiet_opencv()
options = app.WindowOptions(
    DataDir(Path(sys.argv[1])), source="demo", record=True, run_seconds=float(sys.argv[2]), detector="learned"
)
sys.exit(app.run_window(options))
"""
PLAIN = ASLEEP.replace("early.MainWindow = Sleeping", "")


@pytest.mark.skipif(
    not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux tells sleep by a clock of its own"
)
@pytest.mark.parametrize("slept_s", [pytest.param(40.0, marks=CHAOS), MAX_GAP_S + 60.0])
def test_the_program_that_slept_stores_the_rest_at_its_right_seconds(tmp_path: Path, slept_s: float) -> None:
    _watched(tmp_path, ASLEEP, slept_s, RAN_S)  # by the program's own timer, which sleeps with the laptop
    frames = _frames(tmp_path)
    before = [second for second in frames if second < 15]
    after = [second for second in frames if second >= slept_s]
    assert len(before) >= 2 and len(after) >= 2
    if slept_s < MAX_GAP_S:  # the sleep is a gap; a longer one is left out, as a pause is
        assert sorted(frames) == list(range(max(frames) + 1))
        assert not any(frames[second] for second in range(max(before) + 2, min(after) - 1))
    else:
        assert len(frames) == len(before) + len(after)


@CHAOS
def test_a_locked_or_dark_screen_takes_nothing_along(tmp_path: Path) -> None:
    _watched(tmp_path, LOCKED, RAN_S)
    frames = _frames(tmp_path)
    assert sorted(frames) == list(range(len(frames)))
    assert len(frames) >= RAN_S - 2


@CHAOS
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="POSIX stops with a signal")
def test_a_program_that_was_stopped_goes_on(tmp_path: Path) -> None:
    _stopped(tmp_path, STOPPED_S, times=1, QT_QPA_PLATFORM="offscreen")


@CHAOS
@pytest.mark.skipif(bool(monitors.missing()), reason=monitors.missing())
@pytest.mark.parametrize("stopped_s", [5.0, 30.0])
def test_a_program_that_was_stopped_again_and_again_goes_on(tmp_path: Path, stopped_s: float) -> None:
    with monitors.x_server() as display:
        _stopped(tmp_path, stopped_s, times=3, QT_QPA_PLATFORM="xcb", DISPLAY=display)


def _stopped(home: Path, stopped_s: float, times: int, **changed: str) -> None:
    """Stop the whole process while it records, and let it go on, so many times."""

    def stop(process: subprocess.Popen[str]) -> None:
        for number in range(1, times + 1):
            wait_for_seconds(process, _database(home), number * 2)
            os.kill(process.pid, signal.SIGSTOP)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(stopped_s)
            os.kill(process.pid, signal.SIGCONT)

    _watched(home, PLAIN, 0.0, RAN_S + times * (stopped_s + 4.0), while_it_runs=stop, **changed)
    frames = _frames(home)
    assert sorted(frames) == list(range(len(frames)))  # those of the stop too, without a picture
    gaps = [second for second, count in frames.items() if not count]
    assert len(gaps) <= times * (stopped_s + 2)
    assert frames[max(frames) - 1] > 0
    report(
        f"stopped {times} times for {stopped_s:.0f} s: {len(frames)} seconds, {len(gaps)} without a picture"
    )


def _watched(
    home: Path,
    script: str,
    *arguments: float,
    while_it_runs: Callable[[subprocess.Popen[str]], None] = lambda _: None,
    **changed: str,
) -> None:
    """Run a program to its end: it ends well, without a word."""
    command = [sys.executable, "-c", script, str(home / "data"), *map(str, arguments)]
    with subprocess.Popen(  # noqa: S603  (our own program)
        command, env=environment(home, **changed), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            while_it_runs(process)
            _, said = process.communicate(timeout=LONGEST_S)
        except BaseException:
            process.kill()
            raise
    assert process.returncode == 0, said
    assert not said


def _database(home: Path) -> Path:
    return home / "data" / "classmood.db"


def _frames(home: Path) -> dict[int, int]:
    """Return how many pictures each stored second had."""
    with closing(sqlite3.connect(_database(home))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return dict(connection.execute("SELECT second, frames FROM interval ORDER BY second").fetchall())
