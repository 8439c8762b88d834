"""What the pages of the settings dialog share."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget


class Column(QScrollArea):
    """Captions, fields and explanations, one below the other; they keep their height where the screen is low.

    It is given its parent, and its fields are put where they belong one by one: Qt styles everything inside a
    widget again each time that the widget is moved into another.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self.setWidget(inside)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 12, 0)  # room for a scroll bar
        self._column.setSpacing(6)

    def problem(self) -> str:
        """Return what is wrong with a value on this page, or nothing."""
        return ""

    def _row(self, caption: QLabel | None, field: QWidget, *below: QWidget) -> None:
        if self._column.count():
            self._column.addSpacing(10)
        if caption is not None:
            caption.setBuddy(field)
            caption.setProperty("role", "title")
            self._column.addWidget(caption)
        self._column.addWidget(field)
        for widget in below:
            self._column.addWidget(widget)
