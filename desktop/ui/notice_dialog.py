"""First-start notice: what is measured, what is never stored, what a label is, where it is prohibited."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.dialog_parts import button_row, card, fit, follow_look, headline, paragraph, topic_rows
from desktop.ui.icons import Icons

_TOPICS = (("face", "accent"), ("camera-off", "accent"), ("info", "accent"), ("warning", "danger"))


class NoticeDialog(QDialog):
    """Accepted only after "I have read this" was ticked."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._headline = headline()
        self._pictures = [QLabel() for _ in _TOPICS]
        self._titles = [paragraph("title") for _ in _TOPICS]
        self._texts = [paragraph() for _ in _TOPICS]
        self.read_box = QCheckBox()
        self.accept_button = QPushButton()
        self.accept_button.setProperty("kind", "primary")
        self.accept_button.setEnabled(False)
        self.quit_button = QPushButton()
        self.read_box.toggled.connect(self.accept_button.setEnabled)
        self.accept_button.clicked.connect(self.accept)
        self.quit_button.clicked.connect(self.reject)
        self._lay_out()
        self._restyle()
        self._retranslate()
        self.read_box.setFocus()

    def labels(self) -> list[QLabel]:
        """Return the paragraphs, from top to bottom."""
        return [label for pair in zip(self._titles, self._texts, strict=True) for label in pair]

    def text(self) -> str:
        """Return all that is said."""
        return "\n".join(label.text() for label in self.labels())

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        follow_look(event, self._restyle, self._retranslate)
        super().changeEvent(event)

    def _lay_out(self) -> None:
        buttons = button_row(self.read_box, self.quit_button, self.accept_button, spacing=10)
        buttons.setStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.setSpacing(16)
        layout.addWidget(self._headline)
        layout.addWidget(card(topic_rows(self._pictures, self._titles, self._texts)))
        layout.addLayout(buttons)

    def _restyle(self) -> None:
        palette = self.palette()
        colours = {"accent": palette.color(palette.ColorRole.Highlight)}
        colours["danger"] = palette.color(palette.ColorRole.BrightText)
        for picture, (name, colour) in zip(self._pictures, _TOPICS, strict=True):
            picture.setPixmap(self._icons.icon(name, colours[colour]).pixmap(24, 24))

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Before you start"))
        self._headline.setText(self.tr("Before a camera is opened"))
        titles = (
            self.tr("What is measured"),
            self.tr("What is never stored"),
            self.tr("What a label is"),
            self.tr("Where this is prohibited"),
        )
        texts = (
            self.tr(
                "Classmood finds the faces in the picture and guesses the expression of each one. While a "
                "session is recorded, it keeps one line per second for the class as a whole: how many faces "
                "there were, the average of their expressions and the quality of the picture. It also keeps "
                "what you type about the lesson."
            ),
            self.tr(
                "No picture, no face and no person: nothing that belongs to one pupil is written to the disk "
                "or sent anywhere. The picture is analysed on this computer."
            ),
            self.tr(
                "A guess about an expression, not a feeling. A person who smiles need not be happy, and the "
                "program errs often. Never judge a person by it."
            ),
            self.tr(
                "In the European Union, emotion recognition in schools and at workplaces has been prohibited "
                "by Article 5(1)(f) of the AI Act since 2 February 2025, with or without consent, medical or "
                "safety reasons aside. Other countries have rules of their own. Use Classmood only where it "
                "is allowed."
            ),
        )
        for label, words in zip(self._titles + self._texts, titles + texts, strict=True):
            label.setText(words)
        self.read_box.setText(self.tr("I have read this"))
        self.accept_button.setText(self.tr("Accept"))
        self.quit_button.setText(self.tr("Quit"))
        fit(self, 640)
