"""The demo classroom: a source with moving faces and a lesson whose mood is known at every second."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from desktop.capture.buffers import Buffers
from desktop.capture.demo_heads import Head, HeadStyle, draw_head
from desktop.capture.demo_room import SEATS, BodyStyle, Colour, Seat, draw_room, fit
from desktop.capture.demo_script import DemoScript, DemoSegment
from desktop.capture.frame import DEMO_NAME, CaptureError, Frame, SourceInfo
from desktop.paths import ASSETS
from models.boxes import Image

__all__ = ["DemoScript", "DemoSegment", "DemoSource"]

FPS = 25.0
MAX_SIZE = (1920, 1080)  # a larger picture would only cost time

_LOOKS = (  # which average face a pupil shows for each of EXPRESSIONS; alike enough to be one person
    ("neutral_2", "happy_1", "surprise_4", "sad_3", "angry_1"),
    ("neutral_3", "happy_0", "surprise_5", "sad_1", "angry_3"),
    ("neutral_1", "happy_4", "surprise_1", "sad_3", "angry_0"),
    ("neutral_4", "happy_3", "surprise_2", "sad_1", "angry_2"),
)
_PUPILS: tuple[tuple[HeadStyle, Colour, str, int], ...] = (  # head, clothes, collar, look
    (HeadStyle((226, 184, 156), (92, 66, 46), "short"), (94, 122, 146), "crew", 2),
    (HeadStyle((238, 200, 174), (150, 108, 64), "long"), (178, 122, 112), "crew", 0),
    (HeadStyle((150, 104, 76), (38, 32, 30), "curly"), (196, 160, 96), "hood", 3),
    (HeadStyle((214, 168, 134), (48, 40, 38), "bob"), (120, 142, 116), "shirt", 1),
    (HeadStyle((232, 192, 164), (70, 48, 38), "bun"), (140, 118, 150), "hood", 1),
    (HeadStyle((196, 146, 110), (44, 36, 32), "parted"), (88, 104, 130), "shirt", 2),
    (HeadStyle((236, 196, 168), (122, 74, 46), "bob"), (170, 140, 122), "shirt", 0),
    (HeadStyle((172, 122, 90), (40, 32, 30), "short"), (108, 148, 150), "shirt", 3),
)


@dataclass(frozen=True, slots=True)
class _Sway:
    """A smooth path: the sum of three slow waves."""

    rates: tuple[float, float, float]  # radians per second
    phases: tuple[float, float, float]

    def at(self, time_s: float) -> float:
        """Return the place on the path, -1..1."""
        waves = zip((0.5, 0.3, 0.2), self.rates, self.phases, strict=True)
        return sum(share * math.sin(rate * time_s + phase) for share, rate, phase in waves)


class DemoSource:
    """Yields the demo classroom for ever: the same seed and size give the same frames."""

    def __init__(
        self, seed: int = 0, *, width: int = 1280, height: int = 720, seats: Sequence[Seat] = SEATS
    ) -> None:
        """Draw room and heads. Raises CaptureError if the average faces are not there."""
        width, height = max(width, 160), max(height, 90)
        shrink = min(1.0, MAX_SIZE[0] / width, MAX_SIZE[1] / height)
        width, height = round(width * shrink), round(height * shrink)
        self.script = DemoScript(seed, len(seats))
        self._seats = seats
        self._info = SourceInfo(DEMO_NAME, "demo", False, FPS, (width, height), None)
        self._scale, self._left, self._top = fit(width, height)
        rng = np.random.default_rng(seed)
        seated = rng.permutation(len(seats)).tolist() if seed else range(len(seats))
        pupils = [_PUPILS[n % len(_PUPILS)] for n in seated]
        self._room = draw_room(width, height, seats, [BodyStyle(p[0].skin, *p[1:3]) for p in pupils])
        looks = _load_looks(ASSETS / "demo")
        self._heads = [
            draw_head(pupil[0], _own(looks, n), seat.face * self._scale, rng)
            for n, pupil, seat in zip(seated, pupils, seats, strict=True)
        ]
        self._sways = [[_sway(rng) for _ in range(4)] for _ in seats]
        self._buffers = Buffers()
        self._index = 0
        self._closed = False

    @property
    def info(self) -> SourceInfo:
        """Return size and rate."""
        return self._info

    def read(self) -> Frame:
        """Return the next frame; there is always one."""
        if self._closed:
            raise _closed()
        time_s = self._index / FPS
        frame = Frame(self._index, time_s, self.render(time_s))
        self._index += 1
        return frame

    def skip(self) -> float:
        """Pass over the next frame without drawing it."""
        if self._closed:
            raise _closed()
        self._index += 1
        return (self._index - 1) / FPS

    def close(self) -> None:
        """Nothing to give back."""
        self._closed = True

    def render(self, time_s: float) -> Image:
        """Return the picture at a time of the lesson."""
        picture = self._buffers.copy(self._room)
        for number, head in enumerate(self._heads):
            before, now, mix = self.script.expression(number, time_s)
            sprite = head.sprites[now]
            if mix < 1:
                sprite = cv2.addWeighted(head.sprites[before], 1 - mix, sprite, mix, 0).astype(
                    np.uint8, copy=False
                )
            self._put(picture, head, sprite, number, time_s)
        return picture

    def _put(self, picture: Image, head: Head, sprite: Image, number: int, time_s: float) -> None:
        """Blend a head onto its shoulders, moved, turned and scaled a little."""
        seat = self._seats[number]
        across, up, tilt, near = (sway.at(time_s) for sway in self._sways[number])
        unit = seat.face * self._scale
        x = seat.x * self._scale + self._left + 0.09 * unit * across
        y = seat.y * self._scale + self._top + 0.04 * unit * up
        turn = cv2.getRotationMatrix2D(head.centre, 5.0 * tilt, 1 + 0.03 * near)
        left, top = math.floor(x - head.centre[0]), math.floor(y - head.centre[1])
        turn[0, 2] += x - head.centre[0] - left
        turn[1, 2] += y - head.centre[1] - top
        height, width = sprite.shape[:2]
        y1, x1 = max(top, 0), max(left, 0)
        y2, x2 = min(top + height, picture.shape[0]), min(left + width, picture.shape[1])
        inside = np.s_[y1 - top : y2 - top, x1 - left : x2 - left]
        moved = cv2.warpAffine(sprite, turn, (width, height), borderValue=(0, 0, 0, 255))[inside]
        behind = cv2.cvtColor(cv2.extractChannel(moved, 3), cv2.COLOR_GRAY2BGR)
        part = picture[y1:y2, x1:x2]
        cv2.add(cv2.multiply(part, behind, scale=1 / 255), cv2.cvtColor(moved, cv2.COLOR_BGRA2BGR), dst=part)


def _closed() -> CaptureError:
    return CaptureError("The demo classroom was closed. Open it again to go on.")


def _own(looks: list[list[Image]], pupil: int) -> list[Image]:
    """Return a pupil's own faces; every other four get mirror images: no two of the first eight are alike."""
    faces = looks[_PUPILS[pupil % len(_PUPILS)][3]]
    mirrored = pupil // 4 % 2 == 1
    return [cv2.flip(face, 1).astype(np.uint8, copy=False) for face in faces] if mirrored else faces


def _sway(rng: np.random.Generator) -> _Sway:
    rates = rng.uniform((0.35, 0.9, 1.6), (0.7, 1.4, 2.4))
    phases = rng.uniform(0, 2 * math.pi, 3)
    return _Sway((rates[0], rates[1], rates[2]), (phases[0], phases[1], phases[2]))


def _load_looks(folder: Path) -> list[list[Image]]:
    """Return the average faces of every look, in the order of EXPRESSIONS."""
    return [[_load_face(folder / f"{name}.png") for name in look] for look in _LOOKS]


def _load_face(path: Path) -> Image:
    try:
        face = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
    except (OSError, cv2.error):
        face = None
    if face is None:
        raise CaptureError(
            f"The demo classroom needs {path}, which can not be read. Install Classmood again."
        )
    return face.astype(np.uint8, copy=False)
