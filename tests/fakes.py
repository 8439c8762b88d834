"""Stand-ins for camera, pipeline and store that tests steer by hand."""

import os
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from desktop.capture.cameras import Camera
from desktop.capture.clock import now
from desktop.capture.frame import CaptureError, Frame, Source, SourceInfo, SourceLostError
from desktop.pipeline import Face, FrameResult
from desktop.segments import Markers
from desktop.settings import Settings
from desktop.statistics import Interval, SessionDetails
from desktop.store import Claims, StoreError, UnknownSessionError, Waiting
from desktop.workers.analysis import FrameProcessor
from desktop.workers.recorder import SessionSink
from models.emotion import Classification
from models.errors import ModelError, Sentence

HAPPY = Classification((0.0, 0.0, 0.0, 0.9, 0.1, 0.0, 0.0))


def grey_frame(index: int, timestamp: float, value: int = 128) -> Frame:
    """Return a small grey frame; one pixel tells it from those of other times, as a sensor's noise does."""
    image = np.full((90, 160, 3), value, np.uint8)
    image[0, 0] = round(timestamp * 1000) % 256
    return Frame(index, timestamp, image)


class FakeCamera:
    """A camera whose frames the test pushes; it can be unplugged."""

    def __init__(self, name: str = "Fake camera", live: bool = True) -> None:
        kind = "camera" if live else "video"
        self.info = SourceInfo(name, kind, live, 30.0, (160, 90), None, identity=f"id:{name}")
        self.closed = threading.Event()
        self.was_read = threading.Event()
        self.silent = False  # a live one gives a picture every 20 ms unless told to be silent
        self._events: queue.SimpleQueue[Frame | Exception | None] = queue.SimpleQueue()

    def push(self, frame: Frame) -> None:
        """Deliver a frame to the reader."""
        self._events.put(frame)

    def unplug(self) -> None:
        """Let the next read fail as that of a camera that is gone."""
        self._events.put(SourceLostError(f"{self.info.name} was unplugged."))

    def fail(self, error: Exception) -> None:
        """Let the next read raise `error`."""
        self._events.put(error)

    def end(self) -> None:
        """Let the next read say that the file is at its end."""
        self._events.put(None)

    def read(self) -> Frame | None:
        self.was_read.set()
        while not self.closed.is_set():
            try:
                event = self._events.get(timeout=0.02)
            except queue.Empty:
                if self.info.live and not self.silent:
                    return grey_frame(0, now())
                continue
            if isinstance(event, Exception):
                raise event
            return event
        raise CaptureError("closed")

    def close(self) -> None:
        self.closed.set()


class FakePipeline:
    """Finds one happy face in every frame."""

    notice: Sentence | None = None

    def __init__(self) -> None:
        self.closed = False
        self.quiet = False
        self.resets = 0

    def process(self, frame: Frame) -> FrameResult:
        return FrameResult(frame, (Face(1, (10, 10, 50, 50), 1.0, HAPPY, unsure=False),))

    def set_quiet(self, quiet: bool) -> None:
        self.quiet = quiet

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.closed = True


class MemoryStore:
    """Keeps sessions in memory and refuses to write while told to."""

    def __init__(self) -> None:
        self.created: dict[str, tuple[SessionDetails, str, str]] = {}
        self.intervals: list[tuple[str, Interval]] = []
        self.ended: dict[str, datetime] = {}
        self.markers: dict[str, Markers] = {}
        self.refuses = False
        self.refused = threading.Event()

    def _check(self) -> None:
        if self.refuses:
            self.refused.set()
            raise StoreError("Can not store the lesson: the disk is full. Free some space.")

    def begin(
        self, session_id: str, details: SessionDetails, started_at: datetime, model: str, source: str
    ) -> None:
        self._check()
        self.created[session_id] = (details, model, source)

    def append_all(self, session_id: str, intervals: Sequence[Interval]) -> None:
        self._check()
        if session_id not in self.created:
            raise UnknownSessionError("The session is not in the database any more.")
        new = [(session_id, interval) for interval in intervals]
        self.intervals += [pair for pair in new if pair not in self.intervals]

    def finish(self, session_id: str, ended_at: datetime) -> None:
        self._check()
        self.ended[session_id] = ended_at

    def set_markers(self, session_id: str, markers: Markers) -> None:
        self._check()
        if session_id not in self.created:
            raise UnknownSessionError("The session is not in the database any more.")
        self.markers[session_id] = markers

    def catch_up(self) -> None:
        pass

    def close(self) -> None:
        pass


class FakeParts:
    """Hands the engine what the test prepared."""

    def __init__(self) -> None:
        self.claims = Claims(Path(os.devnull) / "claims")  # nothing can be written there
        self.cameras: dict[str, FakeCamera] = {}
        self.opened: list[str] = []
        self.store = MemoryStore()
        self.elsewhere = MemoryStore()
        self.chosen: list[Path] = []
        self.opened_for: list[str] = []  # addresses of databases
        self.on_waiting: Callable[[Waiting], None] = lambda _: None
        self.pipelines: list[FakePipeline] = []
        self.model_error: ModelError | None = None

    def open_source(self, spec: str, identity: str, settings: Settings) -> Source:
        self.opened.append(identity or spec)
        camera = self.cameras.get(identity or spec)
        if camera is None:
            raise CaptureError(f"There is no camera {spec}. Plug it in.")
        return camera

    def build_pipeline(self, settings: Settings) -> FrameProcessor:
        if self.model_error is not None:
            raise self.model_error
        self.pipelines.append(FakePipeline())
        return self.pipelines[-1]

    def open_store(self, settings: Settings, on_waiting: Callable[[Waiting], None]) -> SessionSink:
        self.on_waiting = on_waiting
        self.opened_for.append(settings.storage.database)
        return self.store

    def open_file(self, file: Path) -> SessionSink:
        self.chosen.append(file)
        return self.elsewhere

    def find_cameras(self) -> list[Camera]:
        return []

    def model_name(self, settings: Settings) -> str:
        return "fake 1.0"
