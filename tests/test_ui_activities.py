"""Activities of a running session: buttons, keys, undo, and where they are shown."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.segments import Marker
from desktop.settings import ActivitySettings, Settings
from desktop.ui.words import activity_kind, activity_name
from tests.fake_engine import make_interval
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def recording(desk: Desk) -> None:
    desk.open_camera()
    desk.window.workspace.session.start_button.click()


def key(desk: Desk, which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(desk.window, which, modifier)


def test_a_click_starts_an_activity_and_it_stays_visible(desk: Desk) -> None:
    recording(desk)
    bar = desk.window.workspace.session.activities
    assert not bar.isHidden()
    assert bar.current.text() == "Not marked"
    assert bar.undo_button.isHidden()
    bar.buttons[2].click()
    assert desk.engine.calls[-1] == ("add_marker", "quiz")
    assert bar.current.text() == "Quiz"
    assert [button.isChecked() for button in bar.buttons] == [False, False, True, False, False]
    bar.buttons[2].click()  # again: it goes on, and its button stays down
    assert bar.buttons[2].isChecked()
    assert desk.engine.markers == (Marker(0, "quiz"),)


def test_keys_mark_only_while_a_session_runs(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.window.activateWindow()
    key(desk, Qt.Key.Key_1)
    assert "add_marker" not in desk.engine.names()
    recording(desk)
    for number, which in enumerate((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_5)):
        desk.engine.second = number * 10
        key(desk, which)
    assert desk.engine.markers == (Marker(0, "lecture"), Marker(10, "interactive"), Marker(20, "break"))
    key(desk, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.engine.markers[-1].kind == "interactive"
    desk.window.workspace.session.stop_button.click()
    key(desk, Qt.Key.Key_1)
    assert desk.engine.names()[-1] == "stop_session"


def test_digits_typed_into_a_field_mark_nothing(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    recording(desk)
    desk.engine.stop_session()
    field = desk.window.workspace.session.fields["group"]
    field.setFocus()
    QTest.keyClicks(field, "15")
    assert field.text() == "15"
    assert "add_marker" not in desk.engine.names()


def test_the_undo_button_takes_the_last_one_back(desk: Desk) -> None:
    recording(desk)
    bar = desk.window.workspace.session.activities
    bar.buttons[0].click()
    bar.undo_button.click()
    assert desk.engine.markers == ()
    assert bar.undo_button.isHidden()
    assert not desk.window.commands.undo.isEnabled()
    assert not any(button.isChecked() for button in bar.buttons)


def test_own_activities_have_buttons_and_keys_and_empty_ones_have_none(qtbot: QtBot) -> None:
    settings = Settings(notice_accepted=True)
    settings.view.language = "en"
    settings.activities = ActivitySettings(key_1="Дослід & <b>", key_2="", key_4="")
    desk = Desk(qtbot, settings)
    desk.show(qtbot)
    recording(desk)
    bar = desk.window.workspace.session.activities
    assert [button.accessibleName() for button in bar.buttons] == ["Дослід & <b>", "Quiz", "Break"]
    key(desk, Qt.Key.Key_2)
    assert "add_marker" not in desk.engine.names()
    key(desk, Qt.Key.Key_1)
    key(desk, Qt.Key.Key_3)
    assert [call[1] for call in desk.engine.calls if call[0] == "add_marker"] == ["Дослід & <b>", "quiz"]


def test_presentation_and_chart_show_the_activity(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    recording(desk)
    desk.window.present()
    for second in range(30):
        desk.engine.interval_ready.emit(make_interval(second))
    desk.engine.second = 12
    key(desk, Qt.Key.Key_3)
    assert desk.window.workspace.stage.strip.line().startswith("0:00   ·   Quiz   ·   ")
    assert desk.window.workspace.mood.chart.labels() == [(12, "Quiz")]
    desk.languages.apply("uk")
    qtbot.waitUntil(lambda: desk.window.workspace.mood.chart.labels() == [(12, "Вікторина")])
    desk.languages.apply("en")
    desk.engine.stop_session()
    assert desk.window.workspace.mood.chart.labels() == []
    assert "Quiz" not in desk.window.workspace.stage.strip.line()


def test_names_of_activities_lead_back_to_their_kind() -> None:
    assert activity_kind("  group   WORK ") == "group work"
    assert activity_kind("Дослід") == "Дослід"
    assert activity_name("Дослід") == "Дослід"
    assert activity_kind(activity_name("")) == ""
