"""What stands in place of the picture: opening, not found, ended, with what to do next."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.ui.dialog_parts import follow_look
from desktop.ui.icons import Icons
from desktop.ui.words import told
from models.errors import Sentence


class Placeholder(QWidget):
    """An icon, a headline, a sentence, and up to three buttons."""

    retry_requested = Signal()
    demo_requested = Signal()
    choose_requested = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._mode = "none"
        self._detail: Sentence | str = ""
        self._picture = QLabel()
        self._title = QLabel()
        font = QFont(self._title.font())
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(font)
        self._words = QLabel()
        self._words.setProperty("role", "muted")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self._picture, self._title, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(label is not self._picture)
        self._words.setFixedWidth(460)
        self.retry_button, self.demo_button, self.choose_button = QPushButton(), QPushButton(), QPushButton()
        self.demo_button.setProperty("kind", "primary")
        self.retry_button.clicked.connect(self.retry_requested)
        self.demo_button.clicked.connect(self.demo_requested)
        self.choose_button.clicked.connect(self.choose_requested)
        self._lay_out()
        self._restyle()
        self._retranslate()

    @property
    def mode(self) -> str:
        """Return "none", "opening", "failed" or "ended"."""
        return self._mode

    @property
    def detail(self) -> str:
        """Return the sentence on show."""
        return self._words.text()

    def show_mode(self, mode: str, detail: Sentence | str = "") -> None:
        """Show one of the modes; `detail` is the sentence of a failure."""
        self._mode, self._detail = mode, detail
        self._restyle()
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        follow_look(event, self._restyle, self._retranslate)
        super().changeEvent(event)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch()
        for button in (self.retry_button, self.choose_button, self.demo_button):
            buttons.addWidget(button)
        buttons.addStretch()
        words = QHBoxLayout()  # an alignment instead would reckon with lines as long as the picture is wide
        words.addStretch()
        words.addWidget(self._words)
        words.addStretch()
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch()
        layout.addWidget(self._picture)
        layout.addWidget(self._title)
        layout.addLayout(words)
        layout.addSpacing(10)
        layout.addLayout(buttons)
        layout.addStretch()

    def _restyle(self) -> None:
        name = {"failed": "camera-off", "ended": "check"}.get(self._mode, "camera")
        ink = self.palette().color(QPalette.ColorRole.PlaceholderText)
        self._picture.setPixmap(self._icons.icon(name, ink).pixmap(48, 48))

    def _retranslate(self) -> None:
        titles = {
            "none": self.tr("No picture yet"),
            "opening": self.tr("Opening\u2026"),
            "failed": self.tr("No picture"),
            "ended": self.tr("The recording has ended"),
        }
        details = {
            "none": self.tr("Choose a camera or a file, or try the demo classroom. It needs no camera."),
            "opening": self.tr("A camera can take a few seconds."),
            "failed": told(self._detail),
            "ended": self.tr("Play it again, or choose something else."),
        }
        self._title.setText(titles[self._mode])
        self._words.setText(details[self._mode])
        again = self.tr("Play again") if self._mode == "ended" else self.tr("Try again")
        self.retry_button.setText(again)
        self.choose_button.setText(self.tr("Choose a source"))
        self.demo_button.setText(self.tr("Try the demo classroom"))
        self.retry_button.setVisible(self._mode in ("failed", "ended"))
        for button in (self.choose_button, self.demo_button):
            button.setVisible(self._mode != "opening")
