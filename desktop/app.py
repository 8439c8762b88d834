"""The composition root of the window: builds every object once and hands it down."""

import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from sqlalchemy import URL

from desktop import alert, memory
from desktop.assembly import build_pipeline
from desktop.capture.cameras import Camera, list_cameras
from desktop.capture.frame import Source
from desktop.capture.pacing import PacedSource
from desktop.capture.sources import open_source
from desktop.crash import CrashGuard, CrashReport
from desktop.crash_file import CrashFile
from desktop.early import EarlyWindow
from desktop.emotion_model import EmotionModels, with_model
from desktop.instance import Instance
from desktop.logs import Redaction, log_file, log_to_file
from desktop.opening import with_database
from desktop.paths import DataDir
from desktop.pipeline import Pipeline
from desktop.screen import require_display
from desktop.self_check import find_test_faces
from desktop.settings import Settings, load_settings
from desktop.store import (
    Claims,
    HandoverStore,
    SessionStore,
    Waiting,
    recording_store_for,
    store_for,
    waiting_store_for,
)
from desktop.ui.crash_dialog import CrashNotifier
from desktop.ui.garbage import GarbageCollection
from desktop.ui.look import read_look
from desktop.ui.main_window import MainWindow
from desktop.ui.parts import make_window_parts
from desktop.workers.engine import Engine
from desktop.workers.library import Shelves
from desktop.workers.settings_writer import SettingsWriter
from models.errors import Sentence

log = logging.getLogger(__name__)

SOURCE_PATIENCE_MS = (
    15_000  # --record without a picture for so long starts anyway: the gap is part of the lesson
)

SETTLED_MS = 5_000  # by then libraries and models are loaded, and the first pictures were read
TIDY_MS = 60_000


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """What the command line asked of the window; None means: as in the settings."""

    data_dir: DataDir
    source: str | None = None
    loop: bool = False
    record: bool = False
    run_seconds: float | None = None
    fullscreen: bool = False
    accept_notice: bool = False
    detector: str | None = None
    model: str | None = None
    database: str | None = None

    @property
    def plain(self) -> bool:
        """Whether nothing was asked for but the window itself, as by a second click on the icon."""
        asked = (self.source, self.run_seconds, self.detector, self.database)
        return not (any(asked) or self.loop or self.record or self.fullscreen)


@dataclass(frozen=True, slots=True)
class LiveParts:
    """What the engine is composed of: real cameras, real networks, the user's database."""

    data_dir: DataDir
    loop: bool
    claims: Claims
    redact: Redaction
    emotion_models: EmotionModels

    def open_source(self, spec: str, identity: str, settings: Settings) -> Source:
        """Open the source, paced like a camera if nothing else paces it."""
        if spec != "demo":
            self.redact.hide(spec, Path(spec).name)  # a file may be named after a class
        camera = settings.camera
        source = open_source(
            identity or spec, width=camera.width, height=camera.height, loop=self.loop, mirror=camera.mirror
        )
        return source if source.info.live else PacedSource(source)

    def build_pipeline(self, settings: Settings) -> Pipeline:
        """Load detector and classifier."""
        return build_pipeline(
            settings.analysis,
            self.data_dir.models,
            live=True,
            model=settings.model,
            emotion_models=self.emotion_models,
        )

    def open_store(
        self, settings: Settings, on_waiting: Callable[[Waiting], None]
    ) -> SessionStore | HandoverStore:
        """Open the database that the settings name; a server's sessions wait in a file while it is away."""

        def on_change(waiting: Waiting) -> None:
            log.info("%s", waiting)
            on_waiting(waiting)

        return recording_store_for(settings, self.data_dir, on_change)

    def open_file(self, file: Path) -> SessionStore:
        """Open a database in a file that the user chose."""
        return SessionStore(URL.create("sqlite", database=str(file)))

    def find_cameras(self) -> list[Camera]:
        """List the cameras of this computer."""
        return list_cameras()

    def model_name(self, settings: Settings) -> str:
        """Return name and version of the classifier."""
        return self.emotion_models.name(settings.model)


def run_window(options: WindowOptions, early: EarlyWindow | None = None) -> int:
    """Bring the window to life that may be shown already, until it is closed; return the exit code.

    Raises StartError, SettingsError and DataDirError; then no window is on the screen.
    """
    require_display()
    early = early or EarlyWindow(read_look(options.data_dir.settings))
    with early.hidden_on_error():
        return _run_window(options, early)


def _run_window(options: WindowOptions, early: EarlyWindow) -> int:
    options.data_dir.create()
    redact = Redaction()
    log_to_file(options.data_dir.logs, redact)
    early.held.tell_log()
    stored = load_settings(options.data_dir.settings)
    settings = _with_options(stored, options)

    instance = Instance(options.data_dir.root)
    if not instance.claim() and options.plain and instance.call_first():
        log.info("started again: the window that is open was brought to the front")
        if sys.stdout is not None:  # a bundle without a console has none
            sys.stdout.write("Classmood is open already; its window was brought to the front.\n")
        return 0
    if early.window.closed:
        instance.release()
        return 0
    claims = Claims(options.data_dir.root)
    emotion_models = EmotionModels(options.data_dir.models)
    engine = Engine(LiveParts(options.data_dir, options.loop, claims, redact, emotion_models), settings)

    def shelves(settings: Settings) -> Shelves:
        return Shelves(store_for(settings, options.data_dir), waiting_store_for(settings, options.data_dir))

    def count_test_faces() -> int:
        models = options.data_dir.models
        return find_test_faces(lambda: build_pipeline(window.settings.analysis, models, live=False))

    parts = make_window_parts(early.appearance, options.data_dir, shelves, settings, claims, count_test_faces)
    window = early.window
    window.begin(engine, settings, parts)

    def recording() -> bool:
        return engine.session.phase != "idle"

    crashes = CrashFile(options.data_dir.logs)
    run = _Run(early.app, engine, window, options, stored)
    guard = run.watch(redact, CrashNotifier(parts.icons, log_file(options.data_dir.logs), recording, window))
    early.held.tell_errors()
    run.tell_of(crashes.left_behind(), redact)
    crashes.open()
    instance.called.connect(run.come_to_front)
    try:
        code = run.execute()
    finally:
        instance.release()
        crashes.close()
        guard.uninstall()
    if engine.hangs:  # all is saved; Qt would abort at the sight of a thread that a driver does not let go
        logging.shutdown()
        os._exit(code)
    return code


class _Run:
    """One run of the program from the first picture to the exit code."""

    def __init__(
        self, app: QApplication, engine: Engine, window: MainWindow, options: WindowOptions, stored: Settings
    ) -> None:
        self._app = app
        self._engine = engine
        self._window = window
        self._options = options
        self._stored = stored  # without what only the command line said
        self._writer = SettingsWriter(options.data_dir.settings)
        self._exit_code = 0
        self._unattended = options.run_seconds is not None  # nobody is there to read the window
        self._time_is_over = False
        self._opening = False  # the notice is settled, a source is opened or was
        self._end = QTimer(singleShot=True, interval=round((options.run_seconds or 0) * 1000))
        self._end.timeout.connect(self._on_time_over)
        self._tidy = QTimer(interval=TIDY_MS)  # a lesson takes an hour
        self._tidy.timeout.connect(memory.give_back)
        self._waits_to_record = options.record
        self._refusal = ""  # what the store said last
        window.settings_changed.connect(self._on_settings_changed)
        window.notice_accepted.connect(self._on_notice_accepted)
        window.closed_for_good.connect(self._on_closed)
        engine.source_opened.connect(self._record_if_asked)
        engine.source_failed.connect(self._on_source_failed)
        engine.model_failed.connect(self._complain)
        engine.storage_failed.connect(self._on_storage_failed)

    def come_to_front(self) -> None:
        """Show the window to whoever started the program again."""
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        self._app.alert(window)  # where the system lets no program push itself forward

    def watch(self, redact: Redaction, notifier: CrashNotifier) -> CrashGuard:
        """Have errors that nobody expects logged without the lesson's words, and told."""

        def on_error(report: CrashReport) -> None:
            if self._unattended:
                self._complain(f"Something went wrong unexpectedly ({report.summary}).")
            else:
                notifier.report(report)

        notifier.close_requested.connect(self._on_close_requested)
        self._window.commands.present.toggled.connect(notifier.set_quiet)
        self._engine.session_changed.connect(lambda state: redact.hide(*astuple(state.details)))
        self._engine.session_changed.connect(lambda _: notifier.refresh())
        guard = CrashGuard(redact, on_error)
        guard.install()
        return guard

    def tell_of(self, crashes: list[str], redact: Redaction) -> None:
        """Tell of earlier runs that died inside a library."""
        for trace in crashes:
            log.error("an earlier run crashed:\n%s", trace)
        if crashes and not self._unattended:
            self._window.starting.tell_of_crash(redact("\n\n".join(crashes)))

    def execute(self) -> int:
        """Run the event loop; however it ends, the session is saved and no thread left running."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: QTimer.singleShot(0, self._window.close_without_asking))
        self._app.setQuitOnLastWindowClosed(False)
        if self._options.fullscreen:
            self._window.present()
        else:
            self._window.show()
        self._engine.start()
        QTimer.singleShot(0, self._open)
        garbage = GarbageCollection()
        garbage.start()
        try:
            self._app.exec()
        finally:
            self._window.shut_down()
            self._writer.shut_down()
            garbage.stop()
        return self._exit_code

    def _open(self) -> None:
        options = self._options
        source = self._stored.camera.source if options.source is None else options.source
        if self._unattended:
            self._end.start()  # before the notice: nobody may be there to answer it
        if not self._window.open_source(source):  # the notice was declined
            if self._time_is_over:
                self._complain(
                    "Nobody accepted the notice that is shown at the first start. Start once without "
                    "--run-seconds and read it, or add --accept-notice."
                )
            self._window.close_without_asking()
            return
        self._opening = True
        QTimer.singleShot(SETTLED_MS, memory.give_back)
        self._tidy.start()
        self._engine.find_cameras()
        if not (options.record or self._unattended):
            self._window.starting.look_for_interrupted()
        if options.record:
            QTimer.singleShot(SOURCE_PATIENCE_MS, self._record_if_asked)

    def _on_notice_accepted(self) -> None:
        """Let a first start be followed by the self-check, where somebody looks at the window."""
        if not (self._unattended or self._options.record or self._options.fullscreen):
            QTimer.singleShot(0, self._window.check_self)

    def _on_close_requested(self) -> None:
        """Close after an error; whatever is broken by then, the program ends."""
        try:
            self._window.close_without_asking()
        finally:
            self._app.quit()

    def _on_time_over(self) -> None:
        if self._waits_to_record and self._opening:
            return  # a slow source takes nothing from the session: its time begins with it
        self._time_is_over = True
        self._window.close_without_asking()

    def _record_if_asked(self) -> None:
        if self._waits_to_record:
            self._waits_to_record = False
            self._window.start_session()
            if self._unattended:
                self._end.start()

    def _on_source_failed(self, message: Sentence) -> None:
        self._complain(message)
        if self._unattended:
            self._window.close_without_asking()

    def _complain(self, message: Sentence | str) -> None:
        """Log what the window says; where nobody reads the window, say it on stderr and end with 1."""
        log.warning("%s", message)
        if self._unattended:
            alert.say(str(message))
            self._exit_code = 1

    def _on_storage_failed(self, message: Sentence) -> None:
        self._refusal = str(message)

    def _on_settings_changed(self, settings: Settings) -> None:
        """Save what the user changed; what only the command line said for this run stays out of the file."""
        if self._options.accept_notice and not self._stored.notice_accepted:
            settings = settings.model_copy(update={"notice_accepted": False})
        if self._options.detector is not None and settings.analysis.detector == self._options.detector:
            analysis = settings.analysis.model_copy(update={"detector": self._stored.analysis.detector})
            settings = settings.model_copy(update={"analysis": analysis})
        if self._options.model is not None and settings.model.name == self._options.model:
            model = settings.model.model_copy(update={"name": self._stored.model.name})
            settings = settings.model_copy(update={"model": model})
        if self._options.database is not None and settings.storage.database == self._options.database:
            settings = with_database(settings, self._stored.storage.database)
        self._stored = settings
        self._writer.save(self._window, settings, self._window.show_problem)

    def _on_closed(self, unsaved: int) -> None:
        if unsaved:
            alert.say(f"The session was not saved to its end. {self._refusal}")
            self._exit_code = 1
        self._app.quit()


def _with_options(settings: Settings, options: WindowOptions) -> Settings:
    changed = settings.model_copy(deep=True)
    if options.accept_notice:
        changed.notice_accepted = True
    if options.detector is not None:
        changed.analysis.detector = options.detector  # type: ignore[assignment]  # validated on assignment
    return with_model(with_database(changed, options.database), options.model)
