"""The menu of comparisons: chosen lessons, or all of them by teacher, group, course or activity."""

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

Comparison = tuple[str, ...] | Literal["teacher", "group", "course", "kind"]  # session ids, or by what
Choice = Literal["selected", "shown", "teacher", "group", "course", "kind"]
_BY: tuple[Choice, ...] = ("teacher", "group", "course", "kind")


class CompareMenu(QMenu):
    """Says what is to be compared: the selected sessions, those on the list, or all by a detail."""

    chosen = Signal(str)  # Choice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = (0, 0)
        self.selected, self.shown = self._entry("selected"), self._entry("shown")
        self.addSeparator()
        self.by = {by: self._entry(by) for by in _BY}
        self.retranslate()

    def show_counts(self, selected: int, shown: int) -> None:
        """Say how many sessions are selected, and how many are shown."""
        self._counts = selected, shown
        self.selected.setEnabled(selected > 1)
        self.shown.setEnabled(shown > 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        selected, shown = self._counts
        self.selected.setText(
            self.tr("The %n selected session(s)", "", selected)
            if selected > 1
            else self.tr("The selected sessions (select them with Ctrl or Shift)")
        )
        self.shown.setText(self.tr("The %n session(s) on the list, over time", "", shown))
        words = {
            "teacher": self.tr("Teachers over time"),
            "group": self.tr("Groups over time"),
            "course": self.tr("Courses over time"),
            "kind": self.tr("Activities, over all sessions"),
        }
        for by, action in self.by.items():
            action.setText(words[by])

    def _entry(self, choice: Choice) -> QAction:
        action = self.addAction("")
        action.triggered.connect(lambda: self.chosen.emit(choice))
        return action
