"""A report as the window shows it: nothing in its tables is torn apart."""

import pytest
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from desktop.ui.report_view import ReportView
from tests.fake_ui import OFFSCREEN, Desk
from tests.reports import demo_lesson, figures, page_of

pytestmark = OFFSCREEN


def torn(document: QTextDocument) -> list[str]:
    """Return the words that go on in the next line without a hyphen."""
    words = []
    block = document.begin()
    while block.isValid():
        text, layout = block.text(), block.layout()
        for number in range(layout.lineCount() - 1):
            end = layout.lineAt(number).textStart() + layout.lineAt(number).textLength()
            if text[end - 1].isalpha() and text[end].isalpha():
                words.append(text)
        block = block.next()
    return words


@pytest.mark.parametrize("language", ["en", "uk"])
def test_no_word_is_torn_apart_however_narrow_its_column(qtbot: QtBot, language: str) -> None:
    desk = Desk(qtbot)
    intervals, markers, _ = demo_lesson()
    view = ReportView(desk.window)
    view.resize(900, 600)
    view.show_page(page_of(figures(intervals, markers), language))
    desk.show(qtbot)
    assert torn(view.document()) == []
