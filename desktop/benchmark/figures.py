"""What a benchmark measured: plain figures, and how series of times become them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.errors import KnownError

Stages = dict[str, list[float]]  # milliseconds of each frame


class BenchmarkError(KnownError):
    """Nothing can be measured; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 95th percentile of times."""

    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """What the window would see: the engine with a source that comes at its own pace."""

    seconds: float
    frames: int
    fps: float
    latency: Spread  # from capture until the result is with the window
    dropped: int  # frames that nobody had time for
    faces_mean: float
    cpu_cores: float  # of the whole process, the source included
    rss_mb: float
    stages: dict[str, Spread]
    detector: str  # that found the faces: `auto` chose it
    analysed_hz: float  # frames a second in which faces were looked for: fewer where the computer is too slow


@dataclass(frozen=True, slots=True)
class FullSpeed:
    """A pipeline alone, as fast as it goes."""

    fps: float
    frame: Spread
    faces_mean: float
    read_mean: float  # faces a frame that have an expression


@dataclass(frozen=True, slots=True)
class Cost:
    """Own time of one function in a fully processed frame, without what it calls."""

    function: str
    ms: float


@dataclass(frozen=True, slots=True)
class Overhead:
    """A frame that is searched and whose every face is read, against the calls that do just that."""

    frame: Spread
    bare: Spread  # networks and cascade alone
    ratio: float
    costs: tuple[Cost, ...]  # the largest first


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All of it, and what it was measured on."""

    source: str
    size: tuple[int, int]
    source_fps: float | None
    detector: str
    live: LiveFigures
    full_speed: FullSpeed
    overhead: Overhead
    machine: Mapping[str, str | int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the figures as the JSON object that `--json` prints."""
        live = self.live
        stages = {**live.stages, "whole_frame": self.overhead.frame, "bare_calls": self.overhead.bare}
        return {
            "source": self.source,
            "size": list(self.size),
            "source_fps": self.source_fps,
            "detector": self.detector,
            "found_by": live.detector,
            "seconds": round(live.seconds, 2),
            "frames": live.frames,
            "fps": round(live.fps, 2),
            "analysed_fps": round(live.analysed_hz, 2),
            "throughput_fps": round(self.full_speed.fps, 2),
            "latency_ms_p50": live.latency.p50_ms,
            "latency_ms_p95": live.latency.p95_ms,
            "dropped": live.dropped,
            "cpu_cores": round(live.cpu_cores, 3),
            "rss_mb": round(live.rss_mb, 1),
            "overhead_ratio": round(self.overhead.ratio, 3),
            "faces_mean": round(live.faces_mean, 2),
            "stages": {name: {"p50": each.p50_ms, "p95": each.p95_ms} for name, each in stages.items()},
            "costs": {cost.function: cost.ms for cost in self.overhead.costs},
            "machine": dict(self.machine),
        }


def spread(times_ms: Sequence[float]) -> Spread:
    """Return median and 95th percentile; zeros of no times at all."""
    if not times_ms:
        return Spread(0.0, 0.0)
    p50, p95 = np.percentile(np.asarray(times_ms, float), (50, 95))
    return Spread(round(float(p50), 3), round(float(p95), 3))


def spreads(stages: Stages) -> dict[str, Spread]:
    """Return the spread of every stage."""
    return {name: spread(times) for name, times in stages.items()}


def collect(stages: Stages, frames: Iterable[Mapping[str, float]]) -> None:
    """Add the stages' times of frames."""
    for times in frames:
        for name, ms in times.items():
            stages.setdefault(name, []).append(ms)
