"""The paced part: the engine that the window uses, with a listener in the window's place."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer
from sqlalchemy import URL

from desktop.assembly import build_pipeline
from desktop.benchmark.figures import BenchmarkError, LiveFigures, Stages, collect, spread, spreads
from desktop.capture.cameras import Camera
from desktop.capture.clock import now
from desktop.capture.frame import CaptureError, Source, SourceInfo
from desktop.capture.pacing import PacedSource
from desktop.capture.sources import open_source
from desktop.emotion_model import EmotionModels
from desktop.paths import DataDir
from desktop.pipeline import FrameResult, Pipeline
from desktop.settings import Settings
from desktop.store import Claims, SessionStore, Waiting
from desktop.workers.engine import Engine
from models.boxes import Image
from models.errors import Sentence

WARM_UP_S = 1.0  # after the first picture: the first search, caches, the cascade's first touch of memory
PATIENCE_S = 30.0  # for the first picture: cameras may need seconds
SILENCE_S = 5.0  # without any result
LEAST_FRAMES = 10  # of a file
KEPT_S = 1.5  # of pictures for the parts that are not paced
KEPT_BYTES = 160_000_000  # of them at most
TICK_MS = 100

Progress = Callable[[float], None]  # share of the whole that is done, 0..1


@dataclass(frozen=True, slots=True)
class LiveParts:
    """What the engine is composed of here: the real source and networks, and no database."""

    data_dir: DataDir
    emotion_models: EmotionModels

    @property
    def claims(self) -> Claims:
        """Where sessions would be noted; there are none."""
        return Claims(self.data_dir.root)

    def open_source(self, spec: str, identity: str, settings: Settings) -> Source:
        """Open the source, a file in a loop, paced like a camera if nothing else paces it."""
        camera = settings.camera

        def opened(*, loop: bool) -> Source:
            return open_source(
                identity or spec, width=camera.width, height=camera.height, loop=loop, mirror=camera.mirror
            )

        source = opened(loop=True)
        if source.info.live:
            return source
        try:
            _check_length(source.info, lambda: opened(loop=False))
        except CaptureError:
            source.close()
            raise
        return PacedSource(source)

    def build_pipeline(self, settings: Settings) -> Pipeline:
        """Load detector and classifier."""
        return build_pipeline(
            settings.analysis,
            self.data_dir.models,
            live=True,
            model=settings.model,
            emotion_models=self.emotion_models,
        )

    def open_store(
        self,
        settings: Settings,  # noqa: ARG002
        on_waiting: Callable[[Waiting], None],  # noqa: ARG002
    ) -> SessionStore:
        """Return a database that is never made: no session is recorded."""
        return self.open_file(self.data_dir.root / "benchmark.db")

    def open_file(self, file: Path) -> SessionStore:
        """Return a database in a file, which is made with the first session."""
        return SessionStore(URL.create("sqlite", database=str(file)))

    def find_cameras(self) -> list[Camera]:
        """Look for none."""
        return []

    def model_name(self, settings: Settings) -> str:
        """Return name and version of the classifier."""
        return self.emotion_models.name(settings.model)


def _check_length(info: SourceInfo, reopen: Callable[[], Source]) -> None:
    """Raise CaptureError for pictures, and for a video of too few frames to measure anything."""
    if info.kind == "images":
        raise CaptureError(
            "{name} is no moving picture. Give a video, a camera, or “demo”, the demo classroom.",
            name=info.name,
        )
    with closing(reopen()) as source:
        for count in range(LEAST_FRAMES):
            if source.read() is None:
                raise CaptureError(
                    "{name} is too short to measure: it has {count} frames, {least} is the least. Give a "
                    "longer video.",
                    name=info.name,
                    count=count,
                    least=LEAST_FRAMES,
                )


class LiveRun(QObject):
    """One run of the engine; takes every result at once, as the window does, and notes when."""

    def __init__(self, parts: LiveParts, settings: Settings, seconds: float, progress: Progress) -> None:
        """Measure for `seconds` after a warm-up."""
        super().__init__()
        self._application = QCoreApplication.instance() or QCoreApplication(["classmood"])
        self._loop = QEventLoop()
        self._engine = Engine(parts, settings)
        self._seconds = seconds
        self._progress = progress
        self._process = psutil.Process()
        self._opened_at = self._last_at = now()
        self._first_at: float | None = None
        self._begun: _Counters | None = None
        self._results: list[tuple[float, FrameResult]] = []
        self._latencies_ms: list[float] = []
        self._faces = self._analysed = 0
        self._detector = ""
        self._stages: Stages = {}
        self._figures: LiveFigures | None = None
        self._problem: str | None = None
        self.info: SourceInfo | None = None
        self.pictures: list[Image] = []  # of consecutive frames after the measurement
        self._kept_from: float | None = None
        self._ticks = QTimer(self, interval=TICK_MS)
        self._ticks.timeout.connect(self._on_tick)
        engine = self._engine
        engine.result_ready.connect(self._on_result)
        engine.source_opened.connect(self._on_opened)
        for trouble in (engine.source_failed, engine.source_lost, engine.model_failed):
            trouble.connect(self._on_problem)
        engine.source_ended.connect(self._on_ended)

    def execute(self, spec: str) -> LiveFigures:
        """Return the figures of the source that `spec` names. Raises BenchmarkError."""
        self._opened_at = self._last_at = now()
        self._ticks.start()
        self._engine.start()
        self._engine.open_source(spec)
        try:
            with _interruptible(self._loop) as interrupted:
                self._loop.exec()
        finally:
            self._ticks.stop()
            self._engine.shutdown()
        if interrupted:
            raise KeyboardInterrupt
        if self._figures is None or self._problem is not None:
            raise BenchmarkError("{problem}", problem=self._problem or "")
        return self._figures

    def _on_opened(self, info: SourceInfo) -> None:
        self.info = info

    def _on_problem(self, problem: Sentence) -> None:
        self._stop(str(problem))

    def _on_ended(self) -> None:
        self._stop("The source ended before enough was measured. Give a longer one, or fewer --seconds.")

    def _stop(self, problem: str) -> None:
        self._problem = self._problem or problem
        self._loop.quit()

    def _on_tick(self) -> None:
        moment = now()
        waited_s = moment - self._last_at
        if waited_s > (PATIENCE_S if self._first_at is None else SILENCE_S):
            self._stop(
                f"No picture came for {waited_s:.0f} seconds. Check the camera, or choose another source."
            )
        elif self._begun is not None:
            self._progress(min(1.0, (moment - self._begun.at) / self._seconds))

    def _on_result(self) -> None:
        result = self._engine.take_result()
        if result is None or self._problem is not None:
            return
        moment = self._last_at = now()
        if self._first_at is None:
            self._first_at = moment
        elif self._figures is not None:
            self._keep(moment, result.frame.image)
        elif self._begun is not None:
            self._note(moment, result)
        elif moment - self._first_at >= WARM_UP_S:
            self._begun = self._count(moment)

    def _note(self, moment: float, result: FrameResult) -> None:
        self._latencies_ms.append((moment - result.frame.timestamp) * 1000)
        self._faces += len(result.faces)
        self._analysed += bool(result.stages_ms)  # else it went past a busy analysis, its faces carried on
        self._detector = result.detector or self._detector
        collect(self._stages, [result.stages_ms])
        begun = self._begun
        if begun is None or moment - begun.at < self._seconds:
            return
        ended = self._count(moment)
        seconds, frames = ended.at - begun.at, len(self._latencies_ms)
        self._figures = LiveFigures(
            seconds=seconds,
            frames=frames,
            fps=frames / seconds,
            latency=spread(self._latencies_ms),
            dropped=ended.dropped - begun.dropped,
            faces_mean=self._faces / frames,
            cpu_cores=(ended.cpu_s - begun.cpu_s) / seconds,
            rss_mb=self._process.memory_info().rss / 2**20,
            stages=spreads(self._stages),
            detector=self._detector,
            analysed_hz=self._analysed / seconds,
        )

    def _count(self, moment: float) -> "_Counters":
        return _Counters(moment, time.process_time(), self._engine.live_stats().dropped)

    def _keep(self, moment: float, image: Image) -> None:
        self.pictures.append(image)
        self._kept_from = self._kept_from or moment
        enough = moment - self._kept_from >= KEPT_S or len(self.pictures) * image.nbytes >= KEPT_BYTES
        if enough and len(self.pictures) >= LEAST_FRAMES:
            self._loop.quit()


@dataclass(frozen=True, slots=True)
class _Counters:
    """What only ever grows, at a moment."""

    at: float  # seconds of the capture clock
    cpu_s: float
    dropped: int


@contextmanager
def _interruptible(loop: QEventLoop) -> Iterator[list[int]]:
    """Let Ctrl+C end the loop; the list is then not empty."""
    interrupted: list[int] = []

    def stop(number: int, _frame: object) -> None:
        interrupted.append(number)
        loop.quit()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
