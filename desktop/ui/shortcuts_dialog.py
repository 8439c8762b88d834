"""Overview of the keyboard shortcuts, made from the actions themselves."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.ui.actions import Actions
from desktop.ui.dialog_parts import headline


class ShortcutsDialog(QDialog):
    """Two columns of what and which key."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = [action for action in actions.all() if not action.shortcut().isEmpty()]
        self._words = [QLabel() for _ in self._actions]
        self._headline = headline(1.35)
        self._close = QPushButton()
        self._close.clicked.connect(self.accept)
        card = QFrame()
        card.setObjectName("card")
        grid = QGridLayout(card)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(9)
        rows = (len(self._actions) + 1) // 2
        for number, (action, words) in enumerate(zip(self._actions, self._words, strict=True)):
            key = QLabel(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
            key.setObjectName("keycap")
            key.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column = 3 * (number // rows)
            grid.addWidget(words, number % rows, column)
            grid.addWidget(key, number % rows, column + 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnMinimumWidth(2, 24)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(14)
        layout.addWidget(self._headline)
        layout.addWidget(card)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignRight)
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self._headline.setText(self.tr("Keyboard shortcuts"))
        for action, words in zip(self._actions, self._words, strict=True):
            words.setText(action.text().rstrip("\u2026"))
        self._close.setText(self.tr("Close"))
