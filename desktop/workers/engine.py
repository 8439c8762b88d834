"""The engine: owns the worker threads and is all that the window talks to."""

import math
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from desktop.capture.cameras import Camera
from desktop.capture.clock import REAL_CLOCK, Clock
from desktop.capture.frame import Frame, Source, SourceInfo
from desktop.pipeline import FrameResult
from desktop.segments import Markers, mark
from desktop.settings import Settings
from desktop.statistics import MAX_GAP_S, Interval, SessionDetails
from desktop.store import Claims, StoredSession, Waiting
from desktop.workers.analysis import AnalysisWorker, FrameProcessor
from desktop.workers.live_view import LiveView
from desktop.workers.meter import LiveMeter
from desktop.workers.recorder import Recorder, SessionSink
from desktop.workers.slot import LatestSlot
from desktop.workers.source_keeper import SourceKeeper
from desktop.workers.state import LiveStats, SessionState
from models.errors import said

QUIET_HZ = 5.0  # frames analysed a second in quiet mode, and while nobody looks
STALLED_AFTER_S = 1.2  # a write that takes so long is said to hang: within two seconds, see WATCH_MS
WATCH_MS = 500


class Parts(Protocol):
    """What the engine is composed of; the composition root builds it."""

    @property
    def claims(self) -> Claims:
        """Where it is noted which sessions are being recorded."""
        ...

    def open_source(self, spec: str, identity: str, settings: Settings) -> Source:
        """Open what the user named, or the camera of that identity again."""
        ...

    def build_pipeline(self, settings: Settings) -> FrameProcessor:
        """Load detector and classifier; called in the analysis thread."""
        ...

    def open_store(self, settings: Settings, on_waiting: Callable[[Waiting], None]) -> SessionSink:
        """Open the database; called in the recorder's thread, as `on_waiting` is."""
        ...

    def open_file(self, file: Path) -> SessionSink:
        """Open a database in a file that the user chose; called in the recorder's thread."""
        ...

    def find_cameras(self) -> list[Camera]:
        """List the cameras; called in a thread of its own, for it can take seconds."""
        ...

    def model_name(self, settings: Settings) -> str:
        """Return name and version of the classifier; called in the recorder's thread."""
        ...


class Engine(QObject):
    """Runs capture, analysis and recording. Lives on the GUI thread; only `shutdown` blocks."""

    source_opened = Signal(object)  # SourceInfo
    source_failed = Signal(object)  # Sentence
    source_lost = Signal(object)  # Sentence
    source_recovered = Signal(object)  # SourceInfo
    source_ended = Signal()
    result_ready = Signal()
    interval_ready = Signal(object)  # Interval
    session_changed = Signal(object)  # SessionState
    session_saved = Signal(str)  # its id: it is in the store to its end
    markers_changed = Signal(object)  # Markers of the running session; () when it ends
    storage_failed = Signal(object)  # Sentence
    storage_recovered = Signal()
    waiting_changed = Signal(object)  # Waiting: what is kept here until the database server answers
    model_failed = Signal(object)  # Sentence
    model_loaded = Signal()
    model_noticed = Signal(object)  # Sentence: the model is not the one that was asked for
    cameras_ready = Signal(list)  # list[Camera]

    def __init__(self, parts: Parts, settings: Settings, clock: Clock = REAL_CLOCK) -> None:
        super().__init__()
        self._parts = parts
        self._settings = settings
        self._clock = clock.now
        self._frames: LatestSlot[Frame] = LatestSlot()
        self._results: LatestSlot[FrameResult] = LatestSlot()
        self._view = LiveView(self._frames, self._results, clock.now)
        self._view.ready.connect(self.result_ready)
        self._hidden = False
        self._meter = LiveMeter(clock.now)
        self._stalled = False  # the database takes a write and does not answer
        self._session = SessionState()
        self._recorded_s = 0.0  # of the finished stretches of this session
        self._stretch_started: float | None = None
        self._started_at = datetime.now(UTC)  # of the session
        self._watched_at = clock.now()
        self._session_started = 0.0  # on the clock that the seconds of its intervals are counted by
        self._markers: Markers = ()
        self._markers_before: list[Markers] = []  # what undo goes back to
        self._camera_search: _CameraSearch | None = None
        self._source = SourceKeeper(self._view, clock)
        self._source.opened.connect(self.source_opened)
        self._source.failed.connect(self.source_failed)
        self._source.lost.connect(self.source_lost)
        self._source.recovered.connect(self.source_recovered)
        self._source.ended.connect(self.source_ended)
        self._analysis = AnalysisWorker(
            self._frames, self._results, self._view, self._meter, lambda: parts.build_pipeline(self._settings)
        )
        self._analysis.result_ready.connect(self.result_ready)
        self._analysis.intervals_closed.connect(self._on_intervals_closed)
        self._analysis.model_failed.connect(self.model_failed)
        self._analysis.model_loaded.connect(self.model_loaded)
        self._analysis.model_noticed.connect(self.model_noticed)
        self._set_rate()
        self._recorder = Recorder(
            lambda: parts.open_store(self._settings, self.waiting_changed.emit), parts.claims
        )
        self._recorder.storage_failed.connect(self.storage_failed)
        self._recorder.storage_recovered.connect(self.storage_recovered)
        self._recorder.session_saved.connect(self.session_saved)
        self._watchdog = QTimer(self)
        self._watchdog.setInterval(WATCH_MS)
        self._watchdog.timeout.connect(self._on_watch)

    def start(self) -> None:
        """Start the threads that run for as long as the program does."""
        self._analysis.start()
        self._recorder.start()
        self._watchdog.start()

    def open_source(self, spec: str) -> None:
        """Show another source; `source_opened` or `source_failed` follows."""
        self._analysis.reset()
        settings = self._settings
        self._source.open(lambda identity: self._parts.open_source(spec, identity, settings))

    def close_source(self) -> None:
        """Stop showing the source; a camera that hangs in a read is left to end by itself."""
        self._source.close()

    def take_result(self) -> FrameResult | None:
        """Return the newest picture with its faces once; None if there is none since the last call."""
        return self._view.take()

    def live_stats(self) -> LiveStats:
        """Return rate, latency, dropped frames and faces as of now."""
        return self._view.stats(quiet=self._settings.analysis.quiet)

    @property
    def source(self) -> SourceInfo | None:
        """What is being shown, or None."""
        return self._source.info

    @property
    def session(self) -> SessionState:
        """The session as of now."""
        state = self._session
        running_s = 0.0 if self._stretch_started is None else self._clock() - self._stretch_started
        return SessionState(state.phase, state.session_id, self._recorded_s + running_s, state.details)

    @property
    def markers(self) -> Markers:
        """What was marked in the running session."""
        return self._markers

    def start_session(self, details: SessionDetails) -> None:
        """Begin to record; the store is told on its own thread, so a slow disk holds up nothing."""
        if self._session.phase != "idle":
            return
        session_id = str(uuid.uuid4())
        source = self._source.info.name if self._source.info else ""
        self._started_at = datetime.now(UTC)
        settings = self._settings
        self._recorder.begin(
            session_id, details, self._started_at, lambda: self._parts.model_name(settings), source
        )
        self._meter.start(lambda interval: self._recorder.append(session_id, interval))
        self._recorded_s = 0.0
        self._session_started = self._stretch_started = self._clock()
        self._change(SessionState("recording", session_id, details=details))

    def continue_session(self, session: StoredSession) -> None:
        """Go on recording a session that was interrupted; the time in between is left out, as in a pause."""
        if self._session.phase != "idle":
            return
        record = session.record
        since_start_s = math.floor((datetime.now(UTC) - record.started_at).total_seconds())
        second = max(session.end_second, since_start_s)  # the clock may have been set back
        self._recorder.go_on(session)
        self._meter.start(lambda interval: self._recorder.append(record.id, interval), second)
        self._recorded_s = record.summary.seconds
        self._stretch_started = self._clock()
        self._session_started = self._clock() - second
        self._started_at = record.started_at
        self._markers, self._markers_before = session.markers, []
        self._change(SessionState("recording", record.id, details=record.details))
        self.markers_changed.emit(self._markers)

    def pause_session(self) -> None:
        """Stop recording for a while; the live picture goes on."""
        if self._session.phase != "recording":
            return
        self._meter.pause()
        self._end_stretch()
        self._change(SessionState("paused", self._session.session_id, details=self._session.details))

    def resume_session(self) -> None:
        """Record again after a pause."""
        if self._session.phase != "paused":
            return
        self._meter.resume()
        self._stretch_started = self._clock()
        self._change(SessionState("recording", self._session.session_id, details=self._session.details))

    def stop_session(self) -> None:
        """End the session; what was recorded is being saved when this returns, and saved after `shutdown`."""
        session_id = self._session.session_id
        if session_id is None:
            return
        self._meter.stop()
        self._end_stretch()
        elapsed_s = self._clock() - self._session_started  # whatever was done to the time of day meanwhile
        self._recorder.finish(session_id, self._started_at + timedelta(seconds=elapsed_s))
        self._change(SessionState())
        self._recorded_s = 0.0
        self._markers, self._markers_before = (), []
        self.markers_changed.emit(self._markers)

    def add_marker(self, kind: str) -> None:
        """Note that an activity starts now; the one that runs already does not start again."""
        if self._session.session_id is None:
            return
        markers = mark(self._markers, int(self._clock() - self._session_started), kind)
        if markers != self._markers:
            self._markers_before.append(self._markers)
            self._store_markers(markers)

    def undo_marker(self) -> None:
        """Take the last marker back."""
        if self._markers_before:
            self._store_markers(self._markers_before.pop())

    def save_elsewhere(self, file: Path) -> None:
        """Go on with the session in another file: what is held in memory, and all that follows to its end."""
        self._recorder.save_in(lambda: self._parts.open_file(file))

    @property
    def unsaved(self) -> int:
        """How many writes are held in memory."""
        return self._recorder.waiting

    def apply_settings(self, settings: Settings) -> None:
        """Use other settings from now on; the detector is loaded anew only when the analysis changed.

        Another database is for a time without a session, when nothing waits to be written.
        """
        before, self._settings = self._settings, settings
        self._set_rate()
        if settings.analysis.model_copy(update={"quiet": before.analysis.quiet}) != before.analysis:
            self._analysis.set_pipeline(lambda: self._parts.build_pipeline(settings))
        if settings.storage != before.storage:
            self.waiting_changed.emit(Waiting(0))  # the store that is opened next says what waits for it
            self._recorder.open_anew()

    def reload_models(self) -> None:
        """Load detector and classifier again: a file may have arrived."""
        settings = self._settings
        self._analysis.set_pipeline(lambda: self._parts.build_pipeline(settings))

    def set_hidden(self, hidden: bool) -> None:
        """Analyse only a few frames a second while nobody looks."""
        self._hidden = hidden
        self._set_rate()

    def find_cameras(self) -> None:
        """Look for cameras; `cameras_ready` follows."""
        if self._camera_search is not None and self._camera_search.isRunning():
            return
        self._camera_search = _CameraSearch(self._parts.find_cameras)
        self._camera_search.found.connect(self.cameras_ready)
        self._camera_search.start()

    def shutdown(self) -> int:
        """End the session, save everything, stop all threads; return how many writes failed for good."""
        self.stop_session()
        self._watchdog.stop()
        self.close_source()
        self._analysis.requestInterruption()
        self._frames.close()
        self._analysis.wait()
        self._recorder.shut_down()
        self._source.wait()
        if self._camera_search is not None:
            self._camera_search.wait()
        return self._recorder.unsaved

    @property
    def hangs(self) -> bool:
        """True after `shutdown` if the driver of a camera does not let its thread go."""
        return self._source.hangs

    def _change(self, state: SessionState) -> None:
        self._session = state
        self.session_changed.emit(self.session)

    def _store_markers(self, markers: Markers) -> None:
        self._markers = markers
        if self._session.session_id is not None:
            self._recorder.set_markers(self._session.session_id, markers)
        self.markers_changed.emit(markers)

    def _end_stretch(self) -> None:
        if self._stretch_started is not None:
            self._recorded_s += self._clock() - self._stretch_started
            self._stretch_started = None

    def _set_rate(self) -> None:
        quiet = self._hidden or self._settings.analysis.quiet
        self._source.set_rate(QUIET_HZ if quiet else None)
        self._analysis.quiet = quiet

    def _on_intervals_closed(self, intervals: list[Interval]) -> None:
        for interval in intervals:
            self.interval_ready.emit(interval)

    def _on_watch(self) -> None:
        now = self._clock()
        slept_s, self._watched_at = now - self._watched_at, now
        if slept_s > MAX_GAP_S and self._stretch_started is not None:
            self._stretch_started += slept_s  # the intervals leave it out too
        self._watch_storage()
        self._source.watch()

    def _watch_storage(self) -> None:
        """Notice a database that neither stores nor refuses, such as a disk that hangs."""
        refused = self._recorder.refused  # that says more
        stalled = self._recorder.waiting_s > STALLED_AFTER_S and not refused
        if stalled and not self._stalled:
            self.storage_failed.emit(
                said("The database does not answer. Check that its disk or server can be reached.")
            )
        elif self._stalled and not stalled and not refused:
            self.storage_recovered.emit()
        self._stalled = stalled


class _CameraSearch(QThread):
    """Lists the cameras once."""

    found = Signal(list)

    def __init__(self, find_cameras: Callable[[], list[Camera]]) -> None:
        super().__init__()
        self._find_cameras = find_cameras

    def run(self) -> None:
        """Search and tell."""
        self.found.emit(self._find_cameras())
