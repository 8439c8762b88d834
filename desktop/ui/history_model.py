"""The list of stored sessions as a Qt model, and what of it is shown: searched, filtered, sorted."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from desktop.store import SessionRecord
from desktop.ui.plain import plain_tip
from desktop.ui.words import duration, emotion_name, percent, signed
from models.emotion import EMOTIONS

Index = QModelIndex | QPersistentModelIndex
RECORD = Qt.ItemDataRole.UserRole  # SessionRecord
_HAPPY = EMOTIONS.index("happy")
_ROOT = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Column(IntEnum):
    """The columns, from left to right."""

    DATE = 0
    LENGTH = 1
    COURSE = 2
    GROUP = 3
    TEACHER = 4
    FACES = 5
    MOOD = 6
    SHARES = 7


_KEYS: dict[Column, Callable[[SessionRecord], float | str]] = {
    Column.DATE: lambda record: record.started_at.timestamp(),
    Column.LENGTH: lambda record: record.summary.seconds,
    Column.COURSE: lambda record: record.details.course.casefold(),
    Column.GROUP: lambda record: record.details.group.casefold(),
    Column.TEACHER: lambda record: record.details.teacher.casefold(),
    Column.FACES: lambda record: record.summary.faces_mean,
    Column.MOOD: lambda record: -2.0 if record.summary.mood_index is None else record.summary.mood_index,
    Column.SHARES: lambda record: record.summary.shares[_HAPPY] if record.summary.shares else -1.0,
}
_NUMBERS = (Column.LENGTH, Column.FACES, Column.MOOD)


class SessionsModel(QAbstractTableModel):
    """One row a session."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: tuple[SessionRecord, ...] = ()
        self._running = ""
        self._waiting: frozenset[str] = frozenset()
        self._order = (Column.DATE, Qt.SortOrder.DescendingOrder)

    def show_records(
        self, records: Sequence[SessionRecord], running: str, waiting: Collection[str] = ()
    ) -> None:
        """Show these sessions: `running` is being recorded, `waiting` wait for their server."""
        self.beginResetModel()
        self._records = self._sorted(records)
        self._running, self._waiting = running, frozenset(waiting)
        self.endResetModel()

    def retranslate(self) -> None:
        """Say everything again in the language in use."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        if self._records:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._records) - 1, len(Column) - 1))

    def records(self) -> tuple[SessionRecord, ...]:
        """Return all sessions."""
        return self._records

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        """Return how many sessions there are."""
        return 0 if parent.isValid() else len(self._records)

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, is sorted by, or says to a screen reader."""
        if not index.isValid():
            return None
        record, column = self._records[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in _NUMBERS else _LEFT
        texts = {
            Qt.ItemDataRole.DisplayRole: self._text,
            Qt.ItemDataRole.ToolTipRole: self._tip,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
        }
        if role in texts:
            return texts[Qt.ItemDataRole(role)](record, column)
        return record if role == RECORD else None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the name of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in _NUMBERS else _LEFT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("Date"),
            self.tr("Length"),
            self.tr("Course"),
            self.tr("Group"),
            self.tr("Teacher"),
            self.tr("Faces"),
            self.tr("Mood"),
            self.tr("Shares"),
        )[section]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the sessions here, and not in the proxy, which would ask for every comparison anew."""
        if column < 0:
            return
        self.layoutAboutToBeChanged.emit()
        self._order = (Column(column), order)
        before = {record.id: row for row, record in enumerate(self._records)}
        self._records = self._sorted(self._records)
        moved = {before[record.id]: row for row, record in enumerate(self._records)}
        for index in self.persistentIndexList():
            self.changePersistentIndex(index, self.index(moved[index.row()], index.column()))
        self.layoutChanged.emit()

    def state(self, record: SessionRecord) -> str:
        """Return what is special about a session: it runs, waits for the server, or was interrupted."""
        if record.id == self._running and not record.finished:
            return self.tr("being recorded")
        if record.id in self._waiting:
            return self.tr("waits for the server")
        return "" if record.finished else self.tr("interrupted")

    def waits(self, record: SessionRecord) -> bool:
        """Return whether a session is still on this computer only."""
        return record.id in self._waiting

    def _sorted(self, records: Iterable[SessionRecord]) -> tuple[SessionRecord, ...]:
        column, order = self._order
        descending = order == Qt.SortOrder.DescendingOrder
        return tuple(sorted(records, key=_KEYS[column], reverse=descending))

    def _text(self, record: SessionRecord, column: Column) -> str:
        summary, details = record.summary, record.details
        if column == Column.LENGTH:
            length = duration(summary.seconds)
            state = self.state(record)
            return f"{length} ({state})" if state else length
        if column == Column.MOOD:
            return "\u2013" if summary.mood_index is None else signed(summary.mood_index)
        if column == Column.DATE:
            return local_time(record)
        return {
            Column.COURSE: details.course,
            Column.GROUP: details.group,
            Column.TEACHER: details.teacher,
            Column.FACES: QLocale().toString(summary.faces_mean, "f", 1),
        }.get(column, "")

    def _tip(self, record: SessionRecord, column: Column) -> str:
        if column == Column.SHARES:
            return self._spoken(record, column)
        if column in (Column.DATE, Column.LENGTH):
            return self.state(record)
        if column in (Column.COURSE, Column.GROUP, Column.TEACHER):
            return plain_tip(self._text(record, column))
        return ""

    def _spoken(self, record: SessionRecord, column: Column) -> str:
        shares = record.summary.shares
        if column != Column.SHARES:
            return self._text(record, column)
        if shares is None:
            return self.tr("No face was seen")
        named = sorted(zip(shares, EMOTIONS, strict=True), reverse=True)
        return ", ".join(f"{emotion_name(name)} {percent(share)}" for share, name in named)


def local_time(record: SessionRecord) -> str:
    """Return when a session began, in this computer's time zone and the language in use."""
    return written(QDateTime.fromSecsSinceEpoch(int(record.started_at.timestamp())))


def written(moment: QDateTime) -> str:
    """Return a moment in the short form of the language in use."""
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)


class SessionsFilter(QSortFilterProxyModel):
    """Shows the sessions that fit search words, course, group, teacher and dates."""

    def __init__(self, model: SessionsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._details: dict[str, str] = {}
        self._first: date | None = None
        self._last: date | None = None
        self.setSourceModel(model)

    def look_for(
        self, text: str, details: Mapping[str, str], days: tuple[date | None, date | None] = (None, None)
    ) -> None:
        """Show what has every word of `text` somewhere, these details, and began on these days.

        The words may stand in course, group, teacher, note or date; days are those of this time zone.
        """
        self._words = tuple(text.casefold().split())
        self._details = dict(details)
        self._first, self._last = days
        self.invalidate()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the sessions."""
        self.sourceModel().sort(column, order)

    def record(self, row: int) -> SessionRecord:
        """Return the session of a row that is shown."""
        record = self.index(row, 0).data(RECORD)
        assert isinstance(record, SessionRecord)  # noqa: S101  # for the type checker
        return record

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: N802, ARG002
        """Return whether a session is shown."""
        model = self.sourceModel()
        assert isinstance(model, SessionsModel)  # noqa: S101  # for the type checker
        record = model.records()[source_row]
        details = record.details
        if any(getattr(details, name) != value for name, value in self._details.items()):
            return False
        if self._first is not None or self._last is not None:
            day = record.started_at.astimezone().date()
            if (self._first and day < self._first) or (self._last and day > self._last):
                return False
        if not self._words:
            return True
        texts = (details.course, details.group, details.teacher, details.note, local_time(record))
        text = "\n".join(texts).casefold()
        return all(word in text for word in self._words)
