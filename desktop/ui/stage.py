"""The stage: the picture, or a placeholder for it, and in presentation mode the strip over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from desktop.ui.icons import Icons
from desktop.ui.placeholder import Placeholder
from desktop.ui.presentation_strip import PresentationStrip
from desktop.ui.video_view import VideoView
from models.errors import Sentence

if TYPE_CHECKING:  # loaded after the window is on the screen
    from desktop.pipeline import FrameResult

_CURSOR_HIDES_MS = 2000


class Stage(QWidget):
    """Stacks the three; hides a resting cursor while presenting."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = VideoView()
        self.placeholder = Placeholder(icons)
        self.strip = PresentationStrip(self)
        self.strip.hide()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # where the focus rests when no control has it
        layout = QStackedLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setStackingMode(QStackedLayout.StackingMode.StackAll)
        layout.addWidget(self.view)
        layout.addWidget(self.placeholder)
        layout.setCurrentWidget(self.placeholder)
        self.cursor_timer = QTimer(self)
        self.cursor_timer.setSingleShot(True)
        self.cursor_timer.setInterval(_CURSOR_HIDES_MS)
        self.cursor_timer.timeout.connect(lambda: self.setCursor(Qt.CursorShape.BlankCursor))

    @property
    def presenting(self) -> bool:
        """Return whether the stage fills the screen."""
        return not self.strip.isHidden()

    def show_placeholder(self, mode: str, detail: Sentence | str = "") -> None:
        """Take the picture away and say why."""
        self.view.show_result(None)
        self.placeholder.show_mode(mode, detail)
        self.placeholder.show()

    def show_picture(self, result: FrameResult) -> None:
        """Show a result in place of whatever there was."""
        self.placeholder.hide()
        self.view.show_result(result)

    def set_presenting(self, presenting: bool) -> None:
        """Show the strip and large type, or go back."""
        self.view.set_presenting(presenting)
        self.strip.setVisible(presenting)
        self.strip.raise_()
        for widget in (self, self.view, self.placeholder):
            widget.setMouseTracking(presenting)
        if presenting:
            self._place_strip()
            self.cursor_timer.start()
        else:
            self.cursor_timer.stop()
            self.unsetCursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the cursor for a moment when it is moved."""
        if self.presenting:
            self.unsetCursor()
            self.cursor_timer.start()
        super().mouseMoveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the strip at the foot."""
        super().resizeEvent(event)
        self._place_strip()

    def _place_strip(self) -> None:
        height = min(round(self.height() * 0.2), round(self.width() * 0.13))
        self.strip.setGeometry(0, self.height() - height, self.width(), height)
