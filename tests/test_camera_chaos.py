"""Cameras that stall, freeze, vanish, come back elsewhere: the lesson goes on and its gaps are marked."""

import gc
import random
from collections.abc import Callable, Sequence

import numpy as np
import psutil
import pytest
from pytestqt.qtbot import QtBot

from desktop.capture.stillness import FROZEN_AFTER_S
from desktop.pipeline import Pipeline, Probabilities, ReadingRule
from desktop.scanning import BackgroundScanner
from desktop.statistics import Interval, SessionDetails
from desktop.workers.analysis import FrameProcessor
from models.boxes import CropRule, Detection, Image
from models.tracker import FaceTracker
from tests.camera_world import STOPPING, CountingSlot, Fault, Witness, World, engine_in, schedule
from tests.chaos import seeded, times
from tests.fakes import FakePipeline

RECOVERED_S = 3.0
TOLD_S = FROZEN_AFTER_S + 1.0
LESSON_START = 1002.0


@times(short=40, long=1000)
def test_whatever_the_camera_does_the_lesson_goes_on(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, times: int
) -> None:
    threads = 0

    def no_thread_left() -> bool:
        return int(psutil.Process().num_threads()) <= threads

    for trial, rng in enumerate(seeded(times)):
        try:
            _lesson(rng, schedule(rng, LESSON_START), monkeypatch)
        except AssertionError as error:
            raise AssertionError(f"schedule {trial}: {error}") from error
        threads = threads or psutil.Process().num_threads()
        qtbot.waitUntil(no_thread_left, timeout=5000)
        caplog.clear()  # tracebacks hold whole worlds
        if trial % 50 == 49:
            gc.collect()


@times(short=2, long=60)
def test_following_and_reading_faces_stands_it_too(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    for trial, rng in enumerate(seeded(times, seed=11)):
        pipelines: list[Pipeline] = []

        def build(pipelines: list[Pipeline] = pipelines) -> Pipeline:
            scanner = BackgroundScanner(_OneFace())
            pipelines.append(Pipeline(scanner, FaceTracker(), _AlwaysHappy(), _OneFace.crop, ReadingRule()))
            return pipelines[-1]

        try:
            _lesson(rng, schedule(rng, LESSON_START), monkeypatch, build)
        except AssertionError as error:
            raise AssertionError(f"schedule {trial}: {error}") from error
        assert len(pipelines) == 1


class _OneFace:
    """Sees a face in the middle of every picture."""

    name = "one face"
    crop = CropRule(scale=1.0, shift=0.0)

    def detect(self, image: Image) -> list[Detection]:
        height, width = image.shape[:2]
        return [Detection((width * 0.3, height * 0.2, width * 0.6, height * 0.7), 0.95)]


class _AlwaysHappy:
    """Reads every face as happy."""

    def classify(self, faces: Sequence[Image]) -> Probabilities:
        return np.tile(np.eye(7, dtype=np.float32)[3], (len(faces), 1))


@pytest.mark.parametrize("kind", STOPPING)
def test_every_fault_is_told_and_over_soon(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    fault = Fault(kind, LESSON_START + 5, LESSON_START + 25)
    witness = _lesson(random.Random(kind), [fault], monkeypatch)
    told = [at for at, what in witness.said if what == "lost"]
    assert told and fault.start < told[0] <= fault.start + TOLD_S


def _lesson(
    rng: random.Random,
    faults: list[Fault],
    monkeypatch: pytest.MonkeyPatch,
    build: Callable[[], FrameProcessor] = FakePipeline,
) -> Witness:
    world = World(faults, rng)
    with monkeypatch.context() as patch, engine_in(world, patch, build) as (engine, parts, witness):
        world.run(engine, LESSON_START, witness)
        engine.start_session(SessionDetails())
        world.run(engine, faults[-1].end + 7.3, witness)
        frames = engine._frames
        engine.stop_session()
    assert isinstance(frames, CountingSlot)
    _check_recovery(faults, witness)
    _check_gaps(faults, parts.store.intervals, frames.stamps)
    assert not witness.foreign, "another camera was shown"
    assert len(parts.store.ended) == 1
    return witness


def _check_recovery(faults: list[Fault], witness: Witness) -> None:
    for fault in faults:
        shown = [at for at in witness.shown if at >= fault.end]
        assert shown and shown[0] <= fault.end + RECOVERED_S, f"not back in time after {fault}: {shown[:1]}"
    words = [what for _, what in witness.said]
    assert words == ["lost", "recovered"] * (len(words) // 2), f"{witness.said} {faults}"


def _check_gaps(faults: list[Fault], intervals: list[tuple[str, Interval]], stamps: list[float]) -> None:
    seconds = [interval.second for _, interval in intervals]
    assert seconds == list(range(len(seconds))), f"seconds are missing or double: {faults}"
    assert len(seconds) >= faults[-1].end + 7 - LESSON_START
    if any(fault.kind == "backwards" for fault in faults):
        return
    with_frames = {int(stamp - LESSON_START) for stamp in stamps if stamp >= LESSON_START}
    for _, interval in intervals:
        assert (interval.frames > 0) == (interval.second in with_frames), f"{interval} {faults}"
