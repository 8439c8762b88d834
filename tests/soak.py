"""A whole lesson in real time: `python -m tests.soak --minutes 90 --faces 20`.

The program itself records the demo classroom, off screen unless QT_QPA_PLATFORM says otherwise. Every ten
seconds a row of figures is written to soak.csv; soak.json says what they come to. The exit code is 0 if they
are good.
"""

import argparse
import csv
import json
import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QObject, QTimer

from desktop import app, early
from desktop.assembly import quiet_opencv
from desktop.capture.demo import DemoSource
from desktop.capture.demo_room import FULL_CLASS
from desktop.capture.frame import Source
from desktop.paths import DataDir
from desktop.settings import Settings
from desktop.ui.main_window import MainWindow
from desktop.ui.parts import WindowParts
from desktop.workers.engine import Engine

WARM_UP_S = 60.0
SAMPLE_S = 10
GROWTH_LIMIT = 5.0  # MB an hour
ONE_OFF_MB = (
    8.0  # three pictures: malloc keeps what a moment of many frames needed; in a short run that is much
)
DRIFT_LIMIT = 0.10  # of frame rate and latency, end against start
LATENCY_NOISE_MS = 2.0  # a difference below this is none
ACTIVITIES = ("lecture", "interactive", "quiz", "group work", "break")
ACTIVITY_S = 300


@dataclass(frozen=True, slots=True)
class Sample:
    """What ten seconds looked like."""

    elapsed_s: float
    rss_mb: float
    private_mb: float  # not shared with other processes
    threads: int
    handles: int  # open files, sockets and pipes (Windows: handles)
    fps: float  # results shown per second
    latency_ms: float  # from capture to the window
    dropped: int  # since the source was opened
    faces: float
    cpu: float  # share of one core


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the samples come to."""

    minutes: float
    samples: int
    rss_start_mb: float
    rss_end_mb: float
    rss_growth_mb_per_hour: float
    threads_start: int
    threads_end: int
    handles_start: int
    handles_end: int
    fps_start: float
    fps_end: float
    latency_start_ms: float
    latency_end_ms: float
    latency_p95_ms: float
    dropped: int
    faces_mean: float
    cpu_mean: float
    problems: tuple[str, ...]


class Probe(QObject):
    """Looks at the program from the inside once a second and writes a row every ten; keeps no history."""

    def __init__(self, window: MainWindow, engine: Engine, rows: Path) -> None:
        super().__init__(window)
        self._engine = engine
        self._rows = rows
        self._process = psutil.Process()
        self._process.cpu_percent()
        self._started = time.monotonic()
        self._looks: list[tuple[float, float, int]] = []
        self._marked = -1
        _write_row(rows, [field.name for field in fields(Sample)], new=True)
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        stats = self._engine.live_stats()
        self._looks.append((stats.fps, stats.latency_ms, stats.faces))
        self._mark()
        if len(self._looks) == SAMPLE_S:
            _write_row(self._rows, astuple(self._sample(stats.dropped)), new=False)
            self._looks.clear()

    def _mark(self) -> None:
        """Let the lesson change its activity now and then, as a teacher does."""
        turn = int(self._engine.session.elapsed_s // ACTIVITY_S)
        if turn != self._marked and self._engine.session.phase == "recording":
            self._marked = turn
            self._engine.add_marker(ACTIVITIES[turn % len(ACTIVITIES)])

    def _sample(self, dropped: int) -> Sample:
        memory = self._process.memory_info()
        own = memory.rss - getattr(memory, "shared", 0)
        fps, latency, faces = (statistics.fmean(column) for column in zip(*self._looks, strict=True))
        return Sample(
            elapsed_s=round(time.monotonic() - self._started, 1),
            rss_mb=round(memory.rss / 2**20, 2),
            private_mb=round(own / 2**20, 2),
            threads=self._process.num_threads(),
            handles=_handles(self._process),
            fps=round(fps, 2),
            latency_ms=round(latency, 2),
            dropped=dropped,
            faces=round(faces, 2),
            cpu=round(self._process.cpu_percent() / 100, 3),
        )


def judge(samples: Sequence[Sample]) -> Verdict:
    """Return what the samples after the warm-up come to; there must be a minute of them."""
    steady = [sample for sample in samples if sample.elapsed_s > WARM_UP_S]
    if len(steady) < 6:
        raise ValueError("a soak shorter than two minutes says nothing")
    part = max(3, min(30, len(steady) // 4))  # start and end are compared over at most five minutes
    start, end = steady[:part], steady[-part:]
    figures = {
        name: tuple(statistics.median(getattr(s, name) for s in stretch) for stretch in (start, end))
        for name in ("rss_mb", "fps", "latency_ms")
    }
    grown_mb = figures["rss_mb"][1] - steady[0].rss_mb  # since the first minute
    growth = grown_mb * 3600 / (steady[-1].elapsed_s - steady[0].elapsed_s)
    threads = max(s.threads for s in start), max(s.threads for s in end)
    handles = max(s.handles for s in start), max(s.handles for s in end)
    problems = []
    if growth >= GROWTH_LIMIT and grown_mb >= ONE_OFF_MB:
        problems.append(f"memory grows by {growth:.1f} MB an hour")
    if threads[1] > threads[0]:
        problems.append(f"threads grew from {threads[0]} to {threads[1]}")
    if handles[1] > handles[0]:
        problems.append(f"open files grew from {handles[0]} to {handles[1]}")
    if figures["fps"][1] < figures["fps"][0] * (1 - DRIFT_LIMIT):
        problems.append("the frame rate at the end is more than 10 % below that of the start")
    slower = figures["latency_ms"][1] - figures["latency_ms"][0]
    if slower > max(DRIFT_LIMIT * figures["latency_ms"][0], LATENCY_NOISE_MS):
        problems.append("the latency at the end is more than 10 % above that of the start")
    return Verdict(
        minutes=round(samples[-1].elapsed_s / 60, 1),
        samples=len(samples),
        rss_start_mb=steady[0].rss_mb,
        rss_end_mb=figures["rss_mb"][1],
        rss_growth_mb_per_hour=round(growth, 2),
        threads_start=threads[0],
        threads_end=threads[1],
        handles_start=handles[0],
        handles_end=handles[1],
        fps_start=figures["fps"][0],
        fps_end=figures["fps"][1],
        latency_start_ms=figures["latency_ms"][0],
        latency_end_ms=figures["latency_ms"][1],
        latency_p95_ms=round(statistics.quantiles([s.latency_ms for s in steady], n=20)[-1], 1),
        dropped=samples[-1].dropped,
        faces_mean=round(statistics.fmean(s.faces for s in steady), 2),
        cpu_mean=round(statistics.fmean(s.cpu for s in steady), 3),
        problems=tuple(problems),
    )


def lesson_problems(database: Path, minutes: float) -> list[str]:
    """Return what is wrong with the one lesson in the database: a second missing, a gap, an open end."""
    with closing(sqlite3.connect(database)) as connection:
        (health,) = connection.execute("PRAGMA integrity_check").fetchone()
        seconds = [row[0] for row in connection.execute("SELECT second FROM interval ORDER BY second")]
        (gaps,) = connection.execute("SELECT count(*) FROM interval WHERE frames = 0").fetchone()
        (ended,) = connection.execute("SELECT count(*) FROM session WHERE ended_at IS NOT NULL").fetchone()
    problems = [] if health == "ok" else [f"the database is damaged: {health}"]
    if seconds != list(range(len(seconds))) or len(seconds) < minutes * 60 - 2:
        problems.append(f"seconds are missing: {len(seconds)} of {minutes * 60:.0f} stored")
    if gaps:
        problems.append(f"{gaps} seconds have no frame")
    if ended != 1:
        problems.append("the session was not ended")
    return problems


def read_samples(rows: Path) -> list[Sample]:
    """Return the samples that were written."""
    with rows.open(newline="") as file:
        return [
            Sample(*(field.type(row[field.name]) for field in fields(Sample)))  # type: ignore[operator]
            for row in csv.DictReader(file)
        ]


def main() -> int:
    """Run the lesson and judge it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--faces", type=int, choices=range(1, len(FULL_CLASS) + 1), default=20, metavar="N")
    parser.add_argument("--detector", choices=("haar", "learned"), default="learned")
    parser.add_argument("--out", type=Path, default=Path("soak"), help="new folder for data and figures")
    options = parser.parse_args()
    options.out.mkdir(parents=True)
    rows = options.out / "soak.csv"
    seats = FULL_CLASS[-options.faces :]

    class WatchedWindow(MainWindow):
        """The main window with a probe in it."""

        def begin(self, engine: Engine, settings: Settings, parts: WindowParts) -> None:
            super().begin(engine, settings, parts)
            self.probe = Probe(self, engine, rows)

    def classroom(spec: str, *, width: int, height: int, loop: bool, mirror: bool) -> Source:
        return DemoSource(width=width, height=height, seats=seats)

    vars(app).update(open_source=classroom)
    vars(early).update(MainWindow=WatchedWindow)
    quiet_opencv()
    data = DataDir((options.out / "data").absolute())
    code = app.run_window(
        app.WindowOptions(
            data_dir=data,
            source="demo",
            record=True,
            run_seconds=options.minutes * 60,
            detector=options.detector,
        )
    )
    verdict = judge(read_samples(rows))
    problems = [*verdict.problems, *lesson_problems(data.database, options.minutes)]
    if code:
        problems.append(f"the program ended with {code}")
    summary = asdict(verdict) | {
        "problems": problems,
        "detector": options.detector,
        "faces": options.faces,
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    (options.out / "soak.json").write_text(json.dumps(summary, indent=2) + "\n")
    sys.stdout.write(json.dumps(summary, indent=2) + "\n")
    return 1 if problems else 0


def _write_row(rows: Path, values: Sequence[object], *, new: bool) -> None:
    with rows.open("w" if new else "a", newline="") as file:
        csv.writer(file).writerow(values)


def _handles(process: psutil.Process) -> int:
    return int(process.num_handles() if sys.platform == "win32" else process.num_fds())


if __name__ == "__main__":
    sys.exit(main())
