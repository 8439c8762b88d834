"""What the pages of the settings dialog share."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget


class Column(QWidget):
    """Captions, fields and explanations, one below the other."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
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
