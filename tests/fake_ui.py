"""A main window on a fake engine, with the questions answered by the test."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.paths import ASSETS
from desktop.settings import Settings
from desktop.ui.icons import Icons
from desktop.ui.language import LanguageController
from desktop.ui.main_window import MainWindow
from desktop.ui.parts import WindowParts
from desktop.ui.theme import ThemeController
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

    def _note(self, question: str, parent: QWidget) -> None:
        assert parent.isWindow()  # a dialog belongs to its window
        self.asked.append(question)


class Desk:
    """The window and everything around it."""

    def __init__(self, qtbot: QtBot | None, settings: Settings | None = None) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if settings is None:
            settings = Settings(notice_accepted=True)
            settings.view.language, settings.view.theme = "en", "light"
        self.engine = FakeEngine()
        self.prompts = FakePrompts()
        self.themes = ThemeController(app, ASSETS)
        self.languages = LanguageController(app, ASSETS / "translations")
        self.parts = WindowParts(
            Icons(ASSETS / "icons"), self.themes, self.languages, self.prompts, Path("data")
        )
        self.window = MainWindow(self.engine, settings, self.parts)
        self.changes: list[Settings] = []
        self.window.settings_changed.connect(self.changes.append)
        languages = self.languages
        if qtbot is not None:
            qtbot.addWidget(self.window, before_close_func=lambda _: languages.apply("en"))

    def show(self, qtbot: QtBot) -> None:
        """Show the window and wait until it is there."""
        with qtbot.waitExposed(self.window):
            self.window.show()

    def open_camera(self) -> None:
        """Open a camera that answers at once."""
        self.window.open_source("0")
        self.engine.source_opened.emit(CAMERA_INFO)
