"""In the settings' storage page: delete everything that was ever recorded."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.store import erase_everything
from desktop.ui.dialog_parts import paragraph, push_button
from desktop.ui.parts import WindowParts
from desktop.ui.words import told
from models.errors import Sentence


class EraseRow(QWidget):
    """A button that asks first, and what came of it."""

    erased = Signal()

    def __init__(self, parts: WindowParts) -> None:
        super().__init__()
        self._parts = parts
        self._outcome: int | Sentence | None = None  # sessions deleted, or what is wrong
        self.button = push_button("danger", self._on_clicked)
        self.said = paragraph("muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.said)

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.button.setText(self.tr("Delete everything…"))
        if self._outcome is None:
            words = self.tr(
                "All sessions, copies and logs. Settings stay, and so does what you saved elsewhere."
            )
        elif isinstance(self._outcome, int):
            words = self.tr("%n session(s) deleted.", "", self._outcome)
        else:
            words = told(self._outcome)
        self.said.setText(words)

    def _on_clicked(self) -> None:
        if not self._parts.prompts.delete_everything(self.window()):
            return
        self.button.setEnabled(False)
        folder = self._parts.data_dir
        self._parts.library.ask(
            self, lambda store: erase_everything(store, folder), self._on_done, self._on_failed
        )

    def _on_done(self, sessions: int) -> None:
        self._say(sessions)
        self.erased.emit()

    def _on_failed(self, words: Sentence) -> None:
        self._say(words)

    def _say(self, outcome: int | Sentence) -> None:
        self._outcome = outcome
        self.button.setEnabled(True)
        self.retranslate()
