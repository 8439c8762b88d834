"""A stand-in for the engine: the same signals, no threads; a test says what happens."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject

from desktop.capture.cameras import Camera
from desktop.capture.frame import Frame, SourceInfo
from desktop.pipeline import Face, FrameResult
from desktop.segments import Markers, mark
from desktop.settings import Settings
from desktop.statistics import Interval, SessionDetails
from desktop.store import StoredSession
from desktop.workers.engine import Engine
from desktop.workers.state import LiveStats, SessionState
from models.boxes import Box
from models.emotion import EMOTIONS, Classification

CAMERA_INFO = SourceInfo("HD Webcam", "camera", live=True, fps=30.0, size=(1280, 720), frame_count=None)
MIXED = (0.05, 0.03, 0.07, 0.45, 0.25, 0.10, 0.05)


class FakeEngine(Engine):
    """The engine's signals without its threads; remembers what the window asked for in `calls`."""

    markers: Markers = ()
    unsaved: int = 0

    def __init__(self) -> None:
        QObject.__init__(self)  # none of the engine's parts
        self.calls: list[tuple[object, ...]] = []
        self.result: FrameResult | None = None
        self.state = SessionState()
        self.stats = LiveStats(fps=29.6, latency_ms=38.2, dropped=3, faces=6)
        self.second = 0  # of the session, where the next marker goes

    def names(self) -> list[object]:
        """Return the names of the calls so far."""
        return [call[0] for call in self.calls]

    def open_source(self, spec: str) -> None:
        self.calls.append(("open_source", spec))

    def close_source(self) -> None:
        self.calls.append(("close_source",))

    def take_result(self) -> FrameResult | None:
        result, self.result = self.result, None
        return result

    @property
    def session(self) -> SessionState:
        return self.state

    def start_session(self, details: SessionDetails) -> None:
        self.calls.append(("start_session", details))
        self._become(SessionState("recording", "session-1", 0.0, details))

    def continue_session(self, session: StoredSession) -> None:
        self.calls.append(("continue_session", session))
        record = session.record
        self._become(SessionState("recording", record.id, record.summary.seconds, record.details))

    def pause_session(self) -> None:
        self.calls.append(("pause_session",))
        if self.state.phase == "recording":
            self._become(SessionState("paused", "session-1", 65.0, self.state.details))

    def resume_session(self) -> None:
        self.calls.append(("resume_session",))
        if self.state.phase == "paused":
            self._become(SessionState("recording", "session-1", 65.0, self.state.details))

    def stop_session(self) -> None:
        self.calls.append(("stop_session",))
        self._become(SessionState())
        self._mark(())

    def add_marker(self, kind: str) -> None:
        self.calls.append(("add_marker", kind))
        self._mark(mark(self.markers, self.second, kind))

    def undo_marker(self) -> None:
        self.calls.append(("undo_marker",))
        self._mark(self.markers[:-1])

    def live_stats(self) -> LiveStats:
        return self.stats

    def apply_settings(self, settings: Settings) -> None:
        self.calls.append(("apply_settings", settings))

    def reload_models(self) -> None:
        self.calls.append(("reload_models",))

    def set_hidden(self, hidden: bool) -> None:
        self.calls.append(("set_hidden", hidden))

    def find_cameras(self) -> None:
        self.calls.append(("find_cameras",))

    def save_elsewhere(self, file: Path) -> None:
        self.calls.append(("save_elsewhere", file))

    def shutdown(self) -> int:
        self.calls.append(("shutdown",))
        return self.unsaved

    def give(self, result: FrameResult) -> None:
        """Let a result arrive."""
        self.result = result
        self.result_ready.emit()

    def _mark(self, markers: Markers) -> None:
        self.markers = markers
        self.markers_changed.emit(markers)

    def _become(self, state: SessionState) -> None:
        self.state = state
        self.session_changed.emit(state)


def make_camera(index: int, name: str) -> Camera:
    return Camera(index=index, name=name, identity=f"camera:{index}", backend=200)


def make_interval(second: int, shares: tuple[float, ...] | None = MIXED) -> Interval:
    faces = 0.0 if shares is None else 6.0
    return Interval(second, frames=25, dropped=1, faces=faces, unsure=0.12, brightness=0.5, shares=shares)


def make_face(track_id: int, box: Box, emotion: str | None, confidence: float = 0.87) -> Face:
    """Return a face; `emotion` None is one that was not classified yet, "" one that is unsure."""
    if emotion is None:
        return Face(track_id, box, 0.9, None, unsure=False)
    best = emotion or "neutral"
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    probabilities = tuple(confidence if name == best else rest for name in EMOTIONS)
    return Face(track_id, box, 0.9, Classification(probabilities), unsure=not emotion)


def make_result(
    *faces: Face, width: int = 1280, height: int = 720, index: int = 0, colour: int = 90
) -> FrameResult:
    image = np.full((height, width, 3), colour, dtype=np.uint8)
    return FrameResult(Frame(index, index / 30, image), faces, {})
