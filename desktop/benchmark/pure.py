"""The parts that nobody paces: the pipeline as fast as it goes, and what it costs beyond its networks."""

import cProfile
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from itertools import islice, pairwise
from pathlib import Path
from statistics import mean
from types import CodeType
from typing import Protocol

from desktop.benchmark.figures import Cost, FullSpeed, Overhead, spread
from desktop.capture.clock import now
from desktop.capture.frame import Frame
from desktop.pipeline import FrameResult
from models.boxes import Image

WARM_UP_S = 0.5
SHOWN_COSTS = 12
BLOCK = 16  # frames; even: a cascade searches every other picture enlarged
_CASCADE = re.compile(r"'(detectMultiScale\d?' of 'cv2\.CascadeClassifier|detect' of 'cv2\.FaceDetectorYN)'")
_METHOD = re.compile(r"method '(\w+)' of '(?:\w+\.)*(\w+)' objects")
_NETWORK = re.compile(r"onnxruntime\S*\.run>")

Progress = Callable[[float], None]


class Processor(Protocol):
    """What of `desktop.pipeline.Pipeline` is measured."""

    def process(self, frame: Frame) -> FrameResult:
        """Return the faces of the next frame."""
        ...

    def process_all(self, frames: Iterable[Frame]) -> Generator[FrameResult]:
        """Yield the faces of each frame of a file."""
        ...


def measure_full_speed(
    pipeline: Processor, pictures: Sequence[Image], seconds: float, progress: Progress, *, file: bool = False
) -> FullSpeed:
    """Hand frames to a pipeline one after the other; a live one searches beside them, as it does live.

    With `file` they are taken ahead, as those of a file are.
    """
    times_ms: list[float] = []
    faces = read = 0
    frames = (Frame(index, now(), picture) for index, picture in enumerate(to_and_fro(pictures)))
    results = pipeline.process_all(frames) if file else (pipeline.process(frame) for frame in frames)
    begun = before = time.perf_counter()
    with closing(results):
        for result in results:
            after = time.perf_counter()
            if before - begun >= WARM_UP_S:
                times_ms.append((after - before) * 1000)
                faces += len(result.faces)
                read += sum(face.classification is not None for face in result.faces)
                elapsed = after - begun - WARM_UP_S
                progress(min(1.0, elapsed / seconds))
                if elapsed >= seconds:
                    break
            before = time.perf_counter()  # what was noted here is no part of a frame
    count = len(times_ms)
    return FullSpeed(1000 * count / sum(times_ms), spread(times_ms), faces / count, read / count)


def measure_overhead(
    pipeline: Processor, pictures: Sequence[Image], fps: float, seconds: float, progress: Progress
) -> Overhead:
    """Compare whole frames of a file with the bare calls of networks and cascade in them.

    `pipeline` searches every frame and reads every face in it. Blocks of frames take turns: one as a file is
    analysed, which tells the time from one result to the next, and one in this thread and under the profiler,
    which tells the calls' own time and would slow the others down.
    """
    frames_ms: list[float] = []
    bare_ms: list[float] = []
    profile = cProfile.Profile(subcalls=False)
    frames = (Frame(index, index / fps, picture) for index, picture in enumerate(to_and_fro(pictures)))
    begun = time.perf_counter()
    while (elapsed := time.perf_counter() - begun) < WARM_UP_S + seconds or not bare_ms:
        progress(min(1.0, elapsed / (WARM_UP_S + seconds)))
        measured = elapsed >= WARM_UP_S
        frames_ms += _intervals_ms(pipeline.process_all(islice(frames, BLOCK))) if measured else []
        for frame in islice(frames, BLOCK):
            bare_before = _bare_ms(profile)
            with profile if measured else nullcontext():
                pipeline.process(frame)
            if measured:
                bare_ms.append(_bare_ms(profile) - bare_before)
    ratio = mean(frames_ms) / mean(bare_ms)
    return Overhead(spread(frames_ms), spread(bare_ms), ratio, _costs(profile, len(bare_ms)))


def to_and_fro(pictures: Sequence[Image]) -> Iterator[Image]:
    """Yield the pictures for ever, forwards and backwards: nothing ever jumps."""
    while True:
        yield from pictures
        yield from pictures[-2:0:-1]


def _intervals_ms(results: Iterator[FrameResult]) -> list[float]:
    """Return the times from each result to the next."""
    moments = [time.perf_counter() for _ in results]
    return [1000 * (after - before) for before, after in pairwise(moments)]


def _bare_ms(profile: cProfile.Profile) -> float:
    return 1000 * sum(
        entry.totaltime
        for entry in profile.getstats()
        if isinstance(entry.code, str) and (_CASCADE.search(entry.code) or _NETWORK.search(entry.code))
    )


def _costs(profile: cProfile.Profile, frames: int) -> tuple[Cost, ...]:
    entries = sorted(profile.getstats(), key=lambda entry: entry.inlinetime, reverse=True)
    return tuple(
        Cost(_name(entry.code), round(1000 * entry.inlinetime / frames, 3)) for entry in entries[:SHOWN_COSTS]
    )


def _name(code: CodeType | str) -> str:
    """Return a short name of a Python function or, as text from the profiler, of a library's own."""
    if not isinstance(code, str):
        return f"{Path(code.co_filename).stem}.{code.co_name}"
    if _NETWORK.search(code):
        return "networks"
    method = _METHOD.search(code)
    return ".".join(method.group(2, 1)) if method else code.strip("<>").removeprefix("built-in method ")
