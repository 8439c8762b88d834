"""Heads of the demo classroom's pupils: average faces, tinted, between ears and hair, as sprites."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from desktop.capture.demo_room import Colour
from models.boxes import Image

Layer = npt.NDArray[np.float32]

# A head is drawn in units of its face picture's side, from the picture's centre; y points down.
HEAD_WIDTH, HEAD_HEIGHT = 1.7, 1.9
_CENTRE = (0.85, 0.80)  # of the face picture inside the sprite
_FACE = (0.0, 0.03, 0.40, 0.50)  # the part of the picture that is used: an ellipse x, y, rx, ry


@dataclass(frozen=True, slots=True)
class HeadStyle:
    """How a pupil's head looks, whatever the expression."""

    skin: Colour
    hair: Colour
    cut: str  # "short", "bob", "long", "curly", "bun" or "parted"


@dataclass(frozen=True, slots=True)
class Head:
    """A pupil's head, one sprite per expression; they share the outline."""

    sprites: tuple[Image, ...]  # BGR, multiplied by the outline
    background: Image  # 255 outside the outline, 0 inside, three channels
    centre: tuple[float, float]  # of the face in the sprite, pixels


def draw_head(style: HeadStyle, faces: list[Image], side: float, rng: np.random.Generator) -> Head:
    """Return the head with each of `faces` (grey, square) at `side` pixels."""
    canvas = _Canvas(side)
    streaks = _hair_texture(canvas, style, rng)
    looks = [_look(canvas, style, face, streaks) for face in faces]
    outline = looks[0][1]
    sprites = tuple(_to_uint8(colours * outline[:, :, None]) for colours, _ in looks)
    background = cv2.merge([_to_uint8(255 * (1 - outline))] * 3).astype(np.uint8, copy=False)
    return Head(sprites, background, (_CENTRE[0] * side, _CENTRE[1] * side))


def _look(canvas: "_Canvas", style: HeadStyle, face: Image, streaks: Layer) -> tuple[Layer, Layer]:
    """Return colours (h, w, 3) and outline (h, w) of the head with one face."""
    levels, edge = _levels(canvas, face)
    ramp = _skin_ramp(style.skin)
    skin = ramp[int(edge)]
    picture = ramp[levels.clip(0, 255).astype(np.uint8)]
    colours = np.empty((*levels.shape, 3), np.float32)
    colours[:] = skin
    outline = np.zeros(levels.shape, np.float32)

    def paint(mask: Layer, colour: npt.NDArray[np.floating]) -> None:
        nonlocal outline
        colours[:] += (colour - colours) * mask[:, :, None]
        outline = np.maximum(outline, mask)

    hair = np.array(style.hair[::-1], np.float32) * streaks[:, :, None]
    paint(_back_hair(canvas, style.cut), hair * 0.72)
    for x in (-0.425, 0.425):
        paint(canvas.ellipse(x, 0.03, 0.065, 0.125, 0.012), skin * 0.86)
        paint(canvas.ellipse(x * 1.01, 0.03, 0.03, 0.07, 0.03) * 0.5, skin * 0.66)
    head = canvas.jaw(0.425, 0.535)
    paint(head, skin * (1.0 - 0.16 * _clip((np.abs(canvas.x) - 0.22) / 0.22))[:, :, None])
    paint(canvas.ellipse(*_FACE, 0.10) * head, picture)
    paint(_lips(canvas) * 0.22, picture * np.array([0.80, 0.78, 1.06], np.float32))
    for x in (-0.22, 0.22):
        paint(
            canvas.ellipse(x, 0.16, 0.11, 0.09, 0.09) * 0.16,
            picture * np.array([0.82, 0.84, 1.05], np.float32),
        )
    front = _front_hair(canvas, style.cut)
    shadow = cv2.GaussianBlur(np.roll(front, int(0.03 * canvas.side), axis=0), (0, 0), 0.03 * canvas.side)
    paint(shadow * head * 0.35, colours * 0.55)
    paint(front, hair)
    return colours, outline


class _Canvas:
    """Coordinates of every pixel of a head sprite, and soft shapes on them."""

    def __init__(self, side: float) -> None:
        width, height = round(HEAD_WIDTH * side), round(HEAD_HEIGHT * side)
        columns = (np.arange(width, dtype=np.float32) + 0.5) / side - _CENTRE[0]
        rows = (np.arange(height, dtype=np.float32) + 0.5) / side - _CENTRE[1]
        self.x, self.y = np.meshgrid(columns, rows)
        self.side = side

    def ellipse(self, x: float, y: float, rx: float, ry: float, soft: float) -> Layer:
        """Return 1 inside the ellipse, 0 outside, with an edge `soft` wide inside it."""
        distance = np.hypot((self.x - x) / rx, (self.y - y) / ry)
        return _clip((1 - distance) * min(rx, ry) / max(soft, 0.7 / self.side))

    def jaw(self, rx: float, ry: float) -> Layer:
        """Return a head's outline: an ellipse that narrows towards the chin."""
        narrow = rx * (1 - 0.10 * _clip(self.y / 0.5) ** 2)
        return _clip((1 - np.hypot(self.x / narrow, self.y / ry)) * rx / max(0.014, 0.7 / self.side))

    def above(self, line: Layer, soft: float) -> Layer:
        """Return 1 above the line y(x), 0 below, with a soft edge."""
        return _clip((line - self.y) / max(soft, 0.7 / self.side) + 0.5)


def _levels(canvas: _Canvas, face: Image) -> tuple[Layer, float]:
    """Return the face spread over the sprite with normalised contrast, and its grey level at the edge."""
    size = face.shape[0]
    to_face_x = ((canvas.x + 0.5) * size - 0.5).astype(np.float32)
    to_face_y = ((canvas.y + 0.5) * size - 0.5).astype(np.float32)
    levels = cv2.remap(face, to_face_x, to_face_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    spread = levels.astype(np.float32)
    inner = canvas.ellipse(*_FACE, 0.01) > 0.5
    spread += 0.7 * (spread - cv2.GaussianBlur(spread, (0, 0), 0.035 * canvas.side))  # averages are soft
    mean, deviation = spread[inner].mean(), spread[inner].std()
    spread = (spread - mean) / max(float(deviation), 1.0) * 38 + 150
    core = canvas.ellipse(_FACE[0], _FACE[1], _FACE[2] - 0.07, _FACE[3] - 0.07, 0.01) > 0.5
    ring = inner & ~core & (canvas.y > -0.2)
    return spread, float(np.clip(np.median(spread[ring]), 105, 165))


def _skin_ramp(skin: Colour) -> npt.NDArray[np.float32]:
    """Return BGR for every grey level: warm shadows, the skin itself at 165, a soft highlight."""
    base = np.array(skin[::-1], np.float32)
    stops = np.array([0, 60, 115, 165, 215, 255], np.float32)
    shades = np.stack(
        [base * (0.13, 0.12, 0.24), base * (0.27, 0.29, 0.42), base * (0.62, 0.66, 0.74), base,
         base + (255 - base) * 0.25, base + (255 - base) * 0.42]
    )  # fmt: skip
    levels = np.arange(256, dtype=np.float32)
    return np.stack([np.interp(levels, stops, shades[:, c]) for c in range(3)], axis=1).astype(np.float32)


def _lips(canvas: _Canvas) -> Layer:
    return canvas.ellipse(0, 0.29, 0.19, 0.085, 0.06)


def _back_hair(canvas: _Canvas, cut: str) -> Layer:
    """Return the hair behind the head."""
    x, y = canvas.x, canvas.y
    cap = canvas.ellipse(0, -0.10, 0.50, 0.56, 0.02)
    if cut == "curly":
        angle = np.arctan2(y + 0.16, x)
        waves = 0.035 * np.sin(angle * 15) + 0.02 * np.sin(angle * 26 + 1)
        distance = np.hypot(x / 0.56, (y + 0.16) / 0.56) + waves
        return _clip((1.05 - distance) * 0.55 / 0.02)
    if cut == "bun":
        return _clip(np.maximum(cap, canvas.ellipse(0, -0.64, 0.17, 0.15, 0.02)))
    if cut in ("long", "bob"):
        bottom = 0.86 if cut == "long" else 0.42
        outer = 0.49 + 0.05 * _clip((y + 0.1) / 0.8) - 0.10 * _clip((y - bottom + 0.22) / 0.22) ** 2
        inner = 0.44 * _clip((y - 0.28) / 0.24) - 0.10 * _clip((y - 0.52) / 0.34)  # neck and collar stay free
        locks = _clip((outer - np.abs(x)) / 0.02) * _clip((np.abs(x) - inner + 0.2) / 0.02)
        curtain = locks * _clip((bottom + 0.03 * np.cos(x * 30) - y) / 0.04) * _clip((y + 0.2) / 0.05)
        return _clip(np.maximum(cap, curtain))
    return _clip(cap * canvas.above(np.full_like(y, 0.12), 0.2))


def _front_hair(canvas: _Canvas, cut: str) -> Layer:
    """Return the hair over forehead and temples."""
    x = canvas.x
    cap = canvas.ellipse(0, -0.10, 0.495, 0.555, 0.02)
    side_burns = 0.42 * _clip((np.abs(x) - 0.33) / 0.10) ** 2
    if cut == "short":
        line = -0.40 + 0.05 * np.cos(x * 9) + side_burns
    elif cut == "parted":
        line = -0.44 + 0.16 * _clip((x + 0.14) / 0.5) + 0.06 * _clip((-x - 0.14) / 0.3) + side_burns * 1.2
    elif cut == "curly":
        line = -0.40 + 0.018 * np.sin(x * 34) + side_burns * 1.1
        cap = _back_hair(canvas, cut)
    elif cut == "bun":
        line = -0.47 + 1.1 * x**2 + side_burns * 0.5
    elif cut == "bob":
        line = -0.345 + 0.012 * np.sin(x * 40) + 1.15 * _clip((np.abs(x) - 0.33) / 0.10)
    else:  # long, with a middle parting
        line = -0.50 + 0.55 * np.abs(x) + 1.2 * _clip((np.abs(x) - 0.34) / 0.10)
    reach = np.maximum(cap, _back_hair(canvas, cut)) if cut in ("bob", "long") else cap
    return _clip(reach * canvas.above(line.astype(np.float32), 0.03))


def _hair_texture(canvas: _Canvas, style: HeadStyle, rng: np.random.Generator) -> Layer:
    """Return the light on the hair, about 1: strands, and a band of shine."""
    noise = rng.standard_normal(canvas.x.shape).astype(np.float32)
    side = canvas.side
    along = (0.02, 0.02) if style.cut == "curly" else (0.004, 0.10)
    strands = cv2.GaussianBlur(noise, (0, 0), max(along[0] * side, 0.6), sigmaY=max(along[1] * side, 0.6))
    strands /= max(float(strands.std()), 1e-6)
    shine = np.exp(-(((canvas.y + 0.50 - 0.3 * canvas.x**2) / 0.09) ** 2))
    light: Layer = (1.0 + 0.09 * strands + 0.28 * shine).clip(0.6, 1.6).astype(np.float32)
    return light


def _clip(values: npt.NDArray[np.floating]) -> Layer:
    return values.clip(0, 1).astype(np.float32)


def _to_uint8(values: npt.NDArray[np.floating]) -> Image:
    return values.round().clip(0, 255).astype(np.uint8)
