"""The questions that the window asks: what Enter, Esc and every button answer."""

from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.paths import ASSETS
from desktop.ui.icons import Icons
from desktop.ui.prompts import DialogPrompts
from tests.fake_ui import OFFSCREEN

pytestmark = OFFSCREEN
QUESTIONS: dict[str, Callable[[DialogPrompts, QWidget], object]] = {
    "close": DialogPrompts.close_during_session,
    "delete": lambda prompts, parent: prompts.delete_sessions(parent, 2),
    "unsaved": DialogPrompts.close_unsaved,
    "changes": DialogPrompts.save_changes,
}


def answered(question: str, act: Callable[[QMessageBox], None], parent: QWidget) -> object:
    """Ask a question, do something to its box, and return the answer."""

    def on_shown() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        act(box)

    prompts = DialogPrompts(Icons(ASSETS / "icons"))
    QTimer.singleShot(0, on_shown)
    return QUESTIONS[question](prompts, parent)


def pressing(text: str) -> Callable[[QMessageBox], None]:
    def press(box: QMessageBox) -> None:
        next(button for button in box.buttons() if button.text() == text).click()

    return press


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.mark.parametrize(
    ("question", "safe", "enter"),
    [
        ("close", False, False),
        ("delete", False, False),
        ("unsaved", "stay", "elsewhere"),
        ("changes", "stay", "save"),
    ],
)
def test_escape_changes_nothing_and_enter_loses_nothing(
    parent: QWidget, question: str, safe: object, enter: object
) -> None:
    assert answered(question, lambda box: QTest.keyClick(box, Qt.Key.Key_Escape), parent) == safe
    assert answered(question, lambda box: QTest.keyClick(box, Qt.Key.Key_Return), parent) == enter


@pytest.mark.parametrize(
    ("question", "safe"), [("close", False), ("delete", False), ("unsaved", "stay"), ("changes", "stay")]
)
def test_a_window_that_ends_behind_its_question_changes_nothing(
    qtbot: QtBot, question: str, safe: object
) -> None:
    window = QWidget()
    window.show()
    assert answered(question, lambda _: shiboken6.delete(window), window) == safe


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("close", "Save and close", True),
        ("delete", "Delete", True),
        ("unsaved", "Close all the same", "give up"),
        ("changes", "Discard", "discard"),
    ],
)
def test_every_other_answer_has_its_button(parent: QWidget, question: str, text: str, answer: object) -> None:
    assert answered(question, pressing(text), parent) == answer


def test_a_stream_is_asked_for_in_a_field_that_shows_its_address(parent: QWidget) -> None:
    address = "rtsp://teacher:secret@192.168.100.200:554/Streaming/Channels/101"

    def type_address(dialog: QInputDialog) -> None:
        (field,) = dialog.findChildren(QLineEdit)
        assert field.width() > field.fontMetrics().horizontalAdvance(address)
        assert "Open" in [button.text() for button in dialog.findChildren(QPushButton)]
        dialog.setTextValue(f" {address} ")

    def answer(act: Callable[[QInputDialog], None]) -> str | None:
        def on_shown() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QInputDialog)
            try:
                type_address(dialog)
            finally:
                act(dialog)

        QTimer.singleShot(0, on_shown)
        return DialogPrompts(Icons(ASSETS / "icons")).stream_address(parent)

    assert answer(QInputDialog.accept) == address
    assert answer(QInputDialog.reject) is None
