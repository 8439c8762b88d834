"""The window for everybody: names for screen readers, the order of Tab, keys, dialogs that leave nothing."""

import gc
import itertools

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_every_control_has_a_name_for_screen_readers(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.engine.source_failed.emit("No camera.")
    nameless = [
        widget
        for kind in (QAbstractButton, QLineEdit, QComboBox)
        for widget in desk.window.findChildren(kind)
        if widget.isVisible() and not spoken(widget)
    ]
    assert nameless == []


def test_tab_reaches_the_fields_and_the_start_button_in_reading_order(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    card = desk.window.workspace.session
    wanted = [*card.fields.values(), card.start_button]
    card.fields["course"].setFocus()
    for widget, following in itertools.pairwise(wanted):
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is following


def test_every_shortcut_is_used_once(desk: Desk) -> None:
    keys = [a.shortcut().toString() for a in desk.window.commands.all() if not a.shortcut().isEmpty()]
    assert len(keys) == len(set(keys)) >= 15


def test_the_shortcut_overview_names_every_key(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.press(desk.window.commands.shortcuts)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert all(a.shortcut().toString() in said for a in desk.window.commands.all())
    dialog.close()


def test_about_names_version_and_licence(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.press(desk.window.commands.about)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "0.1.0" in said
    assert "Affero" in said
    dialog.close()


def test_closed_dialogs_are_gone(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    for action in (desk.window.commands.shortcuts, desk.window.commands.about, desk.window.commands.settings):
        desk.press(action)
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        with qtbot.waitSignal(dialog.destroyed):
            dialog.close()
    assert desk.window.findChildren(QDialog) == []


def test_windows_do_not_pile_up(qtbot: QtBot) -> None:
    counts = []
    for _ in range(3):
        desk = Desk(None)
        desk.show(qtbot)
        desk.window.close()
        desk.window.deleteLater()
        del desk
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        counts.append(len(QApplication.allWidgets()))
    assert counts[2] <= counts[0]


def spoken(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""
