"""The table of the history: columns that share the width, rows that are selected as wholes."""

from typing import Final

from PySide6.QtCore import QDate, QDateTime, QEvent, Qt, QTime
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from desktop.ui.dialog_parts import scaled
from desktop.ui.history_model import Column, SessionsFilter, written
from desktop.ui.share_delegate import ShareDelegate

_WIDTHS: Final = {
    Column.LENGTH: 192,
    Column.FACES: 84,
    Column.MOOD: 84,
    Column.SHARES: 120,
}
_SHARED: Final = {Column.COURSE: 0.48, Column.GROUP: 0.2, Column.TEACHER: 0.32}  # of the room that is left
_NARROWEST: Final = 60
_LONG_DATE: Final = QDateTime(QDate(2028, 12, 28), QTime(22, 58))  # two digits everywhere
_BESIDE_DATE: Final = 24  # the cell's margins


class HistoryTable(QTableView):
    """Shows sessions, the newest first."""

    def __init__(self, shown: SessionsFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(shown)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSortingEnabled(True)
        self.sortByColumn(Column.DATE, Qt.SortOrder.DescendingOrder)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(scaled(self, 32))
        self.setItemDelegateForColumn(Column.SHARES, ShareDelegate(self))
        self.horizontalHeader().setHighlightSections(False)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, scaled(self, width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._share_width()

    def changeEvent(self, event: QEvent) -> None:
        """Make room for dates of another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._share_width()

    def _share_width(self) -> None:
        """Give dates what they need, and what the figures leave to the names."""
        date = self.fontMetrics().horizontalAdvance(written(_LONG_DATE)) + scaled(self, _BESIDE_DATE)
        self.setColumnWidth(Column.DATE, date)
        room = self.viewport().width() - sum(self.columnWidth(column) for column in (Column.DATE, *_WIDTHS))
        for column, share in _SHARED.items():
            self.setColumnWidth(column, max(_NARROWEST, int(share * room)))
