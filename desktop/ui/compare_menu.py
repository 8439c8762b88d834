"""The menu of comparisons: two lessons, or all of them by teacher, group, course or activity."""

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

Comparison = tuple[str, str] | Literal["teacher", "group", "course", "kind"]  # two session ids, or by what
_BY = ("teacher", "group", "course", "kind")


class CompareMenu(QMenu):
    """Says what is to be compared by; "" is the two selected sessions."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pair = self._entry("")
        self.addSeparator()
        self._by = {by: self._entry(by) for by in _BY}
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.pair.setText(self.tr("The two selected sessions"))
        words = {
            "teacher": self.tr("Teachers over time"),
            "group": self.tr("Groups over time"),
            "course": self.tr("Courses over time"),
            "kind": self.tr("Activities, over all sessions"),
        }
        for by, action in self._by.items():
            action.setText(words[by])

    def _entry(self, by: str) -> QAction:
        action = self.addAction("")
        action.triggered.connect(lambda: self.chosen.emit(by))
        return action
