"""A world in which cameras fail: virtual time, cameras with a schedule of faults, and the real engine in it.

The threads of the engine are real; only their clock and OpenCV's capture are not. Time stands still while any
of them works, and leaps to the next moment somebody waits for when all of them rest.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication

from desktop.capture import cameras
from desktop.capture.cameras import find_camera, open_camera
from desktop.capture.clock import Clock
from desktop.capture.frame import Frame, Source
from desktop.settings import Settings
from desktop.workers import engine as engine_module
from desktop.workers.analysis import FrameProcessor
from desktop.workers.engine import Engine
from desktop.workers.slot import LatestSlot, T
from models.boxes import Image
from tests.fakes import FakeParts, FakePipeline

DEADLOCK_S = 8.0  # of real time in which nothing happens
WATCH_S = 0.5  # as the engine's watchdog
SELECT_S = 2.0  # after which a driver gives up waiting for a picture
MARK = 77  # first byte of our camera's pictures
PLAIN_FPS = 5.0

# What happens, and whether pictures stop meanwhile.
STOPPING = ("stall", "hang", "frozen", "black", "unplug", "unplug hanging", "cv2 error", "exception", "half")
HARMLESS = ("noise", "size", "slow", "fast", "backwards")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with the camera for a while."""

    kind: str
    start: float  # seconds, as in World.now
    end: float

    def on(self, now: float) -> bool:
        return self.start <= now < self.end


@dataclass
class _Sleeper:
    until: float
    event: threading.Event | None
    awake: bool = False


class World:
    """Virtual time, and what is plugged in."""

    def __init__(self, faults: list[Fault], rng: random.Random) -> None:
        self.now = 1000.0
        self.faults = faults
        self.rng = rng
        self.busy_with: Capture | None = None  # who holds our camera
        self._changed = threading.Condition()
        self._sleepers: list[_Sleeper] = []
        self._ended = False
        self._pictures = _noise(rng)
        self._count = 0
        self._sizes = [rng.random() < 0.5 for _ in range(len(faults) + 1)]  # small after the nth return
        self._indices = [0, *(rng.randrange(4) for _ in faults)]
        self.clock = Clock(now=lambda: self.now, wait=self.sleep, wait_for=self._sleep_for)
        self.camera_clock = Clock(now=self._camera_now, wait=self.sleep, wait_for=self._sleep_for)

    # For the capture threads.

    def sleep(self, seconds: float) -> None:
        """Rest in virtual time."""
        self._rest(_Sleeper(self.now + max(seconds, 1e-6), None))

    def _sleep_for(self, event: threading.Event, seconds: float) -> bool:
        self._rest(_Sleeper(self.now + seconds, event))
        return event.is_set()

    def _rest(self, sleeper: _Sleeper) -> None:
        with self._changed:
            if self._ended:
                self.now = max(self.now, sleeper.until)
                return
            self._sleepers.append(sleeper)
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: sleeper.awake or self._ended, DEADLOCK_S):
                raise AssertionError("virtual time stands still")

    def _camera_now(self) -> float:
        return self.now - (3.0 if self.fault("backwards") else 0.0)

    # What is true now.

    @property
    def ended(self) -> bool:
        return self._ended

    def fault(self, *kinds: str) -> Fault | None:
        """Return the fault of one of these kinds that is on."""
        return next((fault for fault in self.faults if fault.kind in kinds and fault.on(self.now)), None)

    @property
    def plugged(self) -> int:
        """How often our camera was plugged in again."""
        return sum(fault.kind.startswith("unplug") and fault.end <= self.now for fault in self.faults)

    def cameras(self) -> list[SimpleNamespace]:
        """Return what the system lists: another camera takes the place of ours when that is elsewhere."""
        ours = None if self.fault("unplug", "unplug hanging") else self._indices[self.plugged]
        other = 0 if ours != 0 else 1
        listed = [_listed(other, "Document Camera", 0x1234)]
        return listed if ours is None else [*listed, _listed(ours, "HD Webcam", 0x046D)]

    @property
    def index(self) -> int:
        return self._indices[self.plugged]

    @property
    def period(self) -> float:
        if self.fault("fast"):
            return 1 / 120
        return 1 / (5.0 if self.fault("slow") else PLAIN_FPS)

    def picture(self) -> Image:
        """Return what our camera shows."""
        self._count += not self.fault("frozen")
        picture = self._pictures[self._count % len(self._pictures)]
        if self.fault("black"):
            return np.zeros_like(picture)
        if self.fault("noise"):
            picture = 255 - picture
            picture[0, 0] = MARK
        if self.fault("size"):
            wide = self._count % 3
            picture = cv2.resize(picture, (160 + 32 * wide, 120), interpolation=cv2.INTER_NEAREST).astype(
                np.uint8, copy=False
            )
        return picture[::2, ::2] if self._sizes[self.plugged] else picture

    # For the test's own thread.

    def run(self, engine: Engine, until: float, watch: "Witness") -> None:
        """Let time pass."""
        next_watch = self.now
        while self.now < until:
            self._wait_until_all_rest(engine)
            QCoreApplication.processEvents()
            watch.look(self.now)
            self._wait_until_all_rest(engine)
            with self._changed:
                moments = [sleeper.until for sleeper in self._sleepers]
                self.now = max(self.now, min([*moments, next_watch, until]))
            if self.now >= next_watch:
                next_watch = self.now + WATCH_S
                engine._watchdog.timeout.emit()
            with self._changed:
                for sleeper in self._sleepers:
                    called = sleeper.event is not None and sleeper.event.is_set()
                    sleeper.awake = called or sleeper.until <= self.now
                self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper.awake]
                self._changed.notify_all()

    def end(self) -> None:
        """Let everybody who sleeps go."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _wait_until_all_rest(self, engine: Engine) -> None:
        keeper = engine._source
        waited = 0.0
        while waited < DEADLOCK_S:
            workers = [*keeper._retired, *([keeper._worker] if keeper._worker else [])]
            frames, results = engine._frames, engine._results
            assert isinstance(frames, CountingSlot) and isinstance(results, CountingSlot)
            with self._changed:
                running = sum(not worker.isFinished() for worker in workers)
                if running == len(self._sleepers) and frames.puts - frames.dropped == results.puts:
                    return
                step = 0.0002 if waited < 0.01 else 0.002
                self._changed.wait(step)
            waited += step
        raise AssertionError(f"deadlock at {self.now:.2f}: {self.faults}")


class Capture:
    """What OpenCV opened: one handle on one camera, good until that is unplugged."""

    def __init__(self, world: World, index: int) -> None:
        self._world = world
        self._ours = any(c.index == index and c.name == "HD Webcam" for c in world.cameras())
        self._plugged = world.plugged
        self._next = world.now
        if world.fault("exception") and world.rng.random() < 0.5:
            raise RuntimeError("the driver fell over")
        holder = world.busy_with
        self._open = any(c.index == index for c in world.cameras()) and not (
            self._ours and holder is not None and holder._plugged == self._plugged
        )
        if self._open and self._ours:
            world.busy_with = self

    def isOpened(self) -> bool:  # noqa: N802  (OpenCV's names)
        return self._open

    def set(self, _property: int, _value: float) -> bool:
        return True

    def get(self, _property: int) -> float:
        return PLAIN_FPS

    def release(self) -> None:
        self._open = False
        if self._world.busy_with is self:
            self._world.busy_with = None

    def read(self, _place: Image | None = None) -> tuple[bool, Image | None]:
        """Wait for the next picture as a driver does, with all its faults."""
        world = self._world
        if not self._ours:
            world.sleep(world.period)
            return True, np.full((48, 64, 3), world.rng.randrange(1, 60), np.uint8)
        if self._gone():
            return self._read_gone()
        stopped = world.fault("stall", "hang")
        if stopped is not None:
            left = stopped.end - world.now
            if stopped.kind == "stall" and left > SELECT_S:
                world.sleep(SELECT_S)
                return False, None
            world.sleep(left)
        self._next = max(self._next + world.period, world.now + 1e-3)
        world.sleep(self._next - world.now)
        if self._gone():
            return self._read_gone()
        if world.fault("stall", "hang"):
            return self.read()
        return self._answer()

    def _answer(self) -> tuple[bool, Image | None]:
        world = self._world
        if world.fault("cv2 error"):
            raise cv2.error("half a picture")
        if world.fault("exception"):
            raise world.rng.choice((RuntimeError, MemoryError, ValueError, OSError))("the driver fell over")
        if world.fault("half"):
            return True, world.rng.choice((None, np.zeros((0, 0, 3), np.uint8)))
        return not world.ended, world.picture()

    def _gone(self) -> bool:
        """Return whether the camera of this handle was unplugged, if only for a moment."""
        world = self._world
        return world.plugged != self._plugged or world.fault("unplug", "unplug hanging") is not None

    def _read_gone(self) -> tuple[bool, Image | None]:
        hanging = self._world.fault("unplug hanging")
        self._world.sleep(hanging.end - self._world.now + 4.0 if hanging else 0.01)
        return False, None


class CountingSlot(LatestSlot[T]):
    """The real slot, which also counts, and knows when frames came."""

    def __init__(self) -> None:
        super().__init__()
        self.puts = 0
        self.stamps: list[float] = []

    def put(self, item: T) -> bool:
        if isinstance(item, Frame):
            self.stamps.append(item.timestamp)
        first = super().put(item)
        self.puts += 1
        return first


class Witness:
    """Takes results as a window does, and notes what was shown and said, and when."""

    def __init__(self, engine: Engine, world: World) -> None:
        self._engine = engine
        self.shown: list[float] = []
        self.foreign = 0  # pictures of another camera
        self.said: list[tuple[float, str]] = []  # when, and "lost" or "recovered"
        engine.source_lost.connect(lambda _: self.said.append((world.now, "lost")))
        engine.source_recovered.connect(lambda _: self.said.append((world.now, "recovered")))
        engine.model_failed.connect(lambda why: self.said.append((world.now, f"failed: {why}")))
        engine.source_failed.connect(lambda why: self.said.append((world.now, f"failed: {why}")))

    def look(self, now: float) -> None:
        result = self._engine.take_result()
        if result is not None:
            self.shown.append(now)
            self.foreign += int(result.frame.image[0, 0, 0]) not in (MARK, 0)


class WorldParts(FakeParts):
    """Opens the world's cameras with the program's own code."""

    def __init__(self, world: World, build: Callable[[], FrameProcessor]) -> None:
        super().__init__()
        self._world = world
        self._build = build

    def build_pipeline(self, settings: Settings) -> FrameProcessor:
        return self._build()

    def open_source(self, spec: str, identity: str, settings: Settings) -> Source:
        return open_camera(
            find_camera(identity or spec), width=128, height=96, clock=self._world.camera_clock
        )


@contextmanager
def engine_in(
    world: World, monkeypatch: pytest.MonkeyPatch, build: Callable[[], FrameProcessor] = FakePipeline
) -> Iterator[tuple[Engine, WorldParts, Witness]]:
    """Run the engine in the world until the block ends."""
    monkeypatch.setattr(engine_module, "LatestSlot", CountingSlot)
    monkeypatch.setattr(cameras, "_enumerator", SimpleNamespace(enumerate_cameras=lambda _: world.cameras()))
    monkeypatch.setattr(cv2, "VideoCapture", lambda index, _backend: Capture(world, index))
    parts = WorldParts(world, build)
    engine = Engine(parts, Settings(), world.clock)
    witness = Witness(engine, world)
    try:
        engine.start()
        engine._watchdog.stop()  # the world's clock is the one it should run by
        engine.open_source("HD Webcam")
        yield engine, parts, witness
    finally:
        world.end()
        engine.shutdown()


def schedule(rng: random.Random, start: float) -> list[Fault]:
    """Return one to four faults of 1 to 30 seconds with time to recover between them."""
    faults: list[Fault] = []
    for _ in range(rng.randint(1, 4)):
        kind = rng.choice(STOPPING + HARMLESS)
        length = min(30.0, 1.0 + rng.expovariate(1 / 6)) if kind != "fast" else 1.0
        begin = start + rng.uniform(4.5, 7.5)
        start = begin + length
        faults.append(Fault(kind, begin, start))
    return faults


def _noise(rng: random.Random) -> list[Image]:
    pictures = np.random.default_rng(rng.randrange(2**32)).integers(0, 256, (7, 96, 128, 3), np.uint8)
    pictures[:, 0, 0] = MARK
    return list(pictures)


def _listed(index: int, name: str, vendor: int) -> SimpleNamespace:
    return SimpleNamespace(index=index, name=name, path=f"/dev/video{index}", vid=vendor, pid=1)
