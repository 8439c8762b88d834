"""Errors in the window: one dialog however often they come, and a lesson that goes on or can be continued."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.capture.frame import SourceInfo
from desktop.crash import CrashReport
from desktop.statistics import SessionDetails
from desktop.store import Claims
from desktop.ui.banners import Banner
from desktop.ui.crash_dialog import CrashDialog, CrashNotifier
from tests.fake_engine import CAMERA_INFO, make_interval
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN

DEMO = SourceInfo("Demo classroom", "demo", live=False, fps=25.0, size=(1280, 720), frame_count=None)
ERROR = CrashReport("ZeroDivisionError in ui/x.py:7", "Classmood 0.1.0\nTraceback: ZeroDivisionError")


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, data=tmp_path)


@pytest.fixture
def notifier(desk: Desk) -> CrashNotifier:
    def recording() -> bool:
        return desk.engine.state.phase != "idle"

    return CrashNotifier(desk.parts.icons, Path("classmood.log"), recording, desk.window)


def shown(notifier: CrashNotifier, qtbot: QtBot) -> CrashDialog:
    """Return the dialog as soon as it is there."""
    qtbot.waitUntil(lambda: notifier.dialog is not None)
    assert notifier.dialog is not None
    return notifier.dialog


def test_an_error_opens_one_dialog_with_words_and_details(notifier: CrashNotifier, qtbot: QtBot) -> None:
    notifier.report(ERROR)
    dialog = shown(notifier, qtbot)
    assert dialog.isVisible()
    assert "nobody expected" in dialog.words.text()
    assert "still being recorded" not in dialog.words.text()
    assert not dialog.details.isVisible()
    dialog.show_button.click()
    assert dialog.details.isVisible()
    assert "Traceback" in dialog.details.toPlainText()
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == ERROR.details
    assert dialog.copy_button.text() == "Copied"


def test_more_errors_open_no_more_dialogs(notifier: CrashNotifier, qtbot: QtBot) -> None:
    for number in range(20):
        notifier.report(CrashReport(f"error {number}", f"details {number}"))
    dialog = shown(notifier, qtbot)
    qtbot.waitUntil(lambda: "details 19" in dialog.details.toPlainText())
    parent = dialog.parentWidget()
    assert parent is not None
    assert len(parent.findChildren(CrashDialog)) == 1


def test_after_going_on_another_error_is_told_again(notifier: CrashNotifier, qtbot: QtBot) -> None:
    notifier.report(ERROR)
    shown(notifier, qtbot).go_on_button.click()
    assert notifier.dialog is None
    notifier.report(CrashReport("another", "another"))
    assert shown(notifier, qtbot).details.toPlainText() == "another"


def test_an_error_of_a_thread_is_told_on_the_windows_thread(notifier: CrashNotifier, qtbot: QtBot) -> None:
    thread = threading.Thread(target=notifier.report, args=(ERROR,))
    thread.start()
    thread.join()
    assert notifier.dialog is None
    assert shown(notifier, qtbot).thread() is notifier.thread()


def test_the_class_sees_no_dialog_during_a_presentation(notifier: CrashNotifier, qtbot: QtBot) -> None:
    notifier.set_quiet(True)
    with qtbot.waitSignal(notifier._reported):
        notifier.report(ERROR)
    assert notifier.dialog is None
    notifier.set_quiet(False)
    assert ERROR.details in shown(notifier, qtbot).details.toPlainText()


def test_during_a_session_the_dialog_says_that_it_goes_on(
    desk: Desk, notifier: CrashNotifier, qtbot: QtBot
) -> None:
    notifier.report(ERROR)
    dialog = shown(notifier, qtbot)
    desk.engine.start_session(SessionDetails())
    notifier.refresh()
    assert "still being recorded" in dialog.words.text()
    with qtbot.waitSignal(notifier.close_requested):
        dialog.close_button.click()


def test_the_dialog_follows_the_language(desk: Desk, notifier: CrashNotifier, qtbot: QtBot) -> None:
    notifier.report(ERROR)
    dialog = shown(notifier, qtbot)
    desk.languages.apply("uk")
    qtbot.waitUntil(lambda: dialog.copy_button.text() == "Копіювати подробиці")


# The next start


def buttons(desk: Desk) -> dict[str, QPushButton]:
    """Return the buttons that the banners offer, by their words."""
    found = desk.window.workspace.banners.findChildren(QPushButton)
    return {button.text(): button for button in found if _on_show(button, desk.window)}


def _on_show(button: QWidget, window: QWidget) -> bool:
    banner = button.parentWidget()
    return isinstance(banner, Banner) and button.isVisibleTo(window)


def test_a_crash_of_the_last_run_is_told_and_can_be_copied(desk: Desk) -> None:
    desk.window.starting.tell_of_crash("Fatal Python error: Segmentation fault")
    assert "ended unexpectedly" in desk.window.workspace.banners.text("crash")
    buttons(desk)["Copy details"].click()
    assert QGuiApplication.clipboard().text() == "Fatal Python error: Segmentation fault"
    assert not desk.window.workspace.banners.text("crash")


Interrupt = Callable[[timedelta], str]


@pytest.fixture
def interrupt(desk: Desk, tmp_path: Path) -> Iterator[Interrupt]:
    """Return what leaves a session behind as a program that died would."""

    def leave(ago: timedelta) -> str:
        began = datetime.now(UTC) - ago
        record = desk.store.create(SessionDetails("Physics", "8-B"), began, "model", CAMERA_INFO.name)
        desk.store.append_all(record.id, [make_interval(second) for second in range(65)])
        claims = Claims(tmp_path)
        claims.claim(record.id)
        claims.give_up()
        return record.id

    yield leave


def look(desk: Desk, qtbot: QtBot) -> str:
    """Let the window look for interrupted sessions, and return what it says."""
    desk.window.starting.look_for_interrupted()
    banners = desk.window.workspace.banners
    qtbot.waitUntil(lambda: bool(banners.text("interrupted")))
    return banners.text("interrupted")


def test_an_interrupted_session_is_offered_and_continued(
    desk: Desk, qtbot: QtBot, interrupt: Interrupt
) -> None:
    session_id = interrupt(timedelta(minutes=5))
    desk.open_camera()
    said = look(desk, qtbot)
    assert "Physics" in said and "8-B" in said and "1:05" in said
    buttons(desk)["Continue it"].click()
    name, session = desk.engine.calls[-1]
    assert name == "continue_session"
    assert session.record.id == session_id  # type: ignore[attr-defined]
    assert not desk.window.workspace.banners.text("interrupted")


def test_an_interrupted_session_is_closed_where_it_broke_off(
    desk: Desk, qtbot: QtBot, interrupt: Interrupt
) -> None:
    session_id = interrupt(timedelta(minutes=5))
    look(desk, qtbot)
    with qtbot.waitSignal(desk.window.starting.closed):
        buttons(desk)["Close it"].click()
    record = desk.store.show(session_id)
    assert record.finished and record.ended_at == record.started_at + timedelta(seconds=65)
    assert not desk.window.workspace.banners.text("interrupted")


def test_a_lesson_of_yesterday_can_only_be_closed(desk: Desk, qtbot: QtBot, interrupt: Interrupt) -> None:
    interrupt(timedelta(days=1))
    look(desk, qtbot)
    assert set(buttons(desk)) == {"Close it"}


def test_interrupted_sessions_are_offered_one_after_the_other(
    desk: Desk, qtbot: QtBot, interrupt: Interrupt
) -> None:
    interrupt(timedelta(days=1))
    newest = interrupt(timedelta(minutes=5))
    look(desk, qtbot)
    with qtbot.waitSignal(desk.window.starting.closed):
        buttons(desk)["Close it"].click()
    assert desk.store.show(newest).finished
    assert set(buttons(desk)) == {"Close it"}  # now that of yesterday


def test_a_new_session_takes_the_offer_away(desk: Desk, qtbot: QtBot, interrupt: Interrupt) -> None:
    interrupt(timedelta(minutes=5))
    desk.open_camera()
    look(desk, qtbot)
    desk.window.start_session()
    assert not desk.window.workspace.banners.text("interrupted")


def test_no_demo_pupils_get_into_a_real_lesson(desk: Desk, qtbot: QtBot, interrupt: Interrupt) -> None:
    interrupt(timedelta(minutes=5))
    desk.window.open_source("demo")
    desk.engine.source_opened.emit(DEMO)
    look(desk, qtbot)
    buttons(desk)["Continue it"].click()
    assert "continue_session" not in desk.engine.names()
    assert "Choose the camera" in desk.window.workspace.banners.text("demo")
    desk.open_camera()
    buttons(desk)["Continue it"].click()
    assert "continue_session" in desk.engine.names()
    assert not desk.window.workspace.banners.text("demo")


def test_nothing_is_offered_where_nothing_was_interrupted(desk: Desk, qtbot: QtBot) -> None:
    done: list[object] = []
    desk.window.starting.look_for_interrupted()
    desk.parts.library.ask(desk.window, lambda store: store.list(), done.append, done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert not desk.window.workspace.banners.text("interrupted")
