"""What the self-check judges: the light, the size of a face, whether faces are found, room on the disk.

Pictures are looked at and forgotten; nothing of them is kept.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

import numpy as np

from desktop.capture.demo import DemoSource
from desktop.capture.frame import Frame
from desktop.paths import DataDir, DataDirError
from desktop.pipeline import FrameResult
from models.boxes import Box, Image

LOW_SPACE: Final = 200_000_000  # bytes; a lesson of 90 minutes takes about one million
NO_SPACE: Final = 10_000_000
SMALL_FACE: Final = 32  # pixels: measured, the network reads those of 24 and less clearly worse (emotion.md)

_DARK, _BRIGHT = 0.2, 0.85  # mean brightness of a picture, as the reports judge it
_DARK_FACE, _BRIGHT_FACE = 0.22, 0.92  # of a face
_GLARE = 0.97  # of a pixel: a window, a lamp
_SOME_GLARE, _MUCH_GLARE = 0.02, 0.06  # share of the picture
_DIM = 0.35  # mean brightness
_BACKLIT = 0.35  # how much brighter than a face its surroundings are
_EVERY = 8  # pixels and rows

LightKind = Literal["good", "dark", "bright", "window"]
FaceKind = Literal["good", "small", "none"]
StorageKind = Literal["good", "low", "none", "closed"]


@dataclass(frozen=True, slots=True)
class Light:
    """How a picture is lit."""

    kind: LightKind  # "window": against the light
    brightness: float  # mean of the picture, 0..1


@dataclass(frozen=True, slots=True)
class FaceSize:
    """How many faces there are, and how high the largest is."""

    kind: FaceKind
    faces: int
    height: int  # pixels; 0 without faces


@dataclass(frozen=True, slots=True)
class Room:
    """How much room the disk of the data folder has."""

    kind: StorageKind  # "closed": the folder can not be written
    free: int  # bytes
    folder: Path


class StillProcessor(Protocol):
    """What of `desktop.pipeline.Pipeline` a test face needs."""

    def process_still(self, frame: Frame) -> FrameResult:
        """Return the faces of one picture."""
        ...


def judge_light(image: Image, faces: Sequence[Box]) -> Light:
    """Judge the light of a picture (BGR), by its faces where there are some."""
    grey = image[::_EVERY, ::_EVERY].astype(np.float32).mean(axis=2) / 255
    brightness = float(grey.mean())
    around = np.ones(grey.shape, dtype=bool)
    shown = []
    for x1, y1, x2, y2 in faces:
        rows = slice(max(0, int(y1 / _EVERY)), max(0, int(y2 / _EVERY)) + 1)
        columns = slice(max(0, int(x1 / _EVERY)), max(0, int(x2 / _EVERY)) + 1)
        if grey[rows, columns].size:
            shown.append(float(grey[rows, columns].mean()))
            around[rows, columns] = False
    return Light(_light_kind(grey[around] if around.any() else grey, brightness, shown), brightness)


def judge_faces(faces: Sequence[Box]) -> FaceSize:
    """Judge whether the largest face is large enough to be read."""
    if not faces:
        return FaceSize("none", 0, 0)
    height = round(max(bottom - top for _, top, _, bottom in faces))
    return FaceSize("small" if height < SMALL_FACE else "good", len(faces), height)


def find_test_faces(build: Callable[[], StillProcessor]) -> int:
    """Return how many faces of the demo classroom are found and read: none means that the search is broken.

    Raises ModelError if a model can not be loaded.
    """
    classroom = DemoSource(width=640, height=360)
    result = build().process_still(Frame(0, 0.0, classroom.render(3.0)))
    return sum(face.classification is not None for face in result.faces)


def judge_room(data_dir: DataDir, free_bytes: Callable[[Path], int] | None = None) -> Room:
    """Judge how much room there is for sessions."""
    try:
        data_dir.create()
    except DataDirError:
        return Room("closed", 0, data_dir.root)
    free = shutil.disk_usage(data_dir.root).free if free_bytes is None else free_bytes(data_dir.root)
    kind: StorageKind = "none" if free < NO_SPACE else "low" if free < LOW_SPACE else "good"
    return Room(kind, free, data_dir.root)


def _light_kind(
    around: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", brightness: float, faces: list[float]
) -> LightKind:
    glare = float((around >= _GLARE).mean())
    if faces:
        face = sum(faces) / len(faces)
        backlit = float(around.mean()) - face > _BACKLIT and glare > _SOME_GLARE
        if backlit or (glare > _MUCH_GLARE and face < _DARK_FACE * 1.5):
            return "window"
        if face < _DARK_FACE and brightness < _DIM:  # dark skin in good light is no dark picture
            return "dark"
        return "bright" if face > _BRIGHT_FACE else "good"
    if glare > _MUCH_GLARE and float(np.median(around)) < _DARK * 1.5:
        return "window"
    if brightness < _DARK:
        return "dark"
    return "bright" if brightness > _BRIGHT else "good"
