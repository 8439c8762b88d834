"""The base of the settings dialog's pages."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.settings import Settings


class Page(QWidget):
    """A column of captions, fields and explanations, with a line for what is wrong."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    def load(self, settings: Settings) -> None:
        """Show this page's section."""
        raise NotImplementedError

    def store(self, settings: Settings) -> None:
        """Write this page's section; call it only without a problem."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        raise NotImplementedError

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
