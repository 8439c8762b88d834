"""Small parts that windows share: paragraphs, buttons, sizes that fit the text, changes of their look."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget


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


def push_button(kind: str, slot: Callable[[], object]) -> QPushButton:
    """Return a button that Enter in a field does not press; `kind` is the style sheet's."""
    button = QPushButton()
    if kind:
        button.setProperty("kind", kind)
    button.setAutoDefault(False)
    button.clicked.connect(lambda: slot())  # noqa: PLW0108  # without the click's "checked"
    return button


def follow_look(event: QEvent, restyle: Callable[[], None], retranslate: Callable[[], None]) -> None:
    """In a `changeEvent`: draw icons again in another theme, and say everything again in another language."""
    if event.type() == QEvent.Type.PaletteChange:
        restyle()
    elif event.type() == QEvent.Type.LanguageChange:
        retranslate()


def scaled(widget: QWidget, pixels: int) -> int:
    """Return a width or height that was drawn for type of 15 pixels, for the type in use; never smaller."""
    return max(pixels, round(pixels * widget.fontMetrics().height() / 15))


def fit(dialog: QDialog, width: int) -> None:
    """Give a dialog of wrapped text this width and just the height that the text needs."""
    width = scaled(dialog, width)
    layout = dialog.layout()
    if layout is not None:
        layout.activate()
        dialog.setFixedSize(width, layout.totalHeightForWidth(width))
