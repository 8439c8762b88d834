"""A main window on a fake engine, with the questions answered by the test."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from PySide6.QtGui import QAction
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.exports import Format
from desktop.paths import ASSETS, DataDir
from desktop.settings import Settings
from desktop.store import Claims, SessionStore, store_for
from desktop.ui.icons import Icons
from desktop.ui.language import LanguageController
from desktop.ui.look import Look
from desktop.ui.main_window import MainWindow
from desktop.ui.parts import WindowParts
from desktop.ui.theme import ThemeController
from desktop.workers.errands import Errands
from desktop.workers.library import Library, Shelves
from models.downloads import DownloadableModel
from models.errors import ModelError
from tests.fake_engine import CAMERA_INFO, FakeEngine

# What Qt's off-screen platform says of every window; nothing that a user would see.
OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@dataclass
class FakePrompts:
    """Gives the answers that a test wrote down, and counts the questions."""

    notice: bool = True
    close: bool = True
    path: Path | None = None
    address: str | None = None
    delete: bool = True
    export: tuple[Path, Format] | None = None
    unsaved: Literal["elsewhere", "give up", "stay"] = "give up"
    changes: Literal["save", "discard", "stay"] = "discard"
    paper: QPrinter | None = None
    asked: list[str] = field(default_factory=list)

    def accept_notice(self, parent: QWidget) -> bool:
        self._note("notice", parent)
        return self.notice

    def close_during_session(self, parent: QWidget) -> bool:
        self._note("close", parent)
        return self.close

    def file(self, parent: QWidget) -> Path | None:
        self._note("file", parent)
        return self.path

    def folder(self, parent: QWidget) -> Path | None:
        self._note("folder", parent)
        return self.path

    def stream_address(self, parent: QWidget) -> str | None:
        self._note("stream", parent)
        return self.address

    def delete_sessions(self, parent: QWidget, count: int) -> bool:
        self._note(f"delete {count}", parent)
        return self.delete

    def export_target(self, parent: QWidget) -> tuple[Path, Format] | None:
        self._note("export", parent)
        return self.export

    def delete_everything(self, parent: QWidget) -> bool:
        self._note("delete everything", parent)
        return self.delete

    def close_unsaved(self, parent: QWidget) -> Literal["elsewhere", "give up", "stay"]:
        self._note("unsaved", parent)
        return self.unsaved

    def elsewhere(self, parent: QWidget) -> Path | None:
        self._note("elsewhere", parent)
        return self.path

    def sessions_file(self, parent: QWidget) -> Path | None:
        self._note("import", parent)
        return self.path

    def report_target(self, parent: QWidget, name: str) -> Path | None:
        self._note(f"report {name}", parent)
        return self.path

    def printer(self, parent: QWidget) -> QPrinter | None:
        self._note("printer", parent)
        return self.paper

    def save_changes(self, parent: QWidget) -> Literal["save", "discard", "stay"]:
        self._note("changes", parent)
        return self.changes

    def model_file(self, parent: QWidget) -> Path | None:
        self._note("model", parent)
        return self.path

    def _note(self, question: str, parent: QWidget) -> None:
        assert parent.isWindow()  # a dialog belongs to its window
        self.asked.append(question)


class Desk:
    """The window and everything around it."""

    def __init__(
        self, qtbot: QtBot | None, settings: Settings | None = None, data: Path | None = None
    ) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if settings is None:
            settings = Settings(notice_accepted=True)
            settings.view.language, settings.view.theme = "en", "light"
        self.engine = FakeEngine()
        self.fetch: Callable[[DownloadableModel, Path], Path] = lambda _, folder: folder
        self.prompts = FakePrompts()
        self.test_faces = 8
        self.themes = ThemeController(app, ASSETS)
        self.languages = LanguageController(app, ASSETS / "translations")
        folder = DataDir(data or Path("data"))
        self.store = store_for(settings, folder)
        self.waiting: SessionStore | None = None  # what waits for a server
        self._settings, self._folder = settings.model_copy(deep=True), folder
        self.parts = WindowParts(
            icons=Icons(ASSETS / "icons"),
            themes=self.themes,
            languages=self.languages,
            prompts=self.prompts,
            data_dir=folder,
            library=Library(lambda changed: Shelves(self._opened(changed), self.waiting), settings),
            claims=Claims(folder.root),
            count_test_faces=lambda: self.test_faces,
            downloads=Errands((ModelError,)),
            fetch_model=lambda *asked: self.fetch(*asked),  # noqa: PLW0108  # replaced by tests
        )
        look = Look(four=settings.analysis.emotions == 4)
        self.window = MainWindow(self.parts.icons, look)
        self.window.begin(self.engine, settings, self.parts)
        self.changes: list[Settings] = []
        self.window.settings_changed.connect(self.changes.append)
        languages = self.languages
        if qtbot is not None:
            qtbot.addWidget(self.window, before_close_func=lambda _: self._end(languages))

    def _opened(self, settings: Settings) -> SessionStore:
        """Return the store of the settings that the desk began with, or another."""
        return self.store if settings.storage == self._settings.storage else store_for(settings, self._folder)

    def _end(self, languages: LanguageController) -> None:
        languages.apply("en")
        self.window.close_without_asking()
        self.store.close()

    def show(self, qtbot: QtBot) -> None:
        """Show the window and wait until it is there."""
        with qtbot.waitExposed(self.window):
            self.window.show()

    def press(self, action: QAction) -> None:
        """Do what the action's key does."""
        assert action.isEnabled()
        action.trigger()

    def open_camera(self) -> None:
        """Open a camera that answers at once."""
        self.window.open_source("0")
        self.engine.source_opened.emit(CAMERA_INFO)
