"""Texts from files and people stay text: Qt would read what looks like HTML as HTML."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def plain_label() -> QLabel:
    """Return a label that shows its text as it is."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def plain_tip(text: str) -> str:
    """Return `text` for a tool tip, which can not be told that it is given plain text."""
    return f'<span style="white-space: pre-wrap">{escape(text)}</span>' if "<" in text else text
