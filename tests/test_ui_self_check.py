"""The self-check's window: what a teacher sees at the first start, and that it holds nothing up."""

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import WindowOptions, _Run
from desktop.capture.frame import SourceInfo
from desktop.paths import DataDir
from desktop.settings import Settings
from desktop.ui.self_check_dialog import SelfCheckDialog
from models.errors import said
from tests.fake_engine import make_face, make_result
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN

DEMO = SourceInfo("Demo classroom", "demo", live=False, fps=25.0, size=(1280, 720), frame_count=None)
BOX = (400.0, 200.0, 600.0, 460.0)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.ui.self_check_dialog.LOOK_EVERY_MS", 10)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, data=tmp_path)


def opened(desk: Desk, qtbot: QtBot) -> SelfCheckDialog:
    """Open the self-check from the menu and wait until test face and storage are known."""
    desk.show(qtbot)
    desk.window.commands.self_check.trigger()
    dialog = desk.window.findChild(SelfCheckDialog)
    assert isinstance(dialog, SelfCheckDialog)
    qtbot.waitUntil(lambda: levels(dialog)["face"] != "wait" and levels(dialog)["storage"] != "wait")
    return dialog


def levels(dialog: SelfCheckDialog) -> dict[str, str]:
    return {name: row.level for name, row in dialog.rows.items()}


def give(
    desk: Desk, dialog: SelfCheckDialog, qtbot: QtBot, *boxes: tuple[float, ...], colour: int = 130
) -> None:
    """Let a picture arrive and wait until it was judged."""
    faces = [make_face(number, box, "happy") for number, box in enumerate(boxes)]  # type: ignore[arg-type]
    dialog._light = None
    desk.engine.give(make_result(*faces, colour=colour))
    qtbot.waitUntil(lambda: dialog._light is not None)


def test_a_good_camera_gets_four_ticks(desk: Desk, qtbot: QtBot) -> None:
    desk.open_camera()
    dialog = opened(desk, qtbot)
    assert dialog.done_button.text() == "Skip"
    give(desk, dialog, qtbot, BOX)
    assert set(levels(dialog).values()) == {"ok"}
    assert "HD Webcam" in dialog.rows["camera"].finding.text()
    assert "260 pixels" in dialog.rows["face"].finding.text()
    assert dialog.done_button.text() == "Done"


def test_what_is_wrong_comes_with_what_to_do_and_is_gone_once_it_is_done(desk: Desk, qtbot: QtBot) -> None:
    desk.open_camera()
    dialog = opened(desk, qtbot)
    give(desk, dialog, qtbot, (400.0, 200.0, 420.0, 222.0), colour=25)
    assert (levels(dialog)["light"], levels(dialog)["face"]) == ("warn", "warn")
    assert "light on" in dialog.rows["light"].advice.text()
    assert "closer" in dialog.rows["face"].advice.text()
    give(desk, dialog, qtbot)
    assert "No face" in dialog.rows["face"].finding.text()
    give(desk, dialog, qtbot, BOX)
    assert set(levels(dialog).values()) == {"ok"}
    assert dialog.rows["light"].advice.isHidden()


def test_without_a_camera_a_test_picture_shows_that_faces_are_found(desk: Desk, qtbot: QtBot) -> None:
    desk.window.open_source("demo")
    desk.engine.source_opened.emit(DEMO)
    dialog = opened(desk, qtbot)
    desk.engine.give(make_result(make_face(1, BOX, "happy")))
    assert levels(dialog) == {"camera": "warn", "light": "skip", "face": "ok", "storage": "ok"}
    assert "8 faces" in dialog.rows["face"].finding.text()


def test_a_search_that_finds_nothing_is_said(desk: Desk, qtbot: QtBot) -> None:
    desk.test_faces = 0
    desk.open_camera()
    dialog = opened(desk, qtbot)
    assert levels(dialog)["face"] == "fail"
    assert "settings" in dialog.rows["face"].advice.text()


def test_a_camera_that_does_not_open_says_why(desk: Desk, qtbot: QtBot) -> None:
    desk.window.open_source("0")
    dialog = opened(desk, qtbot)
    desk.engine.source_failed.emit(said("Another program uses the camera."))
    assert levels(dialog)["camera"] == "fail"
    assert "Another program" in dialog.rows["camera"].finding.text()
    desk.open_camera()
    assert levels(dialog)["camera"] == "wait"


def test_a_camera_without_a_picture_is_not_waited_for_for_ever(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.ui.self_check_dialog.PATIENCE_MS", 20)
    desk.open_camera()
    dialog = opened(desk, qtbot)
    qtbot.waitUntil(lambda: levels(dialog)["camera"] == "fail")
    assert dialog.done_button.text() == "Done"


def test_a_database_that_can_not_be_used_is_said(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "classmood.db").write_text("this is no database, whatever its name says")
    dialog = opened(desk, qtbot)
    qtbot.waitUntil(lambda: levels(dialog)["storage"] == "fail")


def test_a_slow_check_does_not_hold_the_window_up(desk: Desk, qtbot: QtBot) -> None:
    release = threading.Event()

    def slow() -> int:
        release.wait(10)
        return 8

    object.__setattr__(desk.parts, "count_test_faces", slow)
    desk.show(qtbot)
    desk.window.check_self()
    dialog = desk.window.findChild(SelfCheckDialog)
    assert isinstance(dialog, SelfCheckDialog)
    qtbot.waitUntil(lambda: levels(dialog)["storage"] == "ok")  # the window lives meanwhile
    assert levels(dialog)["face"] == "wait"
    dialog.done_button.click()
    release.set()
    qtbot.waitUntil(lambda: desk.window.findChild(SelfCheckDialog) is None)


def test_a_closed_check_keeps_no_picture_and_asks_for_none(desk: Desk, qtbot: QtBot) -> None:
    desk.open_camera()
    dialog = opened(desk, qtbot)
    desk.engine.give(make_result(make_face(1, BOX, "happy")))
    dialog.done_button.click()
    assert dialog._newest is None
    assert not dialog._timer.isActive()


def test_it_is_opened_once_and_speaks_the_language(desk: Desk, qtbot: QtBot) -> None:
    dialog = opened(desk, qtbot)
    desk.window.check_self()
    assert len(desk.window.findChildren(SelfCheckDialog)) == 1
    desk.engine.source_opened.emit(DEMO)
    desk.languages.apply("uk")
    qtbot.waitUntil(lambda: dialog.rows["light"].title.text() == "Світло")
    named = (
        desk.window.header.source_button.text(),
        desk.window.workspace.status.source_label.text(),
        dialog.rows["camera"].finding.text(),
    )
    assert all("Демонстраційний клас" in text for text in named)


@pytest.mark.parametrize(
    ("options", "checked"),
    [({}, True), ({"record": True}, False), ({"run_seconds": 60.0}, False), ({"fullscreen": True}, False)],
)
def test_the_first_start_is_followed_by_the_check_where_somebody_looks(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, options: dict[str, Any], checked: bool
) -> None:
    desk = Desk(qtbot, Settings(), tmp_path)
    wanted = WindowOptions(DataDir(tmp_path), **options)
    run = _Run(qapp, desk.engine, desk.window, wanted, Settings())
    assert desk.window.open_source("0")  # the notice is accepted
    QCoreApplication.processEvents()
    dialog = desk.window.findChild(SelfCheckDialog)
    assert isinstance(dialog, SelfCheckDialog) == checked
    if isinstance(dialog, SelfCheckDialog):
        dialog.done_button.click()
        desk.window.open_source("0")
        QCoreApplication.processEvents()
        assert not [each for each in desk.window.findChildren(SelfCheckDialog) if each.isVisible()]
    run._writer.shut_down()
