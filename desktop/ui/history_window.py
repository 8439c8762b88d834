"""The history: all stored sessions, searched, sorted, opened, compared, exported and deleted."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.store import SessionRecord
from desktop.ui.banners import Banners
from desktop.ui.compare_menu import Choice, CompareMenu
from desktop.ui.dialog_parts import paragraph, push_button, scaled
from desktop.ui.history_errands import HistoryErrands
from desktop.ui.history_filters import HistoryFilters
from desktop.ui.history_model import SessionsFilter, SessionsModel
from desktop.ui.history_table import HistoryTable
from desktop.ui.parts import WindowParts
from desktop.ui.plain import plain_label
from desktop.workers.library import Listing
from models.errors import Sentence


class HistoryWindow(QDialog):
    """Lists the sessions; what it is asked to open, its owner opens."""

    report_requested = Signal(object)  # SessionRecord
    comparison_requested = Signal(object)  # Comparison
    timeline_requested = Signal(object)  # SessionRecord

    def __init__(
        self, parts: WindowParts, running: Callable[[], str | None], parent: QWidget | None = None
    ) -> None:
        """Take from `running` the id of the session that is being recorded."""
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._parts = parts
        self._running = running
        self.banners = Banners(parts.icons)
        self.errands = HistoryErrands(parts, self.banners, self)
        self.filters = HistoryFilters()
        self.model = SessionsModel(self)
        self.shown = SessionsFilter(self.model, self)
        self.table = HistoryTable(self.shown)
        self.empty = paragraph("muted")
        self.show_all_button = QPushButton()
        self.count = plain_label()
        self.count.setProperty("role", "muted")
        self.report_button = push_button("primary", self._on_report)
        self.timeline_button = push_button("", self._on_timeline)
        self.compare_menu = CompareMenu(self)
        self.compare_menu.chosen.connect(self._on_compare)
        self.compare_button = push_button("", self.compare_menu.show)
        self.compare_button.setMenu(self.compare_menu)
        self.export_button = push_button("", self._on_export)
        self.import_button = push_button("", self.errands.bring_in)
        self.delete_button = push_button("danger", self._on_delete)
        self.table.activated.connect(self._on_report)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._lay_out()
        self.errands.changed.connect(self.refresh)
        self.filters.changed.connect(self._on_filter_changed)
        self.show_all_button.clicked.connect(self.filters.clear)
        for key, slot in (("Ctrl+F", self.filters.search.setFocus), ("F5", self.refresh)):
            QShortcut(QKeySequence(key), self).activated.connect(slot)
        for widget, some, slot in (
            (self.table, QKeySequence.StandardKey.Delete, self._on_delete),
            (self.filters.search, Qt.Key.Key_Down, self._on_found),
        ):
            shortcut = QShortcut(QKeySequence(some), widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(slot)
        self.filters.search.returnPressed.connect(self._on_found)
        self._loaded = False
        self._retranslate()
        self.refresh()

    def refresh(self) -> None:
        """Read the sessions again, in the background."""
        self._parts.library.list(self, self._on_listed, self._on_failed)

    def selected(self) -> list[SessionRecord]:
        """Return the sessions that are selected, oldest first."""
        rows = self.table.selectionModel().selectedRows()
        return sorted((self.shown.record(row.row()) for row in rows), key=lambda record: record.started_at)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        nothing = QWidget()
        middle = QVBoxLayout(nothing)
        middle.addStretch()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle.addWidget(self.empty)
        middle.addWidget(self.show_all_button, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch()
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(nothing)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.count, 1)
        for button in (
            self.delete_button,
            self.import_button,
            self.export_button,
            self.compare_button,
            self.timeline_button,
            self.report_button,
        ):
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(12)
        layout.addWidget(self.banners)
        layout.addWidget(self.filters)
        layout.addLayout(self._stack, 1)
        layout.addLayout(foot)
        self.resize(scaled(self, 1000), scaled(self, 620))

    def _on_listed(self, listing: Listing) -> None:
        chosen = {record.id for record in self.selected()}
        self._loaded = True
        if listing.refusal is None:
            self.banners.clear("store")
        else:
            self.banners.say("store", "warning", listing.refusal)
        self.model.show_records(listing.records, self._running() or "", listing.waiting)
        self.filters.offer(listing.records)
        self._select(chosen)
        self._show_state()

    def _select(self, ids: set[str]) -> None:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for row in range(self.shown.rowCount()):
            if self.shown.record(row).id in ids:
                self.table.selectionModel().select(self.shown.index(row, 0), flags)
        if not ids and self.shown.rowCount():
            self.table.setCurrentIndex(self.shown.index(0, 0))

    def _on_filter_changed(self) -> None:
        filters = self.filters
        self.shown.look_for(filters.search.text(), filters.chosen(), filters.dates())
        self._show_state()

    def _on_selection_changed(self) -> None:
        chosen = self.selected()
        waiting = {self.model.waits(record) for record in chosen}
        settled = waiting == {False} and all(record.id != self._running() for record in chosen)
        self.report_button.setEnabled(len(chosen) == 1)
        self.timeline_button.setEnabled(len(chosen) == 1 and settled)
        self.compare_menu.show_counts(len(chosen) if waiting == {False} else 0, self.shown.rowCount())
        self.compare_button.setEnabled(self.model.rowCount() > 1)
        self.export_button.setEnabled(len(waiting) == 1)
        self.delete_button.setEnabled(settled)

    def _on_found(self) -> None:
        """Go on from the search to what it has found, by keys alone."""
        if self.shown.rowCount():
            if not self.selected():
                self.table.selectRow(0)
            self.table.setFocus()

    def _on_report(self) -> None:
        chosen = self.selected()
        if len(chosen) == 1:
            self.report_requested.emit(chosen[0])

    def _on_timeline(self) -> None:
        self.timeline_requested.emit(self.selected()[0])

    def _on_compare(self, choice: Choice) -> None:
        if choice == "selected":
            records = self.selected()
        elif choice == "shown":
            records = [self.shown.record(row) for row in range(self.shown.rowCount())]
        else:
            self.comparison_requested.emit(choice)
            return
        self.comparison_requested.emit(tuple(record.id for record in records if not self.model.waits(record)))

    def _on_export(self) -> None:
        self.errands.export([record.id for record in self.selected()])

    def _on_delete(self) -> None:
        if self.delete_button.isEnabled():
            self.errands.delete([record.id for record in self.selected()])

    def _on_failed(self, words: Sentence) -> None:
        self._loaded = True
        self.banners.say("store", "error", words)
        self._show_state()

    def _show_state(self) -> None:
        stored, shown = self.model.rowCount(), self.shown.rowCount()
        self._stack.setCurrentIndex(0 if shown else 1)
        self.show_all_button.setVisible(bool(stored))
        if not self._loaded:
            self.empty.setText(self.tr("Reading the sessions\u2026"))
        elif stored:
            self.empty.setText(self.tr("No session fits."))
        else:
            self.empty.setText(
                self.tr("No session is stored yet. Start one in the main window: it appears here.")
            )
        counted = self.tr("%n session(s)", "", stored)
        if shown != stored:
            counted = self.tr("{shown} of {all}").format(shown=shown, all=counted)
        self.count.setText(counted if stored else "")
        self._on_selection_changed()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("History"))
        self.table.setAccessibleName(self.tr("Sessions"))
        self.show_all_button.setText(self.tr("Show all"))
        self.report_button.setText(self.tr("Report"))
        self.timeline_button.setText(self.tr("Timeline\u2026"))
        self.compare_button.setText(self.tr("Compare"))
        self.import_button.setText(self.tr("Import\u2026"))
        self.export_button.setText(self.tr("Export\u2026"))
        self.delete_button.setText(self.tr("Delete"))
        self.report_button.setToolTip(self.tr("Show the report of the selected session (Enter)"))
        self.timeline_button.setToolTip(self.tr("Correct the activities of the selected session"))
        self.compare_button.setToolTip(self.tr("Compare the selected sessions, those on the list, or all"))
        self.compare_menu.retranslate()
        self.import_button.setToolTip(self.tr("Bring in sessions that another Classmood exported (JSON)"))
        self.export_button.setToolTip(self.tr("Write the selected sessions to a file"))
        self.delete_button.setToolTip(self.tr("Delete the selected sessions for good (Del)"))
        self.model.retranslate()
        self._show_state()
