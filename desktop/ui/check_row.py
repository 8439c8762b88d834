"""One line of the self-check: what is checked, how it stands, what to do."""

from typing import Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.ui.dialog_parts import paragraph
from desktop.ui.icons import Icons

Level = Literal["wait", "ok", "warn", "fail", "skip"]

_MARKS: dict[Level, tuple[str, QPalette.ColorRole]] = {
    "wait": ("wait", QPalette.ColorRole.PlaceholderText),
    "ok": ("check", QPalette.ColorRole.Highlight),
    "warn": ("warning", QPalette.ColorRole.BrightText),
    "fail": ("close", QPalette.ColorRole.BrightText),
    "skip": ("dash", QPalette.ColorRole.PlaceholderText),
}


class CheckRow(QWidget):
    """A picture, a title with its finding, an advice where there is one, and a mark: shape and colour."""

    def __init__(self, icons: Icons, picture: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._name = picture
        self.level: Level = "wait"
        self._picture, self._mark = QLabel(), QLabel()
        self.title = paragraph("title")
        self.finding = paragraph()
        self.advice = paragraph("muted")
        self.advice.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self.title, self.finding, self.advice):
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self._restyle()

    def show_finding(self, level: Level, finding: str, advice: str = "") -> None:
        """Say how it stands."""
        self.level = level
        self.finding.setText(finding)
        self.advice.setText(advice)
        self.advice.setVisible(bool(advice))
        self._restyle()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()
        super().changeEvent(event)

    def _restyle(self) -> None:
        palette = self.palette()
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        self._picture.setPixmap(self._icons.icon(self._name, muted).pixmap(24, 24))
        mark, role = _MARKS[self.level]
        self._mark.setPixmap(self._icons.icon(mark, palette.color(role)).pixmap(24, 24))
