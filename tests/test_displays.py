"""Screens of other sizes and scales while a lesson is recorded, and a camera that never lets go."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import monitors
from tests.chaos import CHAOS
from tests.program import LONGEST_S, environment, seconds_recorded

TWO_SCREENS = {
    "screens": [
        {"name": "laptop", "x": 0, "y": 0, "width": 1366, "height": 768, "dpr": 1, "logicalDpi": 96},
        {"name": "projector", "x": 1366, "y": 0, "width": 2560, "height": 1440, "dpr": 1, "logicalDpi": 96},
    ]
}
# Qt's own scaling: of the offscreen screens' "dpr" a window keeps that of its first screen.
SCALES = "laptop=1;projector=2"

# Records the demo classroom while its window goes from screen to screen, is presented and minimised.
MOVING = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from desktop import app, early
from desktop.assembly import quiet_opencv
from desktop.paths import DataDir
from desktop.ui.main_window import MainWindow

class Moved(MainWindow):
    def begin(self, *parts):
        super().begin(*parts)
        self.turn = 0
        self.ratios = set()
        self.timer = QTimer(self, interval=150)
        self.timer.timeout.connect(self.move_on)
        self.timer.start()

    def move_on(self):
        self.turn += 1
        screens = QGuiApplication.screens()
        turns = {
            1: lambda: self.windowHandle().setScreen(screens[-1]),
            2: lambda: self.commands.present.setChecked(True),
            3: lambda: self.windowHandle().setScreen(screens[0]),
            4: lambda: self.commands.present.setChecked(False),
            5: self.showMinimized,
            6: self.showNormal,
            7: self.showMaximized,
        }
        turns.get(self.turn % 8, self.grab)()
        self.ratios.add(self.devicePixelRatioF())
        Path(sys.argv[1], "ratios").write_text(" ".join(map(str, sorted(self.ratios))))

early.MainWindow = Moved
quiet_opencv()
options = app.WindowOptions(
    DataDir(Path(sys.argv[1])), source="demo", record=True, run_seconds=3, detector="learned"
)
sys.exit(app.run_window(options))
"""

# Presents the lesson on a projector that is pulled out, plugged in again, and pulled out for good.
UNPLUGGED = """
import sys
from itertools import chain
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from desktop import app, early
from desktop.assembly import quiet_opencv
from desktop.paths import DataDir
from desktop.ui.main_window import MainWindow
from tests.monitors import Monitors

class Presented(MainWindow):
    def begin(self, *parts):
        super().begin(*parts)
        self.monitors = Monitors()
        presented = [self.plug_in, self.go_there, self.present, self.pull_out]
        maximized = [self.plug_in, self.leave, self.go_there, self.showMaximized, self.pull_out]
        self.turns = iter([*presented, *maximized, self.note])
        self.timer = QTimer(self, interval=400)
        self.timer.timeout.connect(lambda: next(self.turns, lambda: None)())
        self.timer.start()
        self.seen = []
        QGuiApplication.instance().screenAdded.connect(lambda screen: self.seen.append("+" + screen.name()))
        QGuiApplication.instance().screenRemoved.connect(lambda screen: self.seen.append("-" + screen.name()))

    def plug_in(self):
        self.monitors.plug_in("projector", 1920, 0, 1920, 1080)

    def go_there(self):
        projector = next((each for each in QGuiApplication.screens() if each.name() == "projector"), None)
        if projector is None:  # Qt has not heard of it yet
            self.turns = chain([self.go_there], self.turns)
            return
        self.windowHandle().setScreen(projector)
        self.move(projector.geometry().topLeft())

    def present(self):
        self.commands.present.setChecked(True)

    def leave(self):
        self.commands.present.setChecked(False)

    def pull_out(self):
        self.monitors.pull_out("projector")

    def note(self):
        names = [screen.name() for screen in QGuiApplication.screens()]
        Path(sys.argv[1], "seen").write_text(" ".join(self.seen + [str(self.screen().name() in names)]))

early.MainWindow = Presented
quiet_opencv()
options = app.WindowOptions(
    DataDir(Path(sys.argv[1])), source="demo", record=True, run_seconds=6, detector="learned"
)
sys.exit(app.run_window(options))
"""

# A camera whose driver never returns from a read after its third picture.
HANGING = """
import sys, threading, time
from pathlib import Path
from desktop import app
from desktop.assembly import quiet_opencv
from desktop.capture.clock import now
from desktop.capture.demo import DemoSource
from desktop.capture.frame import Frame, SourceInfo
from desktop.paths import DataDir
from desktop.workers import source_keeper

class Hanging:
    info = SourceInfo("Webcam", "camera", True, 30.0, (320, 180), None, "camera:hanging")
    room = DemoSource(width=320, height=180)
    count = 0
    def read(self):
        self.count += 1
        if self.count > 3:
            threading.Event().wait()
        return Frame(self.count, now(), self.room.render(self.count))
    def close(self):
        pass

source_keeper.LAST_WAIT_MS = 200
app.open_source = lambda *_, **__: Hanging()
quiet_opencv()
options = app.WindowOptions(
    DataDir(Path(sys.argv[1])), source="0", record=True, run_seconds=2, accept_notice=True, detector="learned"
)
sys.exit(app.run_window(options))
"""


def test_the_window_goes_from_screen_to_screen_in_mid_lesson(tmp_path: Path) -> None:
    screens = tmp_path / "screens.json"
    screens.write_text(json.dumps(TWO_SCREENS))
    platform = f"offscreen:configfile={screens}"
    ended = _run(MOVING, tmp_path, QT_QPA_PLATFORM=platform, QT_SCREEN_SCALE_FACTORS=SCALES)
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr
    assert (tmp_path / "data" / "ratios").read_text() == "1.0 2.0"
    assert seconds_recorded(tmp_path / "data" / "classmood.db") >= 2


@CHAOS
@pytest.mark.parametrize("scale", ["0.5", "0.75", "1.25", "1.5", "2", "3.7"])
def test_every_scale_of_the_display_shows_the_lesson(tmp_path: Path, scale: str) -> None:
    ended = _run(MOVING, tmp_path, QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR=scale)
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr
    assert seconds_recorded(tmp_path / "data" / "classmood.db") >= 2


@CHAOS
@pytest.mark.skipif(bool(monitors.missing()), reason=monitors.missing())
def test_a_projector_that_is_pulled_out_takes_nothing_along(tmp_path: Path) -> None:
    with monitors.x_server() as display:
        ended = _run(UNPLUGGED, tmp_path, QT_QPA_PLATFORM="xcb", DISPLAY=display)
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr
    seen = (tmp_path / "data" / "seen").read_text()
    assert seen == "+projector -projector +projector -projector True"
    assert seconds_recorded(tmp_path / "data" / "classmood.db") >= 4


def test_a_driver_that_never_returns_does_not_keep_the_program_or_the_lesson(tmp_path: Path) -> None:
    ended = _run(HANGING, tmp_path, QT_QPA_PLATFORM="offscreen")
    assert ended.returncode == 0, ended.stderr
    assert "Destroyed while thread" not in ended.stderr
    assert seconds_recorded(tmp_path / "data" / "classmood.db") >= 1


def _run(script: str, home: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-c", script, str(home / "data")],
        env=environment(home, **changed),
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
