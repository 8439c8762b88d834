"""Presentation mode: nothing but the picture and large shares, and back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.fake_engine import make_interval
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_presentation_leaves_only_the_picture_and_large_shares(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    window, workspace = desk.window, desk.window.workspace
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    assert workspace.stage.strip.isVisible()
    for part in (window.header, workspace.session, workspace.mood, workspace.status):
        assert not part.isVisible()
    desk.engine.storage_failed.emit("The disk is full.")
    assert not workspace.banners.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.header.isVisible()
    assert workspace.session.isVisible()
    assert workspace.banners.isVisible()
    assert not workspace.stage.strip.isVisible()


def test_no_dialog_opens_during_a_presentation(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.window.present()
    for action in desk.window.commands.asking():
        assert not action.isEnabled()
    desk.window.commands.present.setChecked(False)
    for action in desk.window.commands.asking():
        assert action.isEnabled()


def test_a_resting_cursor_hides_in_a_presentation_and_comes_back(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.window.present()
    stage = desk.window.workspace.stage
    stage.cursor_timer.timeout.emit()
    assert stage.cursor().shape() == Qt.CursorShape.BlankCursor
    QTest.mouseMove(stage.view, QPoint(20, 20))
    QTest.mouseMove(stage.view, QPoint(60, 60))
    qtbot.waitUntil(lambda: stage.cursor().shape() != Qt.CursorShape.BlankCursor)
    desk.window.commands.leave.trigger()
    assert stage.cursor().shape() != Qt.CursorShape.BlankCursor


def test_the_strip_is_painted_with_and_without_faces(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    desk.window.present()
    desk.engine.interval_ready.emit(make_interval(0))
    first = desk.window.workspace.stage.strip.grab().toImage()
    desk.engine.interval_ready.emit(make_interval(1, None))
    assert desk.window.workspace.stage.strip.grab().toImage() != first
