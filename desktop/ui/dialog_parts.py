"""Small parts that the dialogs share: word-wrapped paragraphs, headlines, a height that fits them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QLabel


def paragraph(role: str = "") -> QLabel:
    """Return a label for running text; `role` is the style sheet's ("muted", "title", "error")."""
    label = QLabel()
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    return label


def headline(factor: float = 1.5) -> QLabel:
    """Return a label in larger, bolder type."""
    label = paragraph()
    font = QFont(label.font())
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    return label


def fit(dialog: QDialog, width: int) -> None:
    """Give a dialog of wrapped text this width and just the height that the text needs."""
    layout = dialog.layout()
    if layout is not None:
        layout.activate()
        dialog.setFixedSize(width, layout.totalHeightForWidth(width))
