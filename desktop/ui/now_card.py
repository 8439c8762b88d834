"""The "Now" card: the class's shares of the last second and how many faces they come from."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.statistics import Interval
from desktop.ui.share_bars import ShareBars
from desktop.ui.words import faces, percent


class NowCard(QFrame):
    """Bars, number of faces, share of unsure ones, and what a label is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._interval: Interval | None = None
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._faces = QLabel()
        self._faces.setProperty("role", "muted")
        self.bars = ShareBars()
        self._guess = QLabel()
        self._guess.setProperty("role", "caption")
        self._guess.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._faces)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 14)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.bars)
        layout.addWidget(self._guess)
        self._retranslate()

    def show_interval(self, interval: Interval | None) -> None:
        """Show the newest second, or nothing without a picture."""
        self._interval = interval
        self.bars.show_shares(None if interval is None else interval.shares)
        self._count()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _count(self) -> None:
        if self._interval is None:
            self._faces.setText("")
            return
        words = faces(round(self._interval.faces))
        if self._interval.unsure >= 0.005:
            words += " \u00b7 " + self.tr("{share} unsure").format(share=percent(self._interval.unsure))
        self._faces.setText(words)

    def _retranslate(self) -> None:
        self._title.setText(self.tr("Now"))
        self._guess.setText(self.tr("Guesses about expressions, not feelings."))
        self._count()
