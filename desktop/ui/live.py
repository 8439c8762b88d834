"""What the engine tells, brought into the workspace: picture, figures, session, messages."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from desktop.capture.frame import SourceInfo
from desktop.segments import UNMARKED, Markers
from desktop.statistics import Interval
from desktop.ui.live_messages import LiveMessages
from desktop.ui.words import told
from desktop.ui.workspace import Workspace
from desktop.workers.engine import Engine
from desktop.workers.state import SessionState
from models.errors import Sentence

_TICK_MS = 1000


class Live(QObject):
    """Keeps the workspace up to date by the engine's signals, and hands its wishes to the engine."""

    source_shown = Signal(object)  # SourceInfo, or None
    elsewhere_wanted = Signal()  # the database takes nothing: ask for another file
    picture_shown = Signal(object)  # FrameResult
    detector_seen = Signal(str)  # which one found the faces of the last second; "" before that is known

    def __init__(self, engine: Engine, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._engine = engine
        self._workspace = workspace
        self._resting = True
        self._source: SourceInfo | None = None
        self._ended = False  # a file was played to its end
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.tick)
        self._messages = LiveMessages(engine, workspace.banners, workspace)
        self._messages.elsewhere_wanted.connect(self.elsewhere_wanted)
        self._connect_engine()
        self._on_session_changed(engine.session)
        workspace.installEventFilter(self)

    def show_opening(self) -> None:
        """Forget the source before and wait for the next."""
        self._forget_source()
        self._workspace.stage.show_placeholder("opening")

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
            self.tick()
            self._workspace.mood.redraw()

    def tick(self) -> None:
        """Once a second while somebody looks: figures and elapsed time."""
        state = self._engine.session
        self._workspace.session.show_elapsed(state.elapsed_s)
        self._workspace.stage.strip.show_elapsed(None if state.phase == "idle" else state.elapsed_s)
        if self._source is not None and not self._resting:
            stats = self._engine.live_stats()
            self._workspace.status.show_stats(stats, self._workspace.stage.view.frame_size())
            self.detector_seen.emit(stats.detector)

    @property
    def refuses(self) -> bool:
        """Return whether the database takes nothing right now."""
        return self._messages.storage_error is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's own)
        """Say banners again in another language."""
        if watched is self._workspace and event.type() == QEvent.Type.LanguageChange:
            self._messages.retranslate()
            self._show_storage()
        return False

    def _connect_engine(self) -> None:
        engine, session = self._engine, self._workspace.session
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
        session.start_requested.connect(engine.start_session)
        session.pause_requested.connect(engine.pause_session)
        session.resume_requested.connect(engine.resume_session)
        session.stop_requested.connect(engine.stop_session)
        session.activities.chosen.connect(engine.add_marker)
        session.activities.undo_requested.connect(engine.undo_marker)
        engine.markers_changed.connect(self._on_markers_changed)

    def _forget_source(self) -> None:
        workspace = self._workspace
        self._source = None
        self._messages.show_source()
        workspace.stage.view.set_stale(False)
        workspace.session.set_source_ready(False)
        workspace.status.show_source(None)
        workspace.now.show_interval(None)
        workspace.stage.strip.show_shares(None, 0)
        if self._engine.session.phase == "idle":
            workspace.mood.clear()
        self.source_shown.emit(None)

    def _on_source_opened(self, info: SourceInfo) -> None:
        self._source = info
        self._ended = False
        self._workspace.stage.view.set_stale(False)
        self._workspace.session.set_source_ready(True)
        self._workspace.status.show_source(info)
        self.source_shown.emit(info)

    def _on_source_failed(self, message: Sentence) -> None:
        self._forget_source()
        self._workspace.stage.show_placeholder("failed", message)

    def _on_source_lost(self) -> None:
        self._workspace.stage.view.set_stale(True)
        self._workspace.now.show_interval(None)
        self._workspace.stage.strip.show_shares(None, 0)

    def _on_source_recovered(self, info: SourceInfo) -> None:
        self._on_source_opened(info)

    def _on_source_ended(self) -> None:
        self._ended = True
        self._workspace.session.set_source_ready(False)
        self._workspace.stage.show_placeholder("ended")

    def _on_result_ready(self) -> None:
        result = self._engine.take_result()
        if result is None or self._resting or self._source is None or self._ended:
            return  # the last frame is read after its file has ended
        self._workspace.stage.show_picture(result)
        self.picture_shown.emit(result)

    def _on_interval_ready(self, interval: Interval) -> None:
        workspace = self._workspace
        workspace.mood.add(interval, draw=not self._resting and not workspace.stage.presenting)
        if not self._resting:
            workspace.now.show_interval(interval)
            workspace.stage.strip.show_shares(interval.shares, round(interval.faces))

    def _on_session_changed(self, state: SessionState) -> None:
        self._workspace.session.show_state(state)
        self._show_storage()
        self.tick()

    def _on_markers_changed(self, markers: Markers) -> None:
        self._workspace.session.activities.show_markers(markers)
        self._workspace.stage.strip.show_activity(markers[-1].kind if markers else UNMARKED)
        self._workspace.mood.chart.show_markers(markers)

    def _show_storage(self) -> None:
        error = self._messages.storage_error
        recording = self._engine.session.phase != "idle"
        self._workspace.status.show_storage(recording=recording, error=told(error) if error else "")
