"""History, reports and comparisons in the window, on a real database in a temporary folder."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QDate, QLocale, QModelIndex, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.exports import export_sessions
from desktop.segments import Marker
from desktop.settings import Settings
from desktop.statistics import SessionDetails
from desktop.store import SessionRecord, SessionStore, StoreError, Waiting
from desktop.ui import report_window
from desktop.ui.history_model import Column
from desktop.ui.history_window import HistoryWindow
from desktop.ui.report_window import ReportWindow
from tests.fake_engine import MIXED, make_interval
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SAD = (0.10, 0.10, 0.10, 0.05, 0.15, 0.45, 0.05)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    settings = Settings(notice_accepted=True)
    settings.view.language, settings.view.theme = "en", "light"
    return Desk(qtbot, settings, tmp_path)


def stored(desk: Desk, details: SessionDetails, day: int = 0, *, seconds: int = 120, end: bool = True) -> str:
    """Store a session whose first half is a happy quiz and whose second half is a sad lecture."""
    start = START + timedelta(days=day)
    record = desk.store.create(details, start, "emotion 0.1", "demo")
    half = seconds // 2
    desk.store.append_all(
        record.id, [make_interval(second, MIXED if second < half else SAD) for second in range(seconds)]
    )
    desk.store.set_markers(record.id, (Marker(0, "quiz"), Marker(half, "lecture")))
    if end:
        desk.store.finish(record.id, start + timedelta(seconds=seconds))
    return record.id


def opened(desk: Desk, qtbot: QtBot) -> HistoryWindow:
    desk.window.commands.history.trigger()
    history = desk.window.findChild(HistoryWindow)
    assert history is not None
    qtbot.waitUntil(lambda: history.count.text() != "" or "No session" in history.empty.text())
    return history


def shown(history: HistoryWindow) -> list[str]:
    return [history.shown.record(row).details.course for row in range(history.shown.rowCount())]


def select(history: HistoryWindow, *rows: int) -> None:
    model = history.table.selectionModel()
    model.clear()
    for row in rows:
        index = history.shown.index(row, 0)
        model.select(index, model.SelectionFlag.Select | model.SelectionFlag.Rows)


def settled(desk: Desk, qtbot: QtBot) -> None:
    """Wait until the library has done everything that was asked of it."""
    done: list[object] = []
    desk.parts.library.do(desk.window, lambda: None, done.append, done.append)
    qtbot.waitUntil(lambda: bool(done))


def report_of(desk: Desk, qtbot: QtBot) -> ReportWindow:
    window = desk.window.findChild(ReportWindow)
    assert window is not None
    qtbot.waitUntil(lambda: window.page is not None, timeout=20_000)
    return window


def test_sessions_are_listed_searched_filtered_and_sorted(desk: Desk, qtbot: QtBot) -> None:
    stored(desk, SessionDetails("Фізика", "9-А", "О. Коваль", "лабораторна"), 0)
    stored(desk, SessionDetails("Biology", "8b", "M. Curie", ""), 7, seconds=60)
    stored(desk, SessionDetails("Chemistry", "8b", "О. Коваль", ""), 14)
    history = opened(desk, qtbot)
    assert shown(history) == ["Chemistry", "Biology", "Фізика"]  # newest first
    assert history.count.text() == "3 sessions"
    for text, found in (("ЛАБ 9-а", ["Фізика"]), ("curie", ["Biology"]), ("nothing", [])):
        history.filters.search.setText(text)
        assert shown(history) == found
    assert history.empty.text() == "No session fits."
    history.show_all_button.click()
    assert len(shown(history)) == 3
    history.filters.details["teacher"].setCurrentText("О. Коваль")
    assert shown(history) == ["Chemistry", "Фізика"]
    assert history.count.text() == "2 of 3 sessions"
    history.filters.details["group"].setCurrentText("8b")
    assert shown(history) == ["Chemistry"]
    history.filters.clear()
    history.table.sortByColumn(Column.LENGTH, Qt.SortOrder.AscendingOrder)
    assert shown(history)[0] == "Biology"
    history.filters.period.setCurrentIndex(5)
    history.filters.first.setDate(QDate(2026, 11, 1))
    history.filters.last.setDate(QDate(2026, 11, 9))
    assert sorted(shown(history)) == ["Biology", "Фізика"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Return], ids=["down", "enter"])
def test_a_session_is_found_and_opened_by_keys_alone(desk: Desk, qtbot: QtBot, key: Qt.Key) -> None:
    stored(desk, SessionDetails("Biology"), 0)
    stored(desk, SessionDetails("Chemistry"), 7)
    history = opened(desk, qtbot)
    with qtbot.waitActive(history):
        history.activateWindow()
    history.filters.search.setFocus()
    QTest.keyClicks(history.filters.search, "bio")
    assert shown(history) == ["Biology"]
    QTest.keyClick(history.filters.search, key)
    assert history.focusWidget() is history.table
    with qtbot.waitSignal(history.report_requested) as asked:
        QTest.keyClick(history.table, Qt.Key.Key_Return)
    assert asked.args is not None
    assert asked.args[0].details.course == "Biology"


def test_an_empty_history_says_what_to_do(desk: Desk, qtbot: QtBot) -> None:
    history = opened(desk, qtbot)
    assert "Start one in the main window" in history.empty.text()
    assert not history.report_button.isEnabled()
    assert not history.delete_button.isEnabled()


def test_interrupted_and_running_sessions_are_marked_and_the_running_one_is_safe(
    desk: Desk, qtbot: QtBot
) -> None:
    stored(desk, SessionDetails("Old"), 0, end=False)
    running = stored(desk, SessionDetails("New"), 1, end=False)
    desk.open_camera()
    desk.engine.start_session(SessionDetails("New"))
    desk.engine.state = type(desk.engine.state)("recording", running)
    history = opened(desk, qtbot)
    lengths = [history.shown.index(row, Column.LENGTH).data() for row in range(2)]
    assert lengths == ["2:00 (being recorded)", "2:00 (interrupted)"]
    needed = history.table.fontMetrics().horizontalAdvance("1:30:00 (being recorded)")
    assert history.table.columnWidth(Column.LENGTH) > needed  # nothing is cut off
    select(history, 0)
    assert not history.delete_button.isEnabled()
    assert not history.timeline_button.isEnabled()
    assert history.report_button.isEnabled()
    select(history, 1)
    assert history.delete_button.isEnabled()


def test_deleting_asks_first_and_deletes_all_that_are_selected(desk: Desk, qtbot: QtBot) -> None:
    for day in range(3):
        stored(desk, SessionDetails(f"Course {day}"), day)
    history = opened(desk, qtbot)
    select(history, 0, 2)
    desk.prompts.delete = False
    history.delete_button.click()
    settled(desk, qtbot)
    assert desk.prompts.asked == ["delete 2"]
    assert len(desk.store.list()) == 3
    desk.prompts.delete = True
    history.delete_button.click()
    qtbot.waitUntil(lambda: shown(history) == ["Course 1"])
    assert [record.details.course for record in desk.store.list()] == ["Course 1"]


def test_export_writes_what_is_selected(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    stored(desk, SessionDetails("Physics"), 0)
    stored(desk, SessionDetails("Biology"), 1)
    history = opened(desk, qtbot)
    select(history, 1)
    out = tmp_path / "out" / "lessons.json"
    desk.prompts.export = (out, "json")
    history.export_button.click()
    qtbot.waitUntil(lambda: str(out) in history.banners.text("files"))
    assert "Physics" in out.read_text()
    assert "Biology" not in out.read_text()


def test_sessions_of_another_computer_are_imported_once(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    stored(desk, SessionDetails("Physics"))
    out = tmp_path / "lessons.json"
    export_sessions(desk.store, [record.id for record in desk.store.list()], "json", out)
    desk.store.delete(desk.store.list()[0].id)
    history = opened(desk, qtbot)
    desk.prompts.path = out
    history.import_button.click()
    qtbot.waitUntil(lambda: shown(history) == ["Physics"])
    assert history.banners.text("files") == "1 session imported."
    history.import_button.click()
    qtbot.waitUntil(lambda: "1 session was here already." in history.banners.text("files"))
    desk.languages.apply("uk")
    desk.prompts.path = tmp_path / "none.json"
    history.import_button.click()
    qtbot.waitUntil(lambda: "Не вдалося прочитати" in history.banners.text("files"))
    assert len(desk.store.list()) == 1


def test_sessions_that_wait_for_their_server_are_listed_and_marked(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(desk, SessionDetails("On the server"))
    desk.waiting = SessionStore(f"sqlite:///{tmp_path}/waiting.db")
    here, there = desk.store, desk.waiting
    desk.store = there
    stored(desk, SessionDetails("Here"), 1)
    desk.store = here
    history = opened(desk, qtbot)
    assert shown(history) == ["Here", "On the server"]
    lengths = [history.shown.index(row, Column.LENGTH).data() for row in range(2)]
    assert lengths == ["2:00 (waits for the server)", "2:00"]
    select(history, 0)
    assert not history.delete_button.isEnabled()
    assert not history.timeline_button.isEnabled()
    history.report_button.click()
    assert "Here" in report_of(desk, qtbot).view.toPlainText()

    report_of(desk, qtbot).close()
    desk.engine.session_saved.emit(there.list()[0].id)  # its report is offered at the end of the lesson
    banner = desk.window.workspace.banners
    next(b for b in banner.findChildren(QPushButton) if b.text() == "Show report").click()
    qtbot.waitUntil(lambda: len(desk.window.findChildren(ReportWindow)) == 1)
    assert "Here" in report_of(desk, qtbot).view.toPlainText()

    def refuse() -> Sequence[SessionRecord]:
        raise StoreError("The server is away.")

    monkeypatch.setattr(desk.store, "list", refuse)
    desk.engine.waiting_changed.emit(Waiting(1))
    qtbot.waitUntil(lambda: shown(history) == ["Here"])
    assert history.banners.text("store") == "The server is away."


def test_a_store_that_can_not_be_read_is_said(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Sequence[SessionRecord]:
        raise StoreError("The database is damaged. Copy it away.")

    monkeypatch.setattr(desk.store, "list", refuse)
    desk.window.commands.history.trigger()
    history = desk.window.findChild(HistoryWindow)
    assert history is not None
    qtbot.waitUntil(lambda: "damaged" in history.banners.text("store"))


def test_a_saved_session_offers_its_report(desk: Desk, qtbot: QtBot) -> None:
    session_id = stored(desk, SessionDetails("Physics & <b>", "9a", "Ada"))
    desk.engine.session_saved.emit(session_id)
    banner = desk.window.workspace.banners
    assert banner.text("saved") == "The session is saved."
    next(b for b in banner.findChildren(QPushButton) if b.text() == "Show report").click()
    assert banner.text("saved") == ""
    report = report_of(desk, qtbot)
    text = report.view.toPlainText()
    assert report.windowTitle() == "Physics & <b>"
    assert "Physics & <b>" in text
    assert "Quiz" in text
    assert "Lecture" in text


def test_a_report_is_saved_printed_and_follows_the_language(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    session_id = stored(desk, SessionDetails("Physics"))
    desk.window.lessons.show_report(session_id)
    desk.window.lessons.show_report(session_id)  # the same window again
    report = report_of(desk, qtbot)
    assert len(desk.window.findChildren(ReportWindow)) == 1
    for name, begins in (("lesson.pdf", b"%PDF"), ("lesson.html", b"<!")):
        desk.prompts.path = tmp_path / name
        report.save_button.click()
        expected = f"Saved as {desk.prompts.path}"
        qtbot.waitUntil(lambda: report.banners.text("saved") == expected, timeout=20_000)  # noqa: B023
        assert (tmp_path / name).read_bytes().lstrip().startswith(begins)
    assert desk.prompts.asked[0] == "report Physics"
    desk.prompts.paper = QPrinter(QPrinter.PrinterMode.HighResolution)
    desk.prompts.paper.setOutputFileName(str(tmp_path / "paper.pdf"))
    report.print_button.click()
    settled(desk, qtbot)
    assert (tmp_path / "paper.pdf").stat().st_size > 5000
    desk.prompts.path = tmp_path / "no such folder" / "lesson.pdf"
    report.save_button.click()
    qtbot.waitUntil(lambda: "no such folder" in report.banners.text("report"), timeout=20_000)
    desk.languages.apply("uk")
    qtbot.waitUntil(lambda: "Вікторина" in report.view.toPlainText(), timeout=20_000)


def test_a_slow_printer_does_not_hold_up_the_window(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed_on: list[threading.Thread] = []
    monkeypatch.setattr(report_window, "draw_page", lambda *_: printed_on.append(threading.current_thread()))
    desk.window.lessons.show_report(stored(desk, SessionDetails("Physics")))
    desk.prompts.paper = QPrinter()
    report_of(desk, qtbot).print_button.click()
    settled(desk, qtbot)
    assert len(printed_on) == 1
    assert printed_on[0] is not threading.main_thread()


def test_two_sessions_or_all_are_compared(desk: Desk, qtbot: QtBot) -> None:
    for day in range(2):
        stored(desk, SessionDetails("Physics", "9a", "Ada"), day)
    history = opened(desk, qtbot)
    select(history, 0)
    assert not history.compare_menu.selected.isEnabled()
    select(history, 0, 1)
    history.compare_menu.selected.trigger()
    first = report_of(desk, qtbot).page
    assert first is not None
    before = desk.window.findChildren(ReportWindow)[0]
    history.compare_menu.by["teacher"].trigger()
    qtbot.waitUntil(lambda: not shiboken6.isValid(before))
    second = report_of(desk, qtbot).page
    assert second is not None
    assert second.title != first.title


def test_any_number_of_sessions_is_compared_selected_or_filtered(desk: Desk, qtbot: QtBot) -> None:
    for day in range(4):
        stored(desk, SessionDetails("Physics" if day else "Music", "9a", "Ada"), day)
    history = opened(desk, qtbot)
    asked: list[object] = []
    history.comparison_requested.connect(asked.append)
    select(history, 0, 1, 3)
    assert history.compare_menu.selected.text() == "The 3 selected sessions"
    history.compare_menu.selected.trigger()
    page = report_of(desk, qtbot).page
    assert page is not None
    assert dict(page.facts)["Lessons"] == "3"
    history.filters.search.setText("physics")
    assert history.compare_menu.shown.text() == "The 3 sessions on the list, over time"
    history.compare_menu.shown.trigger()
    courses = [[desk.store.show(session_id).details.course for session_id in each] for each in asked]  # type: ignore[attr-defined]
    assert courses == [["Music", "Physics", "Physics"], ["Physics"] * 3]


def test_many_sessions_are_read_at_once(desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(21):
        stored(desk, SessionDetails("Physics"), day, seconds=60)
    history = opened(desk, qtbot)

    def refuse(session_id: str) -> SessionRecord:
        raise StoreError(f"{session_id} was read alone.")

    monkeypatch.setattr(desk.store, "show", refuse)
    history.compare_menu.shown.trigger()
    page = report_of(desk, qtbot).page
    assert page is not None
    assert dict(page.facts)["Lessons"] == "21"


def test_long_names_get_the_width_of_a_large_screen(desk: Desk, qtbot: QtBot) -> None:
    stored(desk, SessionDetails("Physics", "8-B, advanced mathematics", "Grace Brewster Murray Hopper"))
    desk.show(qtbot)
    history = opened(desk, qtbot)
    widths = []
    for width in (1000, 1700):
        history.resize(width, 600)
        qtbot.waitUntil(lambda: history.table.width() > width - 60)  # noqa: B023
        widths.append([history.table.columnWidth(column) for column in (Column.GROUP, Column.TEACHER)])
        columns = sum(history.table.columnWidth(column) for column in Column)
        assert history.table.viewport().width() - 10 < columns <= history.table.viewport().width()
    assert all(wide > narrow for narrow, wide in zip(*widths, strict=True))


@pytest.mark.parametrize("locale", ["en_US", "uk_UA", "de_DE", "ko_KR"])
def test_dates_are_shown_whole(desk: Desk, qtbot: QtBot, locale: str) -> None:
    stored(desk, SessionDetails("Physics"))
    before = QLocale()
    QLocale.setDefault(QLocale(locale))
    try:
        desk.show(qtbot)
        history = opened(desk, qtbot)
        (record,) = desk.store.list()
        late = replace(record, started_at=datetime(2026, 12, 28, 22, 58).astimezone())
        with qtbot.waitSignal(history.model.modelReset):
            history.model.show_records([late], "")
        table = history.table
        assert table.sizeHintForColumn(Column.DATE) <= table.columnWidth(Column.DATE)
    finally:
        QLocale.setDefault(before)


def test_a_thousand_sessions_are_shown_without_delay(desk: Desk, qtbot: QtBot) -> None:
    history = opened(desk, qtbot)
    stored(desk, SessionDetails("Physics"))
    (record,) = desk.store.list()
    with qtbot.waitSignal(history.model.modelReset):
        history.model.show_records([record] * 1000, "")
    assert history.shown.rowCount(QModelIndex()) == 1000


def test_closing_the_program_closes_everything(desk: Desk, qtbot: QtBot) -> None:
    stored(desk, SessionDetails("Physics"))
    opened(desk, qtbot)
    desk.window.close()
    assert not desk.parts.library.isRunning()
    desk.window.lessons.refresh()  # too late: nothing starts again
    assert not desk.parts.library.isRunning()
