"""Drawn things that are no faces but look a little like some: balls, letters, spots, printed masks."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from models.boxes import Image

WIDTH, HEIGHT = 240, 160  # of a drawing
_FINE = 2  # drawn so many times as large and reduced, for smooth edges
_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&@%?!"

Colour = tuple[int, int, int]


def draw_things(number: int) -> Image:
    """Return drawing `number`, BGR (160, 240, 3); the same number always gives the same drawing."""
    rng = np.random.default_rng((number, 4242))
    canvas = _background(rng)
    things: Sequence[Callable[[Image, np.random.Generator], None]] = (_ball, _spot, _letters, _mask, _bars)
    favourite = int(rng.integers(len(things)))
    for _ in range(int(rng.integers(2, 14))):
        chosen = favourite if rng.random() < 0.6 else int(rng.integers(len(things)))
        things[chosen](canvas, rng)
    small = cv2.resize(canvas, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False)


def _background(rng: np.random.Generator) -> Image:
    """Return a wall, a sky with clouds or something rough."""
    height, width = HEIGHT * _FINE, WIDTH * _FINE
    one, other = (np.array(_colour(rng), np.float32) for _ in range(2))
    if rng.random() < 0.4:
        other = one
    ramp = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    image = np.repeat(one + (other - one) * ramp, width, axis=1)
    if rng.random() < 0.6:  # soft patches, large or small
        cells = int(rng.integers(3, 40))
        patches = rng.normal(0, rng.uniform(5, 45), (cells * 2 // 3 + 1, cells, 1)).astype(np.float32)
        soft = cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)
        image += soft.reshape(height, width, 1)
    return image.clip(0, 255).astype(np.uint8)


def _colour(rng: np.random.Generator) -> Colour:
    """Return any colour, every third time one of skin."""
    if rng.random() < 0.35:
        light = rng.uniform(60, 250)
        parts = np.array([rng.uniform(0.45, 0.8), rng.uniform(0.6, 0.85), 1.0]) * light
    else:
        parts = rng.integers(0, 256, 3).astype(np.float64)
    return int(parts[0]), int(parts[1]), int(parts[2])


def _place(rng: np.random.Generator) -> tuple[int, int]:
    return int(rng.integers(WIDTH * _FINE)), int(rng.integers(HEIGHT * _FINE))


def _size(rng: np.random.Generator, largest: float = 90) -> float:
    """Return a height in pixels of the large drawing, small ones as often as large ones."""
    return float(np.exp(rng.uniform(np.log(8), np.log(largest)))) * _FINE


def _ball(canvas: Image, rng: np.random.Generator) -> None:
    """A ball, lamp or button: a disc with a rim and a light on it."""
    x, y = _place(rng)
    radius = _size(rng) / 2
    axes = (max(1, round(radius * rng.uniform(0.7, 1.1))), max(1, round(radius)))
    cv2.ellipse(canvas, (x, y), axes, 0, 0, 360, _colour(rng), -1, cv2.LINE_AA)
    if rng.random() < 0.6:
        rim = max(1, round(radius * rng.uniform(0.05, 0.4)))
        cv2.ellipse(canvas, (x, y), axes, 0, 0, 360, _colour(rng), rim, cv2.LINE_AA)
    if rng.random() < 0.6:
        at = (round(x + rng.uniform(-0.4, 0.4) * radius), round(y + rng.uniform(-0.5, 0.3) * radius))
        cv2.circle(canvas, at, max(1, round(radius * rng.uniform(0.15, 0.5))), _colour(rng), -1, cv2.LINE_AA)


def _spot(canvas: Image, rng: np.random.Generator) -> None:
    """Something round and soft, like a head out of focus without a face."""
    x, y = _place(rng)
    side = round(_size(rng)) | 1
    mask = np.zeros(canvas.shape[:2], np.float32)
    cv2.ellipse(mask, (x, y), (max(1, round(side * 0.38)), side // 2), rng.uniform(-45, 45), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.5, side * rng.uniform(0.03, 0.25))).astype(np.float32)[
        :, :, None
    ]
    canvas[:] = (canvas + (np.array(_colour(rng), np.float32) - canvas) * mask).astype(np.uint8)


def _letters(canvas: Image, rng: np.random.Generator) -> None:
    """A word with or without an outline."""
    text = "".join(_LETTERS[k] for k in rng.integers(0, len(_LETTERS), rng.integers(1, 10)))
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    scale = _size(rng, 60) / 22
    thick = max(1, round(scale * rng.uniform(1, 6)))
    x, y = _place(rng)
    at = (x - WIDTH * _FINE // 3, y)
    if rng.random() < 0.5:
        cv2.putText(
            canvas, text, at, font, scale, _colour(rng), thick + max(2, round(scale * 3)), cv2.LINE_AA
        )
    cv2.putText(canvas, text, at, font, scale, _colour(rng), thick, cv2.LINE_AA)


def _mask(canvas: Image, rng: np.random.Generator) -> None:
    """A mask or skull as printed on clothes: flat colours, holes for eyes."""
    x, y = _place(rng)
    height = _size(rng, 150)
    width = height * rng.uniform(0.6, 1.0)
    paint, hole = _colour(rng), _colour(rng)
    if rng.random() < 0.5:
        shade = int(rng.integers(120, 256))
        paint, hole = (shade, shade, shade), (20, 20, 20)
    if rng.random() < 0.8:
        cv2.ellipse(canvas, (x, y), (round(width / 2), round(height / 2)), 0, 0, 360, paint, -1, cv2.LINE_AA)
    eye = (max(1, round(width * rng.uniform(0.08, 0.18))), max(1, round(height * rng.uniform(0.05, 0.15))))
    apart, up = width * rng.uniform(0.18, 0.28), height * rng.uniform(0.05, 0.25)
    slant = rng.uniform(-30, 30)
    for side in (-1, 1):
        at = (round(x + side * apart), round(y - up))
        cv2.ellipse(canvas, at, eye, side * slant, 0, 360, hole, -1, cv2.LINE_AA)
        if rng.random() < 0.3:
            cv2.circle(canvas, at, max(1, eye[1] // 2), paint, -1, cv2.LINE_AA)
    if rng.random() < 0.7:
        tip, base = y - height * 0.05, y + height * rng.uniform(0.08, 0.2)
        nose = np.array([[x, tip], [x - width * 0.09, base], [x + width * 0.09, base]])
        cv2.fillPoly(canvas, [nose.round().astype(np.int32)], hole, cv2.LINE_AA)
    mouth = y + height * rng.uniform(0.22, 0.36)
    reach = width * rng.uniform(0.15, 0.32)
    if rng.random() < 0.5:  # teeth
        for tooth in np.linspace(-reach, reach, int(rng.integers(3, 9))):
            top = (round(x + tooth), round(mouth - height * 0.05))
            low = (round(x + tooth), round(mouth + height * 0.06))
            cv2.line(canvas, top, low, hole, max(1, round(width * 0.02)), cv2.LINE_AA)
    axes = (max(1, round(reach)), max(1, round(height * rng.uniform(0.01, 0.1))))
    cv2.ellipse(canvas, (x, round(mouth)), axes, 0, 0, 180, hole, max(1, round(height * 0.03)), cv2.LINE_AA)


def _bars(canvas: Image, rng: np.random.Generator) -> None:
    """A window, a shelf or stripes."""
    x, y = _place(rng)
    height = _size(rng, 120)
    width = height * rng.uniform(0.3, 2.0)
    box = ((x, y), (x + round(width), y + round(height)))
    cv2.rectangle(canvas, *box, _colour(rng), -1 if rng.random() < 0.6 else max(1, round(height * 0.05)))
    line = _colour(rng)
    for part in np.linspace(0, 1, int(rng.integers(2, 7))):
        thick = max(1, round(height * rng.uniform(0.01, 0.08)))
        if rng.random() < 0.5:
            cv2.line(
                canvas, (x, round(y + part * height)), (box[1][0], round(y + part * height)), line, thick
            )
        else:
            cv2.line(canvas, (round(x + part * width), y), (round(x + part * width), box[1][1]), line, thick)
