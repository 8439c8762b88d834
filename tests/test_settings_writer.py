"""What the user changed in the window reaches the settings file, however slow or full the disk is."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import WindowOptions, _Run
from desktop.paths import DataDir, write_private
from desktop.settings import load_settings
from desktop.workers.settings_writer import SettingsWriter
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    """The window of a run that saves what is changed in it."""
    desk = Desk(qtbot, data=tmp_path)
    run = _Run(qapp, desk.engine, desk.window, WindowOptions(DataDir(tmp_path)), desk.window.settings)
    desk.show(qtbot)
    yield desk
    run._writer.shut_down()


def quiet(folder: Path) -> bool:
    file = DataDir(folder).settings
    return file.exists() and load_settings(file).analysis.quiet


def test_a_slow_disk_does_not_hold_up_the_window(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = threading.Event()

    def write_slowly(path: Path, data: bytes) -> None:
        assert written.wait(10)
        write_private(path, data)

    monkeypatch.setattr("desktop.settings.write_private", write_slowly)
    desk.press(desk.window.commands.quiet)
    assert not quiet(tmp_path)
    written.set()
    qtbot.waitUntil(lambda: quiet(tmp_path))


def test_what_can_not_be_saved_is_said_in_the_window(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    DataDir(tmp_path).settings.mkdir()
    desk.press(desk.window.commands.quiet)
    banners = desk.window.workspace.banners
    qtbot.waitUntil(lambda: "settings.toml" in banners.text("problem"))


def test_the_last_change_is_in_the_file_when_the_program_ends(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, data=tmp_path)
    writer = SettingsWriter(DataDir(tmp_path).settings)
    settings = desk.window.settings
    for emotions in (4, 7, 4, 7, 4):
        settings.analysis.emotions = emotions
        writer.save(desk.window, settings, desk.window.show_problem)
    settings.analysis.emotions = 7
    writer.shut_down()
    assert load_settings(DataDir(tmp_path).settings).analysis.emotions == 4
