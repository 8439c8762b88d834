"""Opens what shows stored lessons: history, reports, comparisons, timelines."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.report import Page, compared, comparison_page, lesson_page
from desktop.store import SessionRecord, SessionStore
from desktop.ui.compare_menu import Comparison
from desktop.ui.history_window import HistoryWindow
from desktop.ui.parts import WindowParts
from desktop.ui.report_window import MakePage, ReportWindow
from desktop.ui.timeline_window import TimelineWindow


class LessonWindows(QObject):
    """Keeps track of the windows that belong to the main window."""

    def __init__(self, parts: WindowParts, running: Callable[[], str | None], main: QWidget) -> None:
        """Take from `running` the id of the session that is being recorded."""
        super().__init__(main)
        self._parts = parts
        self._running = running
        self._main = main
        self._history: HistoryWindow | None = None
        self._reports: dict[str, ReportWindow] = {}  # by session id, or "" for a comparison

    def show_history(self) -> None:
        """Show the list of sessions, once."""
        if self._history is None:
            history = HistoryWindow(self._parts, self._running, self._main)
            history.report_requested.connect(lambda record: self.show_report(record.id))
            history.comparison_requested.connect(self._on_comparison_requested)
            history.timeline_requested.connect(self.show_timeline)
            history.destroyed.connect(self._on_history_closed)
            self._history = history
        _bring_up(self._history)

    def refresh(self) -> None:
        """Read again what may have changed."""
        if self._history is not None:
            self._history.refresh()

    def show_report(self, session_id: str) -> None:
        """Show the report of a session, once."""

        def make_page(store: SessionStore, language: str) -> Page:
            return lesson_page(store, session_id, language)

        self._show_page(session_id, make_page)

    def show_timeline(self, record: SessionRecord) -> None:
        """Let the activities of a session be corrected."""
        window = TimelineWindow(self._parts, record, self._history or self._main)
        window.saved.connect(self._on_markers_saved)
        window.open()

    def _on_comparison_requested(self, what: Comparison) -> None:

        def make_page(store: SessionStore, language: str) -> Page:
            return comparison_page(compared(store, what), language)

        self._show_page("", make_page, anew=True)

    def _show_page(self, key: str, make_page: MakePage, *, anew: bool = False) -> None:
        shown = self._reports.get(key)
        if shown is not None and anew:
            shown.close()
            shown = None
        if shown is None:
            shown = ReportWindow(self._parts, make_page, self._main, about=key)
            shown.destroyed.connect(lambda _, window=shown: self._on_report_closed(key, window))
            self._reports[key] = shown
        _bring_up(shown)

    def _on_markers_saved(self, session_id: str) -> None:
        report = self._reports.get(session_id)
        if report is not None:
            report.refresh()

    def _on_history_closed(self) -> None:
        self._history = None

    def _on_report_closed(self, key: str, window: ReportWindow) -> None:
        if self._reports.get(key) is window:
            del self._reports[key]


def _bring_up(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
