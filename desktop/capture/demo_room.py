"""The room of the demo classroom: wall, window, board, desks and the pupils' bodies, drawn once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, groupby

import cv2
import numpy as np
import numpy.typing as npt

from models.boxes import Box, Image

Colour = tuple[int, int, int]  # RGB, as people write colours
Point = tuple[float, float]

_FINE = 2  # drawn this much larger, then reduced: smooth edges


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a pupil sits, in room units: those of a picture 1280 wide and 720 high."""

    x: float  # of the face's centre
    y: float
    face: float  # side of the face picture
    desk: float  # y of the desk's far edge


@dataclass(frozen=True, slots=True)
class BodyStyle:
    """How a pupil looks below the head."""

    skin: Colour
    clothes: Colour
    collar: str  # "crew", "shirt" or "hood"


FRONT_ROW = 144.0
SEATS = (
    *(Seat(x, y, 112.0, 398.0) for x, y in ((205, 262), (495, 256), (785, 259), (1075, 262))),
    *(Seat(x, y, FRONT_ROW, 640.0) for x, y in ((160, 480), (480, 486), (800, 482), (1120, 480))),
)
FULL_CLASS = (  # twenty
    *(Seat(91.0 + 183 * n, 206.0 - 4 * (n % 2), 76.0, 299.0) for n in range(7)),
    *(Seat(91.0 + 183 * n, 346.0 - 4 * (n % 2), 88.0, 453.0) for n in range(7)),
    *(Seat(107.0 + 213 * n, 518.0 - 4 * (n % 2), 104.0, 640.0) for n in range(6)),
)
_PENS: tuple[Colour, ...] = ((196, 96, 80), (84, 122, 158), (104, 138, 98), (190, 150, 74))


def draw_room(width: int, height: int, seats: Sequence[Seat], looks: Sequence[BodyStyle]) -> Image:
    """Return the room with the pupils' bodies, BGR, of the size asked for; heads are put on later.

    The seats come in rows, the one at the back first.
    """
    brush = _Brush(width, height)
    _wall(brush)
    _window(brush, (60, 36, 310, 214))
    _board(brush, (560, 30, 930, 190))
    _shelf(brush, 985, 34)
    for desk, taken in groupby(zip(seats, looks, strict=True), key=lambda pupil: pupil[0].desk):
        row = list(taken)
        for seat, look in row:
            _body(brush, seat, look)
        _desk(brush, desk, row[0][0].face / FRONT_ROW)
        for (seat, look), pen in zip(row, cycle(_PENS), strict=False):
            _notebook(brush, seat, pen)
            _arms(brush, seat, look)
    return brush.finish()


def fit(width: int, height: int) -> tuple[float, float, float]:
    """Return scale, left and top that place 1280x720 room units in a picture: centred, at the bottom."""
    scale = min(width / 1280, height / 720)
    return scale, (width - 1280 * scale) / 2, height - 720 * scale


class _Brush:
    """Draws in room units on a picture larger than asked for."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        scale, left, top = fit(width, height)
        self._unit = scale * _FINE  # fine pixels in a room unit
        self._origin = np.array((left, top)) * _FINE
        self._image = np.zeros((height * _FINE, width * _FINE, 3), np.uint8)
        self.edges: Box = (-left / scale, -top / scale, (width - left) / scale, (height - top) / scale)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a polygon."""
        cv2.fillPoly(self._image, [self._fixed(points)], colour[::-1], cv2.LINE_AA, shift=4)

    def shaded(self, points: Sequence[Point], colour: Colour, depth: float) -> None:
        """Fill a polygon that looks round: darker by `depth` at its left and right ends."""
        mask = np.zeros(self._image.shape[:2], np.uint8)
        cv2.fillPoly(mask, [self._fixed(points)], 255, cv2.LINE_AA, shift=4)
        x, y, width, height = cv2.boundingRect(mask)
        across = np.linspace(-1, 1, max(width, 1), dtype=np.float32)
        light = (1 - depth * np.abs(across) ** 2.4)[None, :, None] * np.array(colour[::-1], np.float32)
        share = mask[y : y + height, x : x + width, None] / np.float32(255)
        part = self._image[y : y + height, x : x + width]
        part[:] = (part + (light - part) * share).round().astype(np.uint8)

    def line(self, points: Sequence[Point], colour: Colour, thickness: float) -> None:
        """Draw a line through the points, round at its ends."""
        pixels = max(1, round(thickness * self._unit))
        cv2.polylines(self._image, [self._fixed(points)], False, colour[::-1], pixels, cv2.LINE_AA, shift=4)

    def rectangle(self, box: Box, colour: Colour, corner: float = 0) -> None:
        """Fill a rectangle, with round corners if asked for."""
        x1, y1, x2, y2 = box
        if corner <= 0:
            self.polygon([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], colour)
            return
        centres = ((x2 - corner, y1 + corner), (x2 - corner, y2 - corner), (x1 + corner, y2 - corner))
        points: list[Point] = []
        for quarter, (x, y) in enumerate((*centres, (x1 + corner, y1 + corner))):
            angles = np.radians(np.linspace(90 * quarter - 90, 90 * quarter, 9)).tolist()
            points += [(x + corner * math.cos(angle), y + corner * math.sin(angle)) for angle in angles]
        self.polygon(points, colour)

    def ellipse(self, centre: Point, radii: Point, colour: Colour) -> None:
        """Fill an ellipse."""
        angles = np.linspace(0, 2 * np.pi, 60).tolist()
        points = [(centre[0] + radii[0] * math.cos(a), centre[1] + radii[1] * math.sin(a)) for a in angles]
        self.polygon(points, colour)

    def gradient(self, box: Box, upper: Colour, lower: Colour) -> None:
        """Fill a rectangle with colours that go from upper to lower."""
        x1, y1, x2, y2 = self._pixels(box)
        part = self._image[y1:y2, x1:x2]
        share = np.linspace(0, 1, max(part.shape[0], 1), dtype=np.float32)[: part.shape[0], None, None]
        first, last = np.array(upper[::-1], np.float32), np.array(lower[::-1], np.float32)
        part[:] = (first + (last - first) * share).round().astype(np.uint8)

    def shadow(self, x: float, y: float, radii: Point, strength: float) -> None:
        """Darken a soft ellipse."""
        rx, ry = radii
        x1, y1, x2, y2 = self._pixels((x - 2 * rx, y - 2 * ry, x + 2 * rx, y + 2 * ry))
        columns = (np.arange(x1, x2) - self._origin[0]) / self._unit
        rows = (np.arange(y1, y2) - self._origin[1]) / self._unit
        across, down = np.exp(-(((columns - x) / rx) ** 2)), np.exp(-(((rows - y) / ry) ** 2))
        left = (1 - strength * np.outer(down, across)).astype(np.float32)  # of the light
        part = self._image[y1:y2, x1:x2]
        part[:] = np.rint(part * left[:, :, None])

    def finish(self) -> Image:
        """Return the picture at its own size."""
        return cv2.resize(self._image, self._size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)

    def _pixels(self, box: Box) -> tuple[int, int, int, int]:
        """Return the fine pixels of a box, cut off at the picture's edges."""
        corners = (np.array(box).reshape(2, 2) * self._unit + self._origin).round().astype(int)
        height, width = self._image.shape[:2]
        (x1, y1), (x2, y2) = corners.clip(0, (width, height)).tolist()
        return x1, y1, x2, y2

    def _fixed(self, points: Sequence[Point]) -> npt.NDArray[np.int32]:
        places = (np.array(points, np.float64) * self._unit + self._origin) * 16
        fixed: npt.NDArray[np.int32] = places.round().astype(np.int32)
        return fixed


def _wall(brush: _Brush) -> None:
    left, top, right, bottom = brush.edges
    brush.gradient((left, top, right, 330), (240, 236, 226), (226, 220, 208))
    brush.gradient((left, 322, right, 470), (184, 196, 192), (166, 179, 176))
    brush.rectangle((left, 320, right, 329), (244, 241, 233))
    brush.gradient((left, 460, right, bottom), (172, 163, 150), (150, 140, 127))


def _window(brush: _Brush, box: Box) -> None:
    x1, y1, x2, y2 = box
    brush.rectangle((x1 - 10, y1 - 10, x2 + 10, y2 + 10), (250, 249, 245), 4)
    brush.gradient(box, (176, 209, 232), (226, 238, 243))
    hills = [
        (x1 + t * (x2 - x1), y2 - 34 - 14 * math.sin(t * 5 + 0.6)) for t in np.linspace(0, 1, 30).tolist()
    ]
    brush.polygon([(x1, y2), *hills, (x2, y2)], (171, 196, 160))
    for bar in (x1 + (x2 - x1) / 3, x1 + (x2 - x1) * 2 / 3):
        brush.rectangle((bar - 4, y1, bar + 4, y2), (250, 249, 245))
    brush.rectangle((x1 - 18, y2 + 8, x2 + 18, y2 + 20), (246, 243, 236), 3)


def _board(brush: _Brush, box: Box) -> None:
    x1, y1, x2, y2 = box
    brush.shadow((x1 + x2) / 2, y2, ((x2 - x1) / 2.2, 26), 0.14)
    brush.rectangle((x1 - 9, y1 - 9, x2 + 9, y2 + 9), (184, 147, 106), 5)
    brush.gradient(box, (62, 98, 86), (52, 86, 75))
    chalk = (204, 217, 209)
    axis_x, axis_y = x1 + 36, y2 - 34
    brush.line([(axis_x, y1 + 30), (axis_x, axis_y), (axis_x + 124, axis_y)], chalk, 2)
    curve = [(axis_x + 6 + t * 108, axis_y - 10 - 76 * t**2) for t in np.linspace(0, 1, 24).tolist()]
    brush.line(curve, (236, 205, 140), 3)
    for row, length in enumerate((132, 104, 120)):
        writing = [
            (
                x1 + 200 + t * length,
                y1 + 40 + row * 32 + 2.6 * math.sin(t * length / 4 + row) * math.cos(t * 31),
            )
            for t in np.linspace(0, 1, 90).tolist()
        ]
        brush.line(writing, chalk, 2.2)
    brush.rectangle((x1 + 20, y2 + 6, x2 - 20, y2 + 14), (203, 166, 124), 3)


def _shelf(brush: _Brush, x: float, y: float) -> None:
    shades = (
        *((160, 120, 108), (124, 142, 156), (196, 172, 122)),
        *((132, 150, 126), (174, 142, 150), (110, 122, 136)),
    )
    for level, books in enumerate(((26, 18, 22, 30, 18, 24), (20, 28, 18, 24, 20))):
        top = y + 74 + level * 98
        brush.shadow(x + 118, top + 16, (100, 10), 0.12)
        left = x + 14.0
        for number, book in enumerate(books):
            tall = 44 + (number * 17 + level * 7) % 18
            brush.rectangle((left, top - tall, left + book, top), shades[(number + 2 * level) % 6], 2)
            brush.rectangle((left, top - tall + 9, left + book, top - tall + 12), (226, 216, 196))
            left += book + 2
        brush.rectangle((x, top, x + 236, top + 11), (193, 157, 117), 3)
    _plant(brush, x + 194, y + 74)


def _plant(brush: _Brush, x: float, y: float) -> None:
    brush.rectangle((x - 18, y - 28, x + 18, y), (200, 128, 98), 4)
    for angle in np.linspace(-1.0, 1.0, 7).tolist():
        tip = (x + 44 * math.sin(angle), y - 28 - 46 * math.cos(angle * 0.9))
        bulge = (6 * math.cos(angle), 6 * math.sin(angle))
        middle = ((x + tip[0]) / 2, (y - 28 + tip[1]) / 2)
        leaf = [
            (x, y - 24),
            (middle[0] - bulge[0], middle[1] - bulge[1]),
            tip,
            (middle[0] + bulge[0], middle[1] + bulge[1]),
        ]
        brush.polygon(leaf, (116, 150, 108))


def _body(brush: _Brush, seat: Seat, look: BodyStyle) -> None:
    """Draw shoulders down to the desk, neck and collar."""

    def place(points: list[Point]) -> list[Point]:
        return [(seat.x + x * seat.face, min(seat.y + y * seat.face, seat.desk + 4)) for x, y in points]

    brush.shadow(seat.x, seat.desk, (seat.face, seat.face * 0.5), 0.16)
    half = [(0.20, 0.62), (0.30, 0.75), (0.55, 0.83), (0.76, 0.93), (0.88, 1.10), (0.94, 1.35), (0.98, 1.7)]
    outline = _smooth([(-x, y) for x, y in reversed(half)]) + _smooth(half)
    brush.shaded(place(outline), look.clothes, 0.30)
    for sign in (-1, 1):
        seam = _smooth([(sign * 0.60, 1.5), (sign * 0.58, 1.3), (sign * 0.63, 1.14), (sign * 0.70, 1.05)])
        brush.line(place(seam), _darker(look.clothes, 0.82), 0.018 * seat.face)
    neck = [
        (-0.19, 0.30),
        (-0.185, 0.60),
        (-0.25, 0.72),
        (0, 0.86),
        (0.25, 0.72),
        (0.185, 0.60),
        (0.19, 0.30),
    ]
    brush.shaded(place(neck), _darker(look.skin, 0.92), 0.22)
    brush.shadow(seat.x, seat.y + 0.50 * seat.face, (0.19 * seat.face, 0.11 * seat.face), 0.24)
    collar = _smooth([(-0.26, 0.71), (-0.14, 0.81), (0, 0.86), (0.14, 0.81), (0.26, 0.71)])
    if look.collar == "shirt":
        for sign in (-1, 1):
            wing = [(sign * 0.19, 0.60), (sign * 0.33, 0.74), (sign * 0.20, 0.95), (0.0, 0.84)]
            brush.shaded(place(wing), (238, 236, 230), 0.08)
        return
    if look.collar == "hood":
        brush.line(place(collar), _darker(look.clothes, 0.80), 0.10 * seat.face)
        for sign in (-1, 1):
            brush.line(place([(sign * 0.10, 0.88), (sign * 0.11, 1.12)]), (232, 228, 218), 0.02 * seat.face)
        return
    brush.line(place(collar), _darker(look.clothes, 0.90), 0.04 * seat.face)


def _arms(brush: _Brush, seat: Seat, look: BodyStyle) -> None:
    """Lay both forearms on the desk."""
    unit, desk = seat.face, seat.desk
    for sign in (-1, 1):
        hand = (seat.x + sign * 0.34 * unit, desk + 0.085 * unit)
        brush.shadow(seat.x + sign * 0.6 * unit, desk + 0.17 * unit, (0.36 * unit, 0.05 * unit), 0.30)
        brush.line(
            [(seat.x + sign * 0.86 * unit, desk - 0.02 * unit), hand],
            _darker(look.clothes, 0.90),
            0.19 * unit,
        )
        brush.ellipse(
            (hand[0] - sign * 0.10 * unit, hand[1] + 0.01 * unit), (0.115 * unit, 0.078 * unit), look.skin
        )


def _desk(brush: _Brush, top: float, size: float) -> None:
    left, _, right, _ = brush.edges
    edge = top + 34 * size
    brush.gradient((left, top, right, edge), (220, 188, 148), (204, 169, 127))
    brush.rectangle((left, edge, right, edge + 7 * size), (170, 134, 96))
    brush.gradient((left, edge + 7 * size, right, edge + 46 * size), (190, 155, 115), (160, 128, 95))
    brush.shadow((left + right) / 2, edge + 50 * size, ((right - left), 8 * size), 0.25)


def _notebook(brush: _Brush, seat: Seat, pen: Colour) -> None:
    size = seat.face / FRONT_ROW
    x, y = seat.x, seat.desk + 4 * size
    page = [(x - 32 * size, y + 22 * size), (x - 26 * size, y), (x, y + 3 * size), (x, y + 25 * size)]
    brush.polygon(page, (248, 246, 239))
    brush.polygon([(2 * x - px, py) for px, py in page], (240, 236, 227))
    brush.line([(x + 116 * size, y + 16 * size), (x + 150 * size, y + 8 * size)], pen, 4 * size)


def _smooth(points: list[Point]) -> list[Point]:
    """Return a smooth curve through the points (Catmull-Rom)."""
    knots = np.array([points[0], *points, points[-1]])
    curve: list[Point] = []
    for before, start, end, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        for t in np.linspace(0, 1, 8, endpoint=False).tolist():
            bend = 2 * before - 5 * start + 4 * end - after, -before + 3 * start - 3 * end + after
            x, y = (start + 0.5 * (t * (end - before) + t**2 * bend[0] + t**3 * bend[1])).tolist()
            curve.append((x, y))
    return [*curve, points[-1]]


def _darker(colour: Colour, share: float) -> Colour:
    red, green, blue = (round(part * share) for part in colour)
    return red, green, blue
