"""The workspace: picture, mood, session and figures, kept up to date by the engine's signals."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.capture.frame import SourceInfo
from desktop.segments import UNMARKED, Markers
from desktop.statistics import Interval
from desktop.ui.banners import Banners
from desktop.ui.dialog_parts import scaled
from desktop.ui.icons import Icons
from desktop.ui.live_messages import LiveMessages
from desktop.ui.mood_card import MoodCard
from desktop.ui.now_card import NowCard
from desktop.ui.session_card import SessionCard
from desktop.ui.stage import Stage
from desktop.ui.status_strip import StatusStrip
from desktop.ui.words import told
from desktop.workers.engine import Engine, SessionState
from models.errors import Sentence

_PANEL_WIDTH = 348
_MARGIN = 12
_MOOD_HEIGHT = 172  # at least
_TICK_MS = 1000


class Workspace(QWidget):
    """Everything below the header bar."""

    source_shown = Signal(object)  # SourceInfo, or None
    elsewhere_wanted = Signal()  # the database takes nothing: ask for another file
    picture_shown = Signal(object)  # FrameResult
    detector_seen = Signal(str)  # which one found the faces of the last second; "" before that is known

    def __init__(self, engine: Engine, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._resting = True
        self._source: SourceInfo | None = None
        self._ended = False  # a file was played to its end
        self.banners = Banners(icons)
        self.stage = Stage(icons)
        self.mood = MoodCard()
        self.session = SessionCard(icons)
        self.now = NowCard()
        self.status = StatusStrip()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._messages = LiveMessages(engine, self.banners, self)
        self._messages.elsewhere_wanted.connect(self.elsewhere_wanted)
        self._lay_out()
        self._connect_engine()
        self.stage.show_placeholder("none")
        self._on_session_changed(engine.session)

    def show_opening(self) -> None:
        """Forget the source before and wait for the next."""
        self._forget_source()
        self.stage.show_placeholder("opening")

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
        self._on_tick()

    def set_resting(self, resting: bool) -> None:
        """Paint nothing while nobody looks; catch up afterwards."""
        if resting == self._resting:
            return
        self._resting = resting
        self._engine.set_hidden(resting)
        if resting:
            self._tick.stop()
        else:
            self._tick.start()
            self._on_tick()
            self.mood.redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Say banners again in another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._messages.retranslate()
            self._show_storage()
        super().changeEvent(event)

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

    def _connect_engine(self) -> None:
        engine = self._engine
        engine.source_opened.connect(self._on_source_opened)
        engine.source_failed.connect(self._on_source_failed)
        engine.source_lost.connect(self._on_source_lost)
        engine.source_recovered.connect(self._on_source_recovered)
        engine.source_ended.connect(self._on_source_ended)
        engine.result_ready.connect(self._on_result_ready)
        engine.interval_ready.connect(self._on_interval_ready)
        engine.session_changed.connect(self._on_session_changed)
        engine.storage_failed.connect(self._show_storage)
        engine.storage_recovered.connect(self._show_storage)
        self.session.start_requested.connect(engine.start_session)
        self.session.pause_requested.connect(engine.pause_session)
        self.session.resume_requested.connect(engine.resume_session)
        self.session.stop_requested.connect(engine.stop_session)
        self.session.activities.chosen.connect(engine.add_marker)
        self.session.activities.undo_requested.connect(engine.undo_marker)
        engine.markers_changed.connect(self._on_markers_changed)

    def _forget_source(self) -> None:
        self._source = None
        self._messages.show_source()
        self.stage.view.set_stale(False)
        self.session.set_source_ready(False)
        self.status.show_source(None)
        self.now.show_interval(None)
        self.stage.strip.show_shares(None, 0)
        if self._engine.session.phase == "idle":
            self.mood.clear()
        self.source_shown.emit(None)

    def _on_source_opened(self, info: SourceInfo) -> None:
        self._source = info
        self._ended = False
        self.stage.view.set_stale(False)
        self.session.set_source_ready(True)
        self.status.show_source(info)
        self.source_shown.emit(info)

    def _on_source_failed(self, message: Sentence) -> None:
        self._forget_source()
        self.stage.show_placeholder("failed", message)

    def _on_source_lost(self) -> None:
        self.stage.view.set_stale(True)
        self.now.show_interval(None)
        self.stage.strip.show_shares(None, 0)

    def _on_source_recovered(self, info: SourceInfo) -> None:
        self._on_source_opened(info)

    def _on_source_ended(self) -> None:
        self._ended = True
        self.session.set_source_ready(False)
        self.stage.show_placeholder("ended")

    def _on_result_ready(self) -> None:
        result = self._engine.take_result()
        if result is None or self._resting or self._source is None or self._ended:
            return  # the last frame is read after its file has ended
        self.stage.show_picture(result)
        self.picture_shown.emit(result)

    def _on_interval_ready(self, interval: Interval) -> None:
        self.mood.add(interval, draw=not self._resting and not self.stage.presenting)
        if not self._resting:
            self.now.show_interval(interval)
            self.stage.strip.show_shares(interval.shares, round(interval.faces))

    def _on_session_changed(self, state: SessionState) -> None:
        self.session.show_state(state)
        self._show_storage()
        self._on_tick()

    def _on_markers_changed(self, markers: Markers) -> None:
        self.session.activities.show_markers(markers)
        self.stage.strip.show_activity(markers[-1].kind if markers else UNMARKED)
        self.mood.chart.show_markers(markers)

    def _on_tick(self) -> None:
        """Once a second while somebody looks: figures and elapsed time."""
        state = self._engine.session
        self.session.show_elapsed(state.elapsed_s)
        self.stage.strip.show_elapsed(None if state.phase == "idle" else state.elapsed_s)
        if self._source is not None and not self._resting:
            stats = self._engine.live_stats()
            self.status.show_stats(stats, self.stage.view.frame_size())
            self.detector_seen.emit(stats.detector)

    @property
    def refuses(self) -> bool:
        """Return whether the database takes nothing right now."""
        return self._messages.storage_error is not None

    def _show_storage(self) -> None:
        error = self._messages.storage_error
        recording = self._engine.session.phase != "idle"
        self.status.show_storage(recording=recording, error=told(error) if error else "")
