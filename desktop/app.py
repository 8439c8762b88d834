"""The composition root of the window: builds every object once and hands it down."""

import logging
import logging.handlers
import os
import signal
import sys
from dataclasses import dataclass
from io import TextIOWrapper
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop import __version__
from desktop.assembly import build_pipeline, model_name
from desktop.capture.cameras import Camera, list_cameras
from desktop.capture.frame import Source
from desktop.capture.pacing import PacedSource
from desktop.capture.sources import open_source
from desktop.libraries import install_line, missing_libraries
from desktop.opening import with_database
from desktop.paths import ASSETS, DataDir
from desktop.pipeline import Pipeline
from desktop.settings import Settings, SettingsError, load_settings, save_settings
from desktop.store import Claims, HandoverStore, SessionStore, recording_store_for, store_for
from desktop.ui.garbage import GarbageCollection
from desktop.ui.main_window import MainWindow
from desktop.ui.parts import make_window_parts
from desktop.workers.engine import Engine
from models.errors import Sentence

log = logging.getLogger(__name__)

LOG_BYTES = 500_000
SOURCE_PATIENCE_MS = (
    15_000  # --record without a picture for so long starts anyway: the gap is part of the lesson
)


_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class StartError(Exception):
    """The window can not open; the text says why and what to do."""


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
    database: str | None = None


@dataclass(frozen=True, slots=True)
class LiveParts:
    """What the engine is composed of: real cameras, real networks, the user's database."""

    data_dir: DataDir
    loop: bool
    claims: Claims

    def open_source(self, spec: str, identity: str, settings: Settings) -> Source:
        """Open the source, paced like a camera if nothing else paces it."""
        camera = settings.camera
        source = open_source(
            identity or spec, width=camera.width, height=camera.height, loop=self.loop, mirror=camera.mirror
        )
        return source if source.info.live else PacedSource(source)

    def build_pipeline(self, settings: Settings) -> Pipeline:
        """Load detector and classifier."""
        return build_pipeline(settings.analysis, self.data_dir.models, live=True)

    def open_store(self, settings: Settings) -> SessionStore | HandoverStore:
        """Open the database that the settings name; a server's sessions wait in a file while it is away."""
        return recording_store_for(
            settings, self.data_dir, lambda words: log.info("database: %s", words or "ok")
        )

    def find_cameras(self) -> list[Camera]:
        """List the cameras of this computer."""
        return list_cameras()

    def model_name(self) -> str:
        """Return name and version of the shipped classifier."""
        return model_name()


def run_window(options: WindowOptions) -> int:
    """Show the window until it is closed; return the exit code.

    Raises StartError, SettingsError and DataDirError before anything is shown.
    """
    _require_display()
    options.data_dir.create()
    _log_to_file(options.data_dir)
    stored = load_settings(options.data_dir.settings)
    settings = _with_options(stored, options)

    app = _application()
    app.setApplicationName("classmood")
    app.setApplicationDisplayName("Classmood")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("classmood")
    claims = Claims(options.data_dir.root)
    engine = Engine(LiveParts(options.data_dir, options.loop, claims), settings)
    parts = make_window_parts(app, ASSETS, options.data_dir, lambda: store_for(settings, options.data_dir))
    window = MainWindow(engine, settings, parts)
    run = _Run(app, engine, window, options, stored)
    return run.execute()


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
        self._exit_code = 0
        self._unattended = options.run_seconds is not None  # nobody is there to read the window
        self._time_is_over = False
        self._opening = False  # the notice is settled, a source is opened or was
        self._end = QTimer(singleShot=True, interval=round((options.run_seconds or 0) * 1000))
        self._end.timeout.connect(self._on_time_over)
        self._waits_to_record = options.record
        self._refusal = ""  # what the store said last
        window.settings_changed.connect(self._on_settings_changed)
        window.closed_for_good.connect(self._on_closed)
        engine.source_opened.connect(self._record_if_asked)
        engine.source_failed.connect(self._on_source_failed)
        engine.model_failed.connect(self._complain)
        engine.storage_failed.connect(self._on_storage_failed)

    def execute(self) -> int:
        """Run the event loop."""
        sys.excepthook = _log_exception
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
        self._app.exec()
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
        self._engine.find_cameras()
        if options.record:
            QTimer.singleShot(SOURCE_PATIENCE_MS, self._record_if_asked)

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
            sys.stderr.write(f"classmood: {message}\n")
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
        if self._options.database is not None and settings.storage.database == self._options.database:
            settings = with_database(settings, self._stored.storage.database)
        try:
            save_settings(self._options.data_dir.settings, settings)
        except SettingsError as error:
            log.warning("settings not saved: %s", error)
            self._window.show_problem(error.sentence)
            return
        self._stored = settings

    def _on_closed(self, unsaved: int) -> None:
        if unsaved:
            sys.stderr.write(f"classmood: The session was not saved to its end. {self._refusal}\n")
            self._exit_code = 1
        self._app.quit()


def _application() -> QApplication:
    """Connect to the screen; where that fails Qt aborts, so its last words are turned into a sentence."""
    warnings: list[str] = []

    def explain(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind != QtMsgType.QtFatalMsg:
            warnings.append(text)
            return
        reason = (warnings or text.splitlines())[0].rstrip(".")
        missing = missing_libraries() if sys.platform.startswith("linux") else []
        remedy = install_line(missing) if missing else "without a window, use classmood analyze"
        sys.stderr.write(
            f"classmood: No window can be opened: {reason}. Start it from a desktop session; {remedy}.\n"
        )
        sys.stderr.flush()
        os._exit(1)  # Qt would abort with a core dump as soon as this returns

    qInstallMessageHandler(explain)
    app = QApplication(sys.argv[:1])
    qInstallMessageHandler(_log_qt_message)
    return app


def _log_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    log.log(_QT_LEVELS[kind], "Qt: %s", text)


def _with_options(settings: Settings, options: WindowOptions) -> Settings:
    changed = settings.model_copy(deep=True)
    if options.accept_notice:
        changed.notice_accepted = True
    if options.detector is not None:
        changed.analysis.detector = options.detector  # type: ignore[assignment]  # validated on assignment
    return with_database(changed, options.database)


def _require_display() -> None:
    """Qt aborts without a display; say so in words instead."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    ):
        raise StartError(
            "There is no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set). Start it "
            "from a desktop session; without a window, use classmood analyze."
        )


class _PrivateLog(logging.handlers.RotatingFileHandler):
    """A log that only its owner can read, also after it was rotated and in a folder that others may enter."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), self.encoding, self.errors)


def _log_to_file(data_dir: DataDir) -> None:
    handler = _PrivateLog(
        data_dir.logs / "classmood.log", maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def _log_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("uncaught error", exc_info=(kind, error, trace))
    sys.stderr.write("classmood: something went wrong unexpectedly. The log file has the details.\n")
