"""The card under the picture: the live chart, the mood index as a number, and what it means."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.statistics import Interval
from desktop.ui.mood_chart import MoodChart
from desktop.ui.words import signed
from models.emotions import mood_index


class MoodCard(QFrame):
    """Mood of the class over the last minutes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._newest: Interval | None = None
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._index = QLabel()
        self._index.setProperty("role", "muted")
        self.chart = MoodChart()
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._index)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 12, 8)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.chart, 1)
        self._retranslate()

    def add(self, interval: Interval, *, draw: bool) -> None:
        """Remember a second; draw it unless nobody looks."""
        self._newest = interval
        self.chart.add(interval)
        if draw:
            self.redraw()

    def redraw(self) -> None:
        """Draw what was remembered."""
        self.chart.redraw()
        self._say_index()

    def clear(self) -> None:
        """Start anew."""
        self._newest = None
        self.chart.clear()
        self._say_index()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _say_index(self) -> None:
        shares = None if self._newest is None else self._newest.shares
        number = "\u2013" if shares is None else signed(mood_index(shares))
        self._index.setText(self.tr("Mood index {number}").format(number=number))

    def _retranslate(self) -> None:
        self._title.setText(self.tr("Mood of the class"))
        tip = self.tr(
            "The line is the mood index: happy minus sad, angry, fear and disgust, from -1 to 1. "
            "The areas are the shares of the emotions."
        )
        self.setToolTip(tip)
        self._say_index()
