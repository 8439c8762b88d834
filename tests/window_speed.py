"""The window on a 720p video, measured from inside: `python -m tests.window_speed --faces 7 --seconds 20`.

Prints from capture to paint, pictures and analysed frames a second, processor and memory as JSON; with --loop
also how long the event loop was kept from its events (which costs some processor time itself).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from desktop.imports import load_qt
from desktop.memory import keep_little

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
keep_little()  # as the program itself begins
load_qt()

import cv2
import numpy as np
import psutil
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent

from desktop import app, early
from desktop.assembly import quiet_opencv
from desktop.capture.clock import now
from desktop.capture.demo import DemoSource
from desktop.capture.demo_room import FULL_CLASS
from desktop.paths import DataDir
from desktop.settings import Settings, save_settings
from desktop.ui import stage
from desktop.ui.main_window import MainWindow
from desktop.ui.parts import WindowParts
from desktop.ui.video_view import VideoView
from desktop.workers.engine import Engine
from tests.loop_watch import LoopWatch

FPS = 30
LENGTH_S = 10  # of the video, shown over and over
WARM_UP_S = 5.0


class Meter:
    """Notes paints and, after the warm-up, what the process used."""

    def __init__(self, engine: Engine, *, seconds: float, watch_loop: bool) -> None:
        self._engine = engine
        self._process = psutil.Process()
        self._latencies_ms: list[float] = []
        self._begun: tuple[float, float, int] | None = None  # time, processor, dropped
        self._loop = LoopWatch(lambda: "running" if self._begun else "") if watch_loop else None
        self._seconds = seconds
        self._painted = 0.0
        self._analysed: list[float] = []
        self._faces: list[int] = []
        self.figures: dict[str, object] = {}
        QTimer.singleShot(round(WARM_UP_S * 1000), self._begin)

    def painted(self, captured: float) -> None:
        """Note that a frame was painted; again is not anew."""
        again, self._painted = captured == self._painted, captured
        if self._begun is not None and not self.figures and not again:
            self._latencies_ms.append((now() - captured) * 1000)

    def _begin(self) -> None:
        self._begun = (time.perf_counter(), time.process_time(), self._engine.live_stats().dropped)
        self._ticks = QTimer(interval=1000)
        self._ticks.timeout.connect(self._look)
        self._ticks.start()
        QTimer.singleShot(round(self._seconds * 1000), self._end)

    def _look(self) -> None:
        stats = self._engine.live_stats()
        self._analysed.append(stats.analysed_hz)
        self._faces.append(stats.faces)

    def _end(self) -> None:
        assert self._begun is not None
        wall = time.perf_counter() - self._begun[0]
        cpu = time.process_time() - self._begun[1]
        stats = self._engine.live_stats()
        paint = np.percentile(self._latencies_ms, (50, 95, 100)) if self._latencies_ms else [0.0] * 3
        self.figures = {
            "detector": stats.detector,
            "pace": stats.pace,
            "faces": round(float(np.mean(self._faces)), 2),
            "painted_fps": round(len(self._latencies_ms) / wall, 2),
            "analysed_fps": round(float(np.median(self._analysed)), 2),
            "dropped": stats.dropped - self._begun[2],
            "capture_to_paint_ms": dict(
                zip(("p50", "p95", "worst"), (round(float(p), 1) for p in paint), strict=True)
            ),
            "cpu_cores": round(cpu / wall, 3),
            "rss_mb": round(self._process.memory_info().rss / 2**20, 1),
        }
        if self._loop is not None:
            delays_ms = [round(delay.seconds * 1000, 1) for delay in self._loop.longest[:5]]
            self.figures |= {"loop_beats": self._loop.beats, "loop_delays_ms": delays_ms}
            self._loop.stop()


def write_video(path: Path, faces: int) -> None:
    """Write a 720p video of the demo classroom with so many pupils."""
    classroom = DemoSource(width=1280, height=720, seats=FULL_CLASS[-faces:])
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (1280, 720))
    for index in range(FPS * LENGTH_S):
        writer.write(classroom.render(index / FPS))
    writer.release()


def main() -> int:
    """Run the window and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, choices=range(1, len(FULL_CLASS) + 1), default=7, metavar="N")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--detector", default="learned")
    parser.add_argument("--quiet", action="store_true", help="the settings' quiet mode")
    parser.add_argument("--minimised", action="store_true")
    parser.add_argument("--loop", action="store_true", help="watch the event loop")
    parser.add_argument("--write", type=Path, metavar="FILE", help="only write the video")
    options = parser.parse_args()
    if options.write is not None:
        write_video(options.write, options.faces)
        return 0
    meters: list[Meter] = []

    class MeteredWindow(MainWindow):
        """The main window with a meter in it."""

        def begin(self, engine: Engine, settings: Settings, parts: WindowParts) -> None:
            super().begin(engine, settings, parts)
            meters.append(Meter(engine, seconds=options.seconds, watch_loop=options.loop))
            if options.minimised:
                QTimer.singleShot(1000, self.showMinimized)

    class MeteredView(VideoView):
        """The picture, which tells when a new one was painted."""

        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            if meters and self.result is not None:
                meters[0].painted(self.result.frame.timestamp)

    vars(early).update(MainWindow=MeteredWindow)
    vars(stage).update(VideoView=MeteredView)
    quiet_opencv()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video = folder / "class.mp4"  # written by another process: what that needs is not the window's
        asked_for = ("--faces", str(options.faces), "--write", str(video))
        subprocess.run([sys.executable, "-m", "tests.window_speed", *asked_for], check=True)  # noqa: S603
        data = DataDir(folder / "data")
        data.create()
        settings = Settings(notice_accepted=True)
        settings.analysis.quiet = options.quiet
        save_settings(data.settings, settings)
        code = app.run_window(
            app.WindowOptions(
                data_dir=data,
                source=str(video),
                loop=True,
                run_seconds=options.seconds + WARM_UP_S + 1,
                detector=options.detector,
            )
        )
    asked = {"asked": options.detector, "quiet": options.quiet, "minimised": options.minimised}
    sys.stdout.write(json.dumps(asked | (meters[0].figures if meters else {})) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
