"""The workspace: where picture, mood, session and figures have their places."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.ui.banners import Banners
from desktop.ui.dialog_parts import scaled
from desktop.ui.icons import Icons
from desktop.ui.mood_card import MoodCard
from desktop.ui.now_card import NowCard
from desktop.ui.session_card import SessionCard
from desktop.ui.stage import Stage
from desktop.ui.status_strip import StatusStrip

_PANEL_WIDTH = 348
_MARGIN = 12
_MOOD_HEIGHT = 172  # at least


class Workspace(QWidget):
    """Everything below the header bar; `desktop.ui.live` keeps it up to date."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banners = Banners(icons)
        self.stage = Stage(icons)
        self.mood = MoodCard()
        self.session = SessionCard(icons)
        self.now = NowCard()
        self.status = StatusStrip()
        self._lay_out()
        self.stage.show_placeholder("none")

    def set_four(self, four: bool) -> None:
        """Choose the four-emotion view everywhere."""
        self.stage.view.set_four(four)
        self.stage.strip.set_four(four)
        self.now.bars.set_four(four)
        self.mood.chart.set_four(four)

    def set_presenting(self, presenting: bool) -> None:
        """Leave nothing but the picture and its strip, or bring everything back."""
        for part in (self._panel, self.mood, self.status):
            part.setVisible(not presenting)
        self.banners.set_allowed(not presenting)
        margin = 0 if presenting else _MARGIN
        self._body.setContentsMargins(margin, margin, margin, margin)
        self.stage.set_presenting(presenting)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the chart a share of a large screen."""
        super().resizeEvent(event)
        self.mood.setFixedHeight(round(min(260, max(_MOOD_HEIGHT, self.height() * 0.22))))

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(_MARGIN)
        left.addWidget(self.banners)
        left.addWidget(self.stage, 1)
        left.addWidget(self.mood)
        panel = QWidget()
        panel.setObjectName("panel")
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_MARGIN)
        column.addWidget(self.session)
        column.addWidget(self.now)
        column.addStretch()
        self._panel = QScrollArea()
        self._panel.setWidget(panel)
        self._panel.setWidgetResizable(True)
        self._panel.setFixedWidth(scaled(self, _PANEL_WIDTH))
        self._panel.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._panel.setFrameShape(QFrame.Shape.NoFrame)
        self._panel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._body = QHBoxLayout()
        self._body.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._body.setSpacing(_MARGIN)
        self._body.addLayout(left, 1)
        self._body.addWidget(self._panel)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._body, 1)
        whole.addWidget(self.status)
