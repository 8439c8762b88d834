"""The timeline of a stored lesson: borders, names, merging, deleting, adding, undo, saving."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.segments import Marker
from desktop.settings import Settings
from desktop.statistics import SessionDetails
from desktop.ui.timeline_window import TimelineWindow
from desktop.ui.words import parse_duration
from tests.fake_engine import make_interval
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MARKERS = (Marker(20, "lecture"), Marker(100, "quiz"), Marker(160, "break"))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    settings = Settings(notice_accepted=True)
    settings.view.language, settings.view.theme = "en", "light"
    return Desk(qtbot, settings, tmp_path)


@pytest.fixture
def window(desk: Desk, qtbot: QtBot) -> TimelineWindow:
    desk.show(qtbot)
    record = desk.store.create(SessionDetails("Physics"), START, "m", "demo")
    desk.store.append_all(record.id, [make_interval(second) for second in range(200)])
    desk.store.set_markers(record.id, MARKERS)
    desk.store.finish(record.id, START + timedelta(seconds=200))
    desk.window.lessons.show_timeline(desk.store.show(record.id))
    window = desk.window.findChild(TimelineWindow)
    assert window is not None
    qtbot.waitUntil(lambda: window.markers == MARKERS)
    return window


def point(window: TimelineWindow, second: float) -> QPoint:
    return QPoint(round(window.view.x_of(second)), 60)


def drag(window: TimelineWindow, start: int, to: int) -> None:
    button = Qt.MouseButton.LeftButton
    QTest.mousePress(window.view, button, pos=point(window, start))
    QTest.mouseMove(window.view, point(window, (start + to) // 2))
    QTest.mouseMove(window.view, point(window, to))
    QTest.mouseRelease(window.view, button, pos=point(window, to))


def choose(window: TimelineWindow, second: int) -> None:
    QTest.mouseClick(window.view, Qt.MouseButton.LeftButton, pos=point(window, second))


def seconds(window: TimelineWindow) -> list[int]:
    return [marker.second for marker in window.markers]


def test_a_border_is_dragged_and_stops_at_its_neighbours(window: TimelineWindow) -> None:
    drag(window, 100, 130)
    assert abs(seconds(window)[1] - 130) <= 1
    drag(window, seconds(window)[1], 190)
    assert seconds(window) == [20, 159, 160]


def test_a_border_is_typed(window: TimelineWindow) -> None:
    choose(window, 120)
    assert window.form.start.text() == "1:40"
    window.form.start.setText("2:05")
    window.form.start.editingFinished.emit()
    assert seconds(window) == [20, 125, 160]
    window.form.start.setText("soon")
    window.form.start.editingFinished.emit()
    assert window.form.start.property("invalid") is True
    assert seconds(window) == [20, 125, 160]


def test_keys_choose_and_move(window: TimelineWindow) -> None:
    view = window.view
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.accessibleDescription() == "Quiz, from 1:40 to 2:40, 3 of 4"
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert seconds(window) == [20, 109, 160]
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    assert window.markers == (Marker(20, "lecture"), Marker(160, "break"))
    assert view.accessibleDescription() == "Lecture, from 0:20 to 2:40, 2 of 3"
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert seconds(window) == [160]


def test_activities_are_renamed_added_merged_deleted_and_all_is_undone(window: TimelineWindow) -> None:
    choose(window, 120)
    window.form.kind.setEditText("group work")
    window.form.kind.lineEdit().editingFinished.emit()  # type: ignore[union-attr]
    assert window.markers[1] == Marker(100, "group work")
    window.form.kind.setEditText("Дослід")
    window.form.kind.lineEdit().editingFinished.emit()  # type: ignore[union-attr]
    window.form.add_button.click()
    assert window.markers[1:3] == (Marker(100, "Дослід"), Marker(130, "interactive"))
    window.form.merge_button.click()
    choose(window, 180)
    window.form.delete_button.click()
    assert window.markers[-1] == Marker(160, "")
    choose(window, 5)  # before the first marker: it can get a name
    window.form.kind.setEditText("Quiz")
    window.form.kind.lineEdit().editingFinished.emit()  # type: ignore[union-attr]
    assert window.markers[0] == Marker(0, "quiz")
    after = window.markers
    while window.undo_button.isEnabled():
        window.undo_button.click()
    assert window.markers == MARKERS
    assert not window.save_button.isEnabled()
    while window.redo_button.isEnabled():
        window.redo_button.click()
    assert window.markers == after


def test_a_name_is_typed_and_taken_back_with_keys_alone(window: TimelineWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    choose(window, 120)
    line = window.form.kind.lineEdit()
    assert line is not None
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "Experiment 1")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert window.isVisible()
    renamed = window.markers
    assert renamed[1] == Marker(100, "Experiment 1")
    window.view.setFocus()
    QTest.keySequence(window.view, QKeySequence(QKeySequence.StandardKey.Undo))
    qtbot.waitUntil(lambda: window.markers == MARKERS)
    QTest.keySequence(window.view, QKeySequence(QKeySequence.StandardKey.Redo))
    qtbot.waitUntil(lambda: window.markers == renamed)


def test_buttons_merge_and_delete_under_the_mouse_and_escape_lets_go_of_a_border(
    window: TimelineWindow,
) -> None:
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(window.view, left, pos=point(window, 100))
    QTest.mouseMove(window.view, point(window, 130))
    QTest.keyClick(window.view, Qt.Key.Key_Escape)
    QTest.mouseRelease(window.view, left, pos=point(window, 130))
    assert window.isVisible()
    assert window.markers == MARKERS
    choose(window, 120)
    QTest.mouseClick(window.form.merge_button, left)
    assert seconds(window) == [20, 160]
    choose(window, 100)
    QTest.mouseClick(window.form.delete_button, left)
    assert [marker.kind for marker in window.markers] == ["break"]
    QTest.mouseClick(window.undo_button, left)
    QTest.mouseClick(window.undo_button, left)
    assert window.markers == MARKERS


def test_a_double_click_starts_an_activity_there(window: TimelineWindow) -> None:
    QTest.mouseDClick(window.view, Qt.MouseButton.LeftButton, pos=point(window, 60))
    assert Marker(seconds(window)[1], "interactive") in window.markers
    assert abs(seconds(window)[1] - 60) <= 1


def test_only_saving_changes_the_store(desk: Desk, window: TimelineWindow, qtbot: QtBot) -> None:
    (record,) = desk.store.list()
    choose(window, 120)
    window.form.merge_button.click()
    assert desk.store.markers(record.id) == MARKERS
    desk.prompts.changes = "stay"
    window.reject()
    assert window.isVisible()
    assert desk.prompts.asked == ["changes"]
    with qtbot.waitSignal(window.saved) as saved:
        window.save_button.click()
    assert saved.args == [record.id]
    assert desk.store.markers(record.id) == (Marker(20, "lecture"), Marker(160, "break"))


def test_discarded_changes_are_gone(desk: Desk, window: TimelineWindow, qtbot: QtBot) -> None:
    choose(window, 120)
    window.form.merge_button.click()
    with qtbot.waitSignal(window.destroyed):
        window.reject()
    (record,) = desk.store.list()
    assert desk.store.markers(record.id) == MARKERS


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("4:05", 245),
        ("1:00:01", 3601),
        (" 90 ", 90),
        ("", None),
        ("1:2:3:4", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_times_are_read_as_people_write_them(text: str, second: int | None) -> None:
    assert parse_duration(text) == second
