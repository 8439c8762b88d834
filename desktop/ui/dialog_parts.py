"""Small parts that windows share: paragraphs, buttons, sizes that fit the text, changes of their look."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget


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


def button_row(*buttons: QWidget | None, spacing: int = 8) -> QHBoxLayout:
    """Return the buttons below a dialog; None is room that grows."""
    row = QHBoxLayout()
    row.setSpacing(spacing)
    for button in buttons:
        if button is None:
            row.addStretch()
        else:
            row.addWidget(button)
    return row


def card(rows: Sequence[QWidget | QLayout], spacing: int = 16, side: int = 20, upper: int = 18) -> QFrame:
    """Return a raised card with rows one below the other."""
    frame = QFrame()
    frame.setObjectName("card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(side, upper, side, upper)
    column.setSpacing(spacing)
    for row in rows:
        if isinstance(row, QWidget):
            column.addWidget(row)
        else:
            column.addLayout(row)
    return frame


def topic_rows(
    pictures: Sequence[QLabel], titles: Sequence[QLabel], texts: Sequence[QLabel]
) -> list[QHBoxLayout]:
    """Return a row for each topic: a picture, and beside it the title above the text."""
    rows = []
    for picture, title, text in zip(pictures, titles, texts, strict=True):
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(title)
        words.addWidget(text)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        rows.append(row)
    return rows


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
