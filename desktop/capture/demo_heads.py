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

    sprites: tuple[Image, ...]  # BGR multiplied by the outline, and how much of the background shows, 0..255
    centre: tuple[float, float]  # of the face in the sprite, pixels


def draw_head(style: HeadStyle, faces: list[Image], side: float, rng: np.random.Generator) -> Head:
    """Return the head with each of `faces` (grey, square) at `side` pixels; the first one sets its skin."""
    canvas = _Canvas(side)
    levels = [_levels(canvas, face) for face in faces]
    ramp = _skin_ramp(style.skin)
    skin = ramp[round(_edge_level(canvas, levels[0]))]
    hair = np.array(style.hair[::-1], np.float32) * _hair_texture(canvas, style, rng)[:, :, None]
    head = canvas.jaw(0.425, 0.535)
    layers = [(_back_hair(canvas, style.cut), hair * 0.72), *_ears(canvas, skin)]
    layers.append((head, skin * (1 - 0.16 * _clip((np.abs(canvas.x) - 0.22) / 0.22))[:, :, None]))
    front = _front_hair(canvas, style.cut)
    bare = np.broadcast_to(skin, (*head.shape, 3)).astype(np.float32)
    for mask, colour in layers:
        bare = _painted(bare, mask, colour)
    outline = np.maximum.reduce([front, *(mask for mask, _ in layers)])
    oval, tint, light = (
        canvas.ellipse(*_FACE, 0.10) * head,
        _tint(canvas),
        _shade_of_hair(canvas, front, head),
    )
    sprites = []
    for level in levels:
        face_colours = ramp[level.clip(0, 255).astype(np.uint8)] * tint
        colours = _painted(_painted(bare, oval, face_colours) * light, front, hair)
        sprites.append(_to_uint8(np.dstack([colours * outline[:, :, None], 255 * (1 - outline)])))
    return Head(tuple(sprites), (_CENTRE[0] * side, _CENTRE[1] * side))


def _painted(below: Layer, mask: Layer, colour: npt.NDArray[np.floating]) -> Layer:
    mixed: Layer = np.asarray(colour, np.float32) - below
    mixed *= mask[:, :, None]
    mixed += below
    return mixed


def _ears(canvas: "_Canvas", skin: Layer) -> list[tuple[Layer, Layer]]:
    layers = []
    for x in (-0.425, 0.425):
        layers.append((canvas.ellipse(x, 0.03, 0.065, 0.125, 0.012), skin * np.float32(0.86)))
        inner = canvas.ellipse(x * 1.01, 0.03, 0.03, 0.07, 0.03)
        layers.append((_clip(inner * 0.5), skin * np.float32(0.66)))
    return layers


def _tint(canvas: "_Canvas") -> Layer:
    """Return what makes lips and cheeks a little redder, factors for BGR."""
    tint = np.ones((*canvas.x.shape, 3), np.float32)
    tint = _painted(
        tint, _clip(canvas.ellipse(0, 0.29, 0.19, 0.085, 0.06) * 0.22), np.array((0.80, 0.78, 1.06))
    )
    for x in (-0.22, 0.22):
        cheek = _clip(canvas.ellipse(x, 0.16, 0.11, 0.09, 0.09) * 0.16)
        tint = _painted(tint, cheek, np.array((0.82, 0.84, 1.05)))
    return tint


def _shade_of_hair(canvas: "_Canvas", front: Layer, head: Layer) -> Layer:
    """Return the light that the front hair leaves on the forehead, 0..1."""
    lower = np.roll(front, int(0.03 * canvas.side), axis=0)
    shadow = cv2.GaussianBlur(lower, (0, 0), max(0.03 * canvas.side, 0.3))
    return _clip(1 - 0.16 * shadow * head)[:, :, None]


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
        across, down = (self.x - x) / rx, (self.y - y) / ry
        return _clip((1 - np.sqrt(across * across + down * down)) * min(rx, ry) / max(soft, 0.7 / self.side))

    def jaw(self, rx: float, ry: float) -> Layer:
        """Return a head's outline: an ellipse that narrows towards the chin."""
        narrow = rx * (1 - 0.10 * _clip(self.y / 0.5) ** 2)
        return _clip((1 - np.hypot(self.x / narrow, self.y / ry)) * rx / max(0.014, 0.7 / self.side))

    def above(self, line: Layer, soft: float) -> Layer:
        """Return 1 above the line y(x), 0 below, with a soft edge."""
        return _clip((line - self.y) / max(soft, 0.7 / self.side) + 0.5)


def _levels(canvas: _Canvas, face: Image) -> Layer:
    """Return the face spread over the sprite, sharpened (averages are soft), with normalised contrast."""
    size = face.shape[0]
    to_face_x = ((canvas.x + 0.5) * size - 0.5).astype(np.float32)
    to_face_y = ((canvas.y + 0.5) * size - 0.5).astype(np.float32)
    small = cv2.GaussianBlur(face, (0, 0), 0.4 * size / canvas.side) if canvas.side < size else face
    spread = cv2.remap(small, to_face_x, to_face_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    levels = spread.astype(np.float32)
    levels += levels - cv2.GaussianBlur(levels, (0, 0), max(0.035 * canvas.side, 0.3))
    inner = canvas.ellipse(*_FACE, 0.01) > 0.5
    normal: Layer = (levels - levels[inner].mean()) / max(float(levels[inner].std()), 1.0) * 38 + 150
    return normal


def _edge_level(canvas: _Canvas, levels: Layer) -> float:
    """Return the grey level at the edge of the face, which the rest of the skin takes on."""
    x, y, rx, ry = _FACE
    within, core = canvas.ellipse(x, y, rx, ry, 0.01), canvas.ellipse(x, y, rx - 0.07, ry - 0.07, 0.01)
    ring = (within > 0.5) & (core < 0.5) & (canvas.y > -0.2)
    return float(np.clip(np.median(levels[ring]), 105, 165))


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
