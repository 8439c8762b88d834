"""Messages above the picture that do not stop the lesson: what happened, what the program does about it."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.dialog_parts import follow_look
from desktop.ui.icons import Icons
from desktop.ui.words import told
from models.errors import Sentence

Level = Literal["info", "warning", "error"]


class Banner(QFrame):
    """One message with a button that takes it away."""

    closed = Signal()

    def __init__(self, icons: Icons, level: Level, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("level", level)
        self._icons = icons
        self._message: Sentence | str = ""
        self._picture = QLabel()
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._icon = "info" if level == "info" else "warning"
        self._close = QToolButton()
        self._close.setProperty("kind", "flat")
        self._close.clicked.connect(self.closed)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._restyle()
        self._retranslate()

    def say(self, message: Sentence | str) -> None:
        """Show a message; a sentence follows the language."""
        self._message = message
        self._retranslate()

    def offer(self, text: str, action: Callable[[], object]) -> None:
        """Show a button beside the text, right of those before it."""
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(action)
        self._row.insertWidget(self._row.count() - 1, button, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def text(self) -> str:
        """Return what is shown."""
        return self._words.text()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        follow_look(event, self._restyle, self._retranslate)
        super().changeEvent(event)

    def _restyle(self) -> None:
        ink = self.palette().color(QPalette.ColorRole.Text)
        self._picture.setPixmap(self._icons.icon(self._icon, ink).pixmap(20, 20))
        self._close.setIcon(self._icons.icon("close", ink))

    def _retranslate(self) -> None:
        self._close.setToolTip(self.tr("Hide this message"))
        self._close.setAccessibleName(self.tr("Hide this message"))
        self._words.setText(told(self._message))
        self.setAccessibleName(self._words.text())


class Banners(QWidget):
    """At most one banner per topic, newest at the bottom."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._banners: dict[str, Banner] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._dismissed: dict[str, str] = {}  # what the user has read and closed, until it is over
        self._allowed = True
        self.hide()

    def say(self, topic: str, level: Level, message: Sentence | str) -> None:
        """Show a message, in place of the one before on the same topic; not again if it was closed."""
        text = told(message)
        if text in (self.text(topic), self._dismissed.get(topic)):
            return
        self.clear(topic)
        banner = Banner(self._icons, level, self)
        self._banners[topic] = banner
        self._layout.addWidget(banner)
        banner.say(message)
        banner.closed.connect(lambda: self._on_closed(topic, text))
        self._show_or_hide()

    def offer(self, topic: str, words: str, action: Callable[[], None]) -> None:
        """Put a button on the message of a topic; a click does `action` and takes the message away."""
        banner = self._banners.get(topic)
        if banner is not None:

            def act() -> None:
                self.clear(topic)
                action()

            banner.offer(words, act)

    def set_allowed(self, allowed: bool) -> None:
        """Keep messages back during a presentation."""
        self._allowed = allowed
        self._show_or_hide()

    def clear(self, topic: str) -> None:
        """Take the message of a topic away: it is over."""
        self._dismissed.pop(topic, None)
        banner = self._banners.pop(topic, None)
        if banner is not None:
            self._layout.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self._show_or_hide()

    def text(self, topic: str) -> str:
        """Return the message of a topic that is on show, or nothing."""
        banner = self._banners.get(topic)
        return "" if banner is None else banner.text

    def _on_closed(self, topic: str, text: str) -> None:
        self.clear(topic)
        self._dismissed[topic] = text

    def _show_or_hide(self) -> None:
        """Take no room, not even the space between widgets, when there is nothing to say."""
        self.setVisible(self._allowed and bool(self._banners))
