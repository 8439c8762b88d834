"""Licences: a searchable list of all parts, and the full texts of the one that is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontDatabase, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.licences import Part, parts
from desktop.ui.dialog_parts import headline, paragraph, scaled
from desktop.ui.parts import WindowParts
from desktop.ui.plain import plain_tip
from desktop.ui.words import told

_RULE = "\n\n" + "\u2500" * 60 + "\n\n"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A part, and all that is searched."""

    part: Part
    searched: str


class LicencesDialog(QDialog):
    """Reads the texts in the background: they are more than a megabyte."""

    def __init__(self, window_parts: WindowParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._entries: list[_Entry] = []
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_searched)
        self.list = QListWidget()
        self.list.setObjectName("pages")
        self.list.setMinimumWidth(scaled(self, 250))
        self.list.currentItemChanged.connect(self._on_chosen)
        self.title = headline(1.2)
        self.facts = paragraph("muted")
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.state = paragraph("muted")
        self._close = QPushButton()
        self._close.setAutoDefault(False)
        self._close.clicked.connect(self.accept)
        QShortcut(QKeySequence.StandardKey.Find, self).activated.connect(self.search.setFocus)
        self._lay_out()
        self._retranslate()
        self._show_state()
        window_parts.library.do(self, _read, self._on_read, lambda words: self.state.setText(told(words)))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._show_state()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        right.setSpacing(6)
        for label in (self.title, self.facts):
            right.addWidget(label)
        right.addWidget(self.text, 1)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addLayout(left)
        middle.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 14)
        layout.setSpacing(12)
        layout.addLayout(middle, 1)
        layout.addLayout(foot)
        self.resize(scaled(self, 940), scaled(self, 620))

    def _on_read(self, entries: Sequence[_Entry]) -> None:
        self._entries = list(entries)
        for entry in self._entries:
            part = entry.part
            item = QListWidgetItem(part.name)
            item.setToolTip(plain_tip(f"{part.version}\n{part.licence}".strip()))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._on_searched()

    def _on_searched(self) -> None:
        """Show the parts in whose name, licence or texts the words are; stay at the chosen one if it fits."""
        wanted = self.search.text().strip().casefold()
        shown = []
        for row, entry in enumerate(self._entries):
            fits = wanted in entry.searched
            self.list.item(row).setHidden(not fits)
            if fits:
                shown.append(row)
        if shown and self.list.currentRow() not in shown:
            self.list.setCurrentRow(shown[0])
        self._find()
        self._show_state()

    def _on_chosen(self) -> None:
        row = self.list.currentRow()
        if row < 0:
            return
        part = self._entries[row].part
        self.title.setText(f"{part.name} {part.version}".strip())
        self.facts.setText("\n".join(words for words in (part.licence, part.address) if words))
        self.text.setPlainText(_RULE.join(f"{text.title}\n\n{text.text}" for text in part.texts))
        self._find()

    def _find(self) -> None:
        """Go to the words that are searched for, in the text on show."""
        words = self.search.text().strip()
        cursor = self.text.textCursor()
        cursor.setPosition(0)
        self.text.setTextCursor(cursor)
        if words:
            self.text.find(words)
            self.text.centerCursor()

    def _show_state(self) -> None:
        if not self._entries:
            self.state.setText(self.tr("The texts are being read\u2026"))
            return
        shown = sum(not self.list.item(row).isHidden() for row in range(self.list.count()))
        words = self.tr("{shown} of {all} parts")
        self.state.setText(words.format(shown=shown, all=len(self._entries)))

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Licences"))
        self.search.setPlaceholderText(self.tr("Search names and texts"))
        self.search.setAccessibleName(self.tr("Search names and texts"))
        self.list.setAccessibleName(self.tr("Parts"))
        self.text.setAccessibleName(self.tr("Text of the licence"))
        self._close.setText(self.tr("Close"))


def _read() -> list[_Entry]:
    return [
        _Entry(
            part,
            "\n".join(
                (part.name, part.version, part.licence, *(text.text for text in part.texts))
            ).casefold(),
        )
        for part in parts()
    ]
