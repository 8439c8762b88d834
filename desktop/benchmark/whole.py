"""A whole benchmark: the paced part, then the same pictures as fast as the pipeline goes."""

import os
import platform
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import cv2
import onnxruntime

from desktop import __version__
from desktop.assembly import build_pipeline
from desktop.benchmark.figures import Benchmark
from desktop.benchmark.live import LiveParts, LiveRun
from desktop.benchmark.pure import measure_full_speed, measure_overhead
from desktop.capture.video import FALLBACK_FPS
from desktop.emotion_model import EmotionModels
from desktop.paths import DataDir
from desktop.settings import Settings

PURE_SHARE = 0.25  # of the paced part's seconds, for each of the parts that are not paced

Progress = Callable[[str, float], None]  # what is being measured, and the share of it that is done


def run_benchmark(
    settings: Settings, folder: DataDir, source: str, seconds: float, progress: Progress
) -> Benchmark:
    """Measure the program on what `source` names. Raises BenchmarkError, ModelError."""
    emotion_models = EmotionModels(folder.models)
    parts = LiveParts(folder, emotion_models)
    run = LiveRun(parts, settings, seconds, lambda share: progress("at the source's pace", share))
    live = run.execute(source)
    pure_s = seconds * PURE_SHARE
    with closing(parts.build_pipeline(settings)) as pipeline:
        full_speed = measure_full_speed(
            pipeline, run.pictures, pure_s, lambda share: progress("as fast as it goes", share)
        )
    info = run.info
    fps = (info.fps if info else None) or FALLBACK_FPS
    thorough = build_pipeline(
        settings.analysis,
        folder.models,
        live=False,
        model=settings.model,
        emotion_models=emotion_models,
    )
    with closing(thorough) as pipeline:
        overhead = measure_overhead(
            pipeline, run.pictures, fps, pure_s, lambda share: progress("every frame searched", share)
        )
    height, width = run.pictures[0].shape[:2]
    return Benchmark(
        source=info.name if info else source,
        size=(width, height),
        source_fps=info.fps if info else None,
        detector=settings.analysis.detector,
        live=live,
        full_speed=full_speed,
        overhead=overhead,
        machine=machine(),
    )


def machine() -> dict[str, str | int]:
    """Return what the figures depend on: processor, system and the libraries that do the work."""
    return {
        "processor": processor(),
        "cores": os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "opencv": cv2.__version__,
        "onnxruntime": onnxruntime.__version__,
        "classmood": __version__,
    }


def processor() -> str:
    """Return the processor's name, or at least its architecture."""
    cpuinfo = Path("/proc/cpuinfo")  # Linux; platform.processor() knows nothing there
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
