"""The line above the list of sessions: search words, course, group, teacher, dates."""

from collections.abc import Iterable
from datetime import date, timedelta

from PySide6.QtCore import QDate, QEvent, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.store import SessionRecord
from desktop.ui.dialog_parts import scaled
from desktop.ui.plain import plain_tip

DETAILS = ("course", "group", "teacher")
_PERIODS_D = (None, 1, 7, 30, 365)  # days; the last entry of the list is a period of one's own
_NAME_LIMIT = 40  # characters of a name in the lists


class HistoryFilters(QWidget):
    """Says what is looked for; an empty detail means any."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.changed)
        self.details = {name: QComboBox() for name in DETAILS}
        self.period = QComboBox()
        for _ in range(len(_PERIODS_D) + 1):
            self.period.addItem("")
        self.first, self.last = QDateEdit(QDate.currentDate()), QDateEdit(QDate.currentDate())
        first_row = QHBoxLayout()
        first_row.setSpacing(8)
        first_row.addWidget(self.search, 1)
        for box in (*self.details.values(), self.period):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
            box.currentIndexChanged.connect(self._on_chosen)
            first_row.addWidget(box)
        self._from, self._to = QLabel(), QLabel()
        self._dates = QWidget()
        second_row = QHBoxLayout(self._dates)
        second_row.setContentsMargins(0, 0, 0, 0)
        second_row.setSpacing(8)
        second_row.addStretch()
        for caption, field in ((self._from, self.first), (self._to, self.last)):
            field.setCalendarPopup(True)
            field.setMinimumWidth(scaled(self, 130))
            field.dateChanged.connect(self.changed)
            caption.setBuddy(field)
            second_row.addWidget(caption)
            second_row.addWidget(field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(first_row)
        layout.addWidget(self._dates)
        self._dates.hide()
        self.offer(())
        self._retranslate()

    def offer(self, records: Iterable[SessionRecord]) -> None:
        """Offer the courses, groups and teachers that there are; what is chosen stays chosen."""
        known = tuple(records)
        for name, box in self.details.items():
            chosen = box.currentData()
            values = {getattr(record.details, name) for record in known}
            box.blockSignals(True)
            box.clear()
            box.addItem("", None)
            for value in sorted(values - {""}, key=str.casefold):
                box.addItem(value[:_NAME_LIMIT], value)
                box.setItemData(box.count() - 1, plain_tip(value), Qt.ItemDataRole.ToolTipRole)
            box.setCurrentIndex(max(0, box.findData(chosen) if chosen else 0))
            box.blockSignals(False)
        self._retranslate()
        self.changed.emit()

    def clear(self) -> None:
        """Show everything."""
        self.search.clear()
        for box in (*self.details.values(), self.period):
            box.setCurrentIndex(0)

    def chosen(self) -> dict[str, str]:
        """Return course, group and teacher, as far as they are chosen."""
        values = {name: box.currentData() for name, box in self.details.items()}
        return {name: value for name, value in values.items() if value is not None}

    def dates(self) -> tuple[date | None, date | None]:
        """Return the first and the last day looked for; None: no bound."""
        chosen = self.period.currentIndex()
        if chosen == len(_PERIODS_D):
            return _day(self.first.date()), _day(self.last.date())
        days = _PERIODS_D[chosen]
        return (None, None) if days is None else (_day(QDate.currentDate()) - timedelta(days=days - 1), None)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _on_chosen(self) -> None:
        self._dates.setVisible(self.period.currentIndex() == len(_PERIODS_D))
        self.changed.emit()

    def _retranslate(self) -> None:
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search in course, group, teacher, note and date"))
        self.search.setToolTip(self.search.accessibleName() + " (Ctrl+F)")
        names = {"course": self.tr("Course"), "group": self.tr("Group"), "teacher": self.tr("Teacher")}
        every = {
            "course": self.tr("All courses"),
            "group": self.tr("All groups"),
            "teacher": self.tr("All teachers"),
        }
        for name, box in self.details.items():
            box.setItemText(0, every[name])
            box.setAccessibleName(names[name])
        periods = (
            self.tr("Any time"),
            self.tr("Today"),
            self.tr("Last 7 days"),
            self.tr("Last 30 days"),
            self.tr("Last 365 days"),
            self.tr("Choose dates"),
        )
        for place, words in enumerate(periods):
            self.period.setItemText(place, words)
        self.period.setAccessibleName(self.tr("Date"))
        self._from.setText(self.tr("From"))
        self._to.setText(self.tr("To"))
        self.first.setAccessibleName(self.tr("First day"))
        self.last.setAccessibleName(self.tr("Last day"))


def _day(chosen: QDate) -> date:
    return date(chosen.year(), chosen.month(), chosen.day())
