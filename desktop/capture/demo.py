"""The demo classroom: a source with eight moving faces and a lesson whose mood is known at every second."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from desktop.capture.demo_heads import Head, HeadStyle, draw_head
from desktop.capture.demo_room import SEATS, draw_room, fit
from desktop.capture.demo_script import EXPRESSIONS, DemoScript, DemoSegment
from desktop.capture.frame import CaptureError, Frame, SourceInfo
from desktop.paths import ASSETS
from models.boxes import Image

__all__ = ["DemoScript", "DemoSegment", "DemoSource"]

FPS = 25.0
MAX_SIZE = (1920, 1080)

_STYLES = (
    HeadStyle((226, 184, 156), (92, 66, 46), "short"),
    HeadStyle((238, 200, 174), (150, 108, 64), "long"),
    HeadStyle((150, 104, 76), (38, 32, 30), "curly"),
    HeadStyle((214, 168, 134), (48, 40, 38), "bob"),
    HeadStyle((232, 192, 164), (70, 48, 38), "bun"),
    HeadStyle((196, 146, 110), (44, 36, 32), "parted"),
    HeadStyle((236, 196, 168), (122, 74, 46), "bob"),
    HeadStyle((172, 122, 90), (40, 32, 30), "short"),
)
_CLOTHES = (
    (94, 122, 146), (178, 122, 112), (196, 160, 96), (120, 142, 116),
    (140, 118, 150), (88, 104, 130), (170, 140, 122), (108, 148, 150),
)  # fmt: skip


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

    def __init__(self, seed: int = 0, *, width: int = 1280, height: int = 720) -> None:
        """Draw room and heads. Raises CaptureError if the average faces are not there."""
        shrink = min(1.0, MAX_SIZE[0] / width, MAX_SIZE[1] / height)
        width, height = max(160, round(width * shrink)), max(90, round(height * shrink))
        self.script = DemoScript(seed, len(SEATS))
        self._info = SourceInfo("Demo classroom", "demo", False, FPS, (width, height), None)
        self._scale, self._left, self._top = fit(width, height)
        rng = np.random.default_rng(seed)
        styles = [_STYLES[n] for n in rng.permutation(len(_STYLES))] if seed else list(_STYLES)
        self._room = draw_room(width, height, _CLOTHES, tuple(style.skin for style in styles))
        faces = _load_faces(ASSETS / "demo")
        self._heads = [
            draw_head(style, [faces[e][n % len(faces[e])] for e in EXPRESSIONS], seat.face * self._scale, rng)
            for n, (style, seat) in enumerate(zip(styles, SEATS, strict=True))
        ]
        self._sways = [[_sway(rng) for _ in range(4)] for _ in SEATS]
        self._index = 0
        self._closed = False

    @property
    def info(self) -> SourceInfo:
        """Return size and rate."""
        return self._info

    def read(self) -> Frame:
        """Return the next frame; there is always one."""
        if self._closed:
            raise CaptureError("The demo classroom was closed. Open it again to go on.")
        time_s = self._index / FPS
        frame = Frame(self._index, time_s, self.render(time_s))
        self._index += 1
        return frame

    def close(self) -> None:
        """Nothing to give back."""
        self._closed = True

    def render(self, time_s: float) -> Image:
        """Return the picture at a time of the lesson."""
        picture = self._room.copy()
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
        seat = SEATS[number]
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
        moved = cv2.warpAffine(sprite, turn, (width, height))
        behind = cv2.warpAffine(head.background, turn, (width, height), borderValue=(255, 255, 255))
        part = picture[y1:y2, x1:x2]
        cv2.add(cv2.multiply(part, behind[inside], scale=1 / 255), moved[inside], dst=part)


def _sway(rng: np.random.Generator) -> _Sway:
    rates = rng.uniform((0.35, 0.9, 1.6), (0.7, 1.4, 2.4))
    phases = rng.uniform(0, 2 * math.pi, 3)
    return _Sway((rates[0], rates[1], rates[2]), (phases[0], phases[1], phases[2]))


def _load_faces(folder: Path) -> dict[str, list[Image]]:
    """Return the average faces of every expression, in the order of their variants."""
    try:
        listed = json.loads((folder / "faces.json").read_text(encoding="utf-8"))
        files = {name: (folder / name).read_bytes() for name in sorted(listed)}
    except (OSError, ValueError) as error:
        raise CaptureError(
            f"The demo classroom's faces are missing from {folder}. Install Classmood again."
        ) from error
    faces: dict[str, list[Image]] = {name: [] for name in EXPRESSIONS}
    for name, data in files.items():
        emotion = name.split("_")[0]
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        if emotion in faces and picture is not None:
            faces[emotion].append(picture.astype(np.uint8, copy=False))
    if not all(faces.values()):
        raise CaptureError(f"The demo classroom's faces in {folder} are damaged. Install Classmood again.")
    return faces
