"""A monkey in the whole program: whatever is pressed during a lesson, nothing breaks or freezes."""

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QObject, QPoint, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.app import LiveParts
from desktop.capture.cameras import Camera
from desktop.capture.frame import CaptureError, Source
from desktop.emotion_model import EmotionModels
from desktop.logs import Redaction
from desktop.paths import DataDir
from desktop.segments import Marker
from desktop.settings import Settings
from desktop.statistics import SessionDetails
from desktop.store import Claims, store_for, waiting_store_for
from desktop.ui.appearance import make_appearance
from desktop.ui.garbage import GarbageCollection
from desktop.ui.look import Look
from desktop.ui.main_window import MainWindow
from desktop.ui.parts import make_window_parts
from desktop.workers.engine import Engine
from desktop.workers.library import Shelves
from desktop.workers.settings_writer import SettingsWriter
from models.downloads import DownloadableModel
from models.errors import ModelError
from tests.chaos import CHAOS
from tests.fake_engine import MIXED, make_interval
from tests.fake_ui import OFFSCREEN
from tests.loop_watch import Idler, LoopWatch
from tests.monkey import PAUSE_MS, Monkey

log = logging.getLogger(__name__)
SHRUNK = "occurs outside target window"  # under the monkey's mouse
pytestmark = pytest.mark.qt_log_ignore(*OFFSCREEN.args, SHRUNK, extend=True)
LONGEST_DELAY_S = 0.1
SCHEMES = ("file", "http", "https")
MEMORY = Path("/dev/shm")  # noqa: S108  # a disk in memory


class Parts(LiveParts):
    """The real parts, but the only camera shows the demo classroom and nothing is fetched from anywhere."""

    def open_source(self, spec: str, identity: str, settings: Settings) -> Source:
        if spec in {"", "0"} or spec.startswith("demo"):
            return super().open_source("demo", "", settings)
        if not Path(spec).is_relative_to(self.data_dir.root.parent):
            raise CaptureError("There is no camera {name}. Plug it in.", name=spec)
        return super().open_source(spec, identity, settings)

    def find_cameras(self) -> list[Camera]:
        return [Camera(0, "HD Webcam", "id:webcam", cv2.CAP_ANY)]


def refuse_to_fetch(_model: DownloadableModel, _folder: Path) -> Path:
    raise ModelError("The server can not be reached.")


class Browser(QObject):
    """Takes the addresses that the program would have opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@dataclass
class Program:
    """The whole program; started again when the monkey quits it."""

    folder: Path
    starts: int = 0
    recorded: int = 0  # steps with a session running
    ready: bool = False  # has recorded since it was started
    window: MainWindow | None = None
    engine: Engine | None = None
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        self.data = DataDir(self.folder / "data")
        self.data.create()
        self.files = self.folder / "files"
        self.files.mkdir()
        self._writer = SettingsWriter(self.data.settings)
        self.settings.camera.source = "demo"
        self.settings.camera.width, self.settings.camera.height = 640, 360
        self._store_lessons()
        for number in range(3):
            cv2.imwrite(str(self.files / f"{number}.png"), np.full((90, 160, 3), 80 * number, np.uint8))

    def work(self) -> None:
        """Before each step: have a program running, and a session in it."""
        if self.engine is None or self.window is None:
            self._start()
        elif self.engine.session.phase != "idle":
            self.recorded += 1
            self.ready = True
        else:
            self.window.start_session()

    def records(self) -> bool:
        """Have a session running; False while that takes time."""
        self.work()
        return self.ready

    def end(self) -> None:
        """Close what still runs."""
        if self.window is not None:
            self.window.close_without_asking()
        self._writer.shut_down()

    def _start(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.starts += 1
        self.ready = False
        settings = self.settings.model_copy(deep=True)
        claims, models = Claims(self.data.root), EmotionModels(self.data.models)
        self.engine = Engine(Parts(self.data, False, claims, Redaction(), models), settings)
        appearance = make_appearance(app)
        parts = make_window_parts(appearance, self.data, self._shelves, settings, claims, lambda: 8)
        parts = replace(parts, fetch_model=refuse_to_fetch)
        window = MainWindow(appearance.icons, Look())
        window.begin(self.engine, settings, parts)
        window.settings_changed.connect(
            lambda changed: self._writer.save(window, changed, window.show_problem)
        )
        window.closed_for_good.connect(self._on_closed)
        self.window = window
        window.show()
        self.engine.start()
        window.open_source(settings.camera.source)
        self.engine.find_cameras()

    def _shelves(self, settings: Settings) -> Shelves:
        return Shelves(store_for(settings, self.data), waiting_store_for(settings, self.data))

    def _on_closed(self, unsaved: int) -> None:
        assert not unsaved
        assert self.window is not None
        self.window.deleteLater()
        self.window = self.engine = None
        self.ready = False

    def _store_lessons(self) -> None:
        store = store_for(self.settings, self.data)
        for day in range(5):
            start = datetime(2026, 11, 2, 9, 0, tzinfo=UTC) + timedelta(days=day)
            record = store.create(SessionDetails(f"Physics {day}", "9a", "Ada"), start, "emotion 0.1", "demo")
            store.append_all(record.id, [make_interval(second, MIXED) for second in range(300)])
            store.set_markers(record.id, (Marker(0, "quiz"), Marker(150, "lecture")))
            if day:  # the first was interrupted
                store.finish(record.id, start + timedelta(seconds=300))
        store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is such: Qt's file dialog waits for the disk to note where it was."""
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir=MEMORY, prefix="classmood-") as name:
        yield Path(name)


@pytest.mark.parametrize(
    ("steps", "seed"), [(300, 1), *(pytest.param(2000, seed, marks=CHAOS) for seed in (2, 3, 4))]
)
def test_a_monkey_breaks_and_freezes_nothing(
    qtbot: QtBot,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    steps: int,
    seed: int,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    browser = Browser()
    for scheme in SCHEMES:
        QDesktopServices.setUrlHandler(scheme, browser, "take")  # type: ignore[arg-type]  # wrong stub
    program = Program(folder)
    monkey = Monkey(seed, program.files, program.work)
    watch = LoopWatch(lambda: monkey.doing if program.ready else "")
    garbage = GarbageCollection()
    garbage.start()
    idler = Idler()
    try:
        qtbot.waitUntil(program.records, timeout=60_000)
        with idler, qtbot.capture_exceptions() as errors:
            monkey.play(steps, lambda: bool(errors))
    finally:
        watch.stop()
        program.end()
        garbage.stop()
        for scheme in SCHEMES:
            QDesktopServices.unsetUrlHandler(scheme)
    log.info("%d starts, %d steps in a session", program.starts, program.recorded)
    pressed, left = sorted(monkey.curiosity.pressed), sorted(monkey.curiosity.left)
    log.info("%d things pressed: %s", len(pressed), pressed)
    log.info("%d things left: %s; %d beats", len(left), left, watch.beats)
    for delay in watch.longest[:20]:
        log.info("%s", delay)
    log.info("a program that does nothing: %.0f ms", idler.worst_s * 1000)
    assert not errors, f"{errors[0][1]!r} at {monkey.doing}"
    assert monkey.taken == steps
    assert program.recorded > steps / 2
    for delay in watch.longest:
        assert delay.computed_s < LONGEST_DELAY_S, delay
        assert delay.seconds < LONGEST_DELAY_S + idler.worst_s, delay


def test_a_freeze_would_be_seen(qtbot: QtBot) -> None:
    watch = LoopWatch(lambda: "sleeping")
    loop = QEventLoop()
    QTimer.singleShot(50, lambda: time.sleep(0.15))
    QTimer.singleShot(250, loop.quit)
    loop.exec()
    assert watch.longest[0].seconds > LONGEST_DELAY_S


def test_a_monkey_that_is_done_moves_no_more(qtbot: QtBot, tmp_path: Path) -> None:
    steps: list[int] = []
    monkey = Monkey(1, tmp_path, lambda: steps.append(monkey.taken))
    monkey.play(3, lambda: False)
    menu = QMenu()
    menu.addAction("Leave me open")
    qtbot.addWidget(menu)
    menu.popup(QPoint(0, 0))
    rested = QEventLoop()
    QTimer.singleShot(10 * PAUSE_MS, rested.quit)
    rested.exec()
    assert steps == [1, 2, 3]
    assert menu.isVisible()
