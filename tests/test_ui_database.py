"""Another database in the settings: used at once, refused while a session is recorded."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from desktop.settings import Settings
from desktop.statistics import SessionDetails
from desktop.store import SessionStore
from desktop.ui.history_window import HistoryWindow
from desktop.ui.settings_dialog import SettingsDialog
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    settings = Settings(notice_accepted=True)
    settings.view.language, settings.view.theme = "en", "light"
    return Desk(qtbot, settings, tmp_path)


def use(desk: Desk, address: str) -> None:
    """Type an address in the settings and press OK."""
    desk.window.commands.settings.trigger()
    dialog = desk.window.findChild(SettingsDialog)
    assert dialog is not None
    dialog.storage.database.setText(address)
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()


def test_another_database_is_read_and_written_at_once(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'school.db'}"
    other = SessionStore(address)
    record = other.create(SessionDetails("School"), datetime(2026, 11, 2, 9, tzinfo=UTC), "m", "demo")
    other.finish(record.id, datetime(2026, 11, 2, 10, tzinfo=UTC))
    other.close()
    desk.window.commands.history.trigger()
    history = desk.window.findChild(HistoryWindow)
    assert history is not None
    use(desk, address)
    qtbot.waitUntil(lambda: history.shown.rowCount() == 1)
    assert history.shown.record(0).details.course == "School"
    banners = desk.window.workspace.banners
    qtbot.waitUntil(lambda: "Sessions are kept in" in banners.text("database"))
    assert "school.db" in banners.text("database")
    applied = [call[1] for call in desk.engine.calls if call[0] == "apply_settings"]
    assert [settings.storage.database for settings in applied if isinstance(settings, Settings)] == [address]


def test_a_database_that_can_not_be_used_is_said_at_once(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear headmaster, " * 100)
    use(desk, f"sqlite:///{file}")
    qtbot.waitUntil(lambda: "not a database" in desk.window.workspace.banners.text("database"))


def test_the_database_stays_while_a_session_is_recorded_or_not_saved_yet(desk: Desk, tmp_path: Path) -> None:
    desk.open_camera()
    desk.engine.start_session(SessionDetails("Physics"))
    desk.window.commands.settings.trigger()
    dialog = desk.window.findChild(SettingsDialog)
    assert dialog is not None
    assert not dialog.storage.database.isEnabled()
    dialog.reject()
    desk.engine.stop_session()
    desk.engine.unsaved = 3
    changed = desk.window.settings
    changed.storage.database = f"sqlite:///{tmp_path / 'school.db'}"
    desk.window.preferences.use(changed)
    assert desk.window.settings.storage.database == ""
    assert "stays the same" in desk.window.workspace.banners.text("database")
