"""The room of the demo classroom: wall, window, board, desks and the pupils' bodies, drawn once."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.boxes import Image

Colour = tuple[int, int, int]  # RGB
Point = tuple[float, float]

_FINE = 2  # drawn this much larger, then reduced: smooth edges


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a pupil sits, in the units of a picture 1280 wide and 720 high."""

    x: float  # of the face's centre
    y: float
    face: float  # side of the face picture


FRONT_ROW = 144.0
BACK_ROW = 112.0
SEATS = (
    Seat(205, 268, BACK_ROW), Seat(495, 262, BACK_ROW), Seat(785, 265, BACK_ROW), Seat(1075, 268, BACK_ROW),
    Seat(130, 486, FRONT_ROW), Seat(470, 492, FRONT_ROW), Seat(810, 488, FRONT_ROW), Seat(1150, 486, FRONT_ROW),
)  # fmt: skip
_BACK_DESK = 404.0  # y of the desks' far edge
_FRONT_DESK = 652.0


def draw_room(width: int, height: int, clothes: tuple[Colour, ...], skins: tuple[Colour, ...]) -> Image:
    """Return the room with every pupil's body, BGR, at the size of the picture; heads are put on later."""
    brush = _Brush(width, height)
    _wall(brush)
    _window(brush, 60, 36, 250, 178)
    _board(brush, 400, 30, 480, 170)
    _shelf(brush, 985, 40)
    for row, desk in ((range(4), _BACK_DESK), (range(4, 8), _FRONT_DESK)):
        for number in row:
            _body(brush, SEATS[number], clothes[number], skins[number], desk)
        _desk(brush, desk, SEATS[row[0]].face / FRONT_ROW)
    return brush.finish()


class _Brush:
    """Draws in room units on a picture larger than asked for."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.scale, self.left, self.top = fit(width, height)
        self.image = np.zeros((height * _FINE, width * _FINE, 3), np.uint8)
        self.right_edge = (width - self.left) / self.scale  # room units of the picture's edges
        self.left_edge, self.top_edge = -self.left / self.scale, -self.top / self.scale
        self.bottom_edge = (height - self.top) / self.scale

    def polygon(self, points: list[Point], colour: Colour) -> None:
        """Fill a polygon."""
        cv2.fillPoly(self.image, [self._fixed(points)], colour[::-1], cv2.LINE_AA, shift=4)

    def line(self, points: list[Point], colour: Colour, thickness: float) -> None:
        """Draw a line through the points."""
        pixels = max(1, round(thickness * self.scale * _FINE))
        cv2.polylines(self.image, [self._fixed(points)], False, colour[::-1], pixels, cv2.LINE_AA, shift=4)

    def rectangle(
        self, x: float, y: float, width: float, height: float, colour: Colour, corner: float = 0
    ) -> None:
        """Fill a rectangle with round corners."""
        if corner <= 0:
            self.polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour)
            return
        points = []
        for cx, cy, start in (
            (x + width - corner, y + corner, -90), (x + width - corner, y + height - corner, 0),
            (x + corner, y + height - corner, 90), (x + corner, y + corner, 180),
        ):  # fmt: skip
            angles = np.radians(np.linspace(start, start + 90, 9))
            points += [(cx + corner * float(np.cos(a)), cy + corner * float(np.sin(a))) for a in angles]
        self.polygon(points, colour)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """Fill an ellipse."""
        angles = np.linspace(0, 2 * np.pi, 60)
        self.polygon([(x + rx * float(np.cos(a)), y + ry * float(np.sin(a))) for a in angles], colour)

    def gradient(self, box: tuple[float, float, float, float], upper: Colour, lower: Colour) -> None:
        """Fill xyxy with colours that go from upper to lower."""
        (x1, y1), (x2, y2) = self._pixels([(box[0], box[1]), (box[2], box[3])])
        part = self.image[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)]
        share = np.linspace(0, 1, max(part.shape[0], 1), dtype=np.float32)[: part.shape[0], None, None]
        first, last = np.array(upper[::-1], np.float32), np.array(lower[::-1], np.float32)
        part[:] = (first + (last - first) * share).astype(np.uint8)

    def shadow(self, x: float, y: float, rx: float, ry: float, strength: float) -> None:
        """Darken a soft ellipse."""
        (x1, y1), (x2, y2) = self._pixels([(x - 2 * rx, y - 2 * ry), (x + 2 * rx, y + 2 * ry)])
        x1, y1 = max(x1, 0), max(y1, 0)
        part = self.image[y1 : max(y2, 0), x1 : max(x2, 0)]
        rows, columns = np.mgrid[y1 : y1 + part.shape[0], x1 : x1 + part.shape[1]].astype(np.float32)
        (cx, cy), unit = self._pixels([(x, y)])[0], self.scale * _FINE
        dark = strength * np.exp(-(((columns - cx) / (rx * unit)) ** 2 + ((rows - cy) / (ry * unit)) ** 2))
        part[:] = (part * (1 - dark[:, :, None])).astype(np.uint8)

    def finish(self) -> Image:
        """Return the picture at its own size."""
        return cv2.resize(self.image, self.size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)

    def _pixels(self, points: list[Point]) -> list[tuple[int, int]]:
        return [
            (round((x * self.scale + self.left) * _FINE), round((y * self.scale + self.top) * _FINE))
            for x, y in points
        ]

    def _fixed(self, points: list[Point]) -> npt.NDArray[np.int32]:
        places = np.array(points, np.float64) * self.scale + (self.left, self.top)
        return (places * _FINE * 16).round().astype(np.int32)


def fit(width: int, height: int) -> tuple[float, float, float]:
    """Return scale, left and top that place 1280x720 room units in a picture: centred, at the bottom."""
    scale = min(width / 1280, height / 720)
    return scale, (width - 1280 * scale) / 2, height - 720 * scale


def _wall(brush: _Brush) -> None:
    edges = (brush.left_edge, brush.top_edge, brush.right_edge, brush.bottom_edge)
    brush.gradient(edges, (236, 231, 220), (214, 207, 194))
    brush.gradient((edges[0], 330, edges[2], edges[3]), (190, 178, 160), (160, 146, 128))
    brush.rectangle(edges[0], 322, edges[2] - edges[0], 8, (240, 236, 227))


def _window(brush: _Brush, x: float, y: float, width: float, height: float) -> None:
    brush.rectangle(x - 10, y - 10, width + 20, height + 20, (250, 249, 245), 4)
    brush.gradient((x, y, x + width, y + height), (176, 209, 232), (226, 238, 243))
    hills = [
        (x + t * width, y + height - 34 - 14 * float(np.sin(t * 5 + 0.6))) for t in np.linspace(0, 1, 30)
    ]
    brush.polygon([(x, y + height), *hills, (x + width, y + height)], (171, 196, 160))
    for part in (1 / 3, 2 / 3):
        brush.rectangle(x + width * part - 4, y, 8, height, (250, 249, 245))
    brush.rectangle(x - 18, y + height + 8, width + 36, 12, (244, 241, 233), 3)


def _board(brush: _Brush, x: float, y: float, width: float, height: float) -> None:
    brush.shadow(x + width / 2, y + height, width / 2.2, 26, 0.18)
    brush.rectangle(x - 9, y - 9, width + 18, height + 18, (176, 138, 98), 5)
    brush.gradient((x, y, x + width, y + height), (58, 92, 80), (50, 82, 71))
    chalk = (206, 218, 210)
    axis_x, axis_y = x + 50, y + height - 28
    brush.line([(axis_x, y + 34), (axis_x, axis_y), (axis_x + 160, axis_y)], chalk, 2)
    curve = [(axis_x + 6 + t * 140, axis_y - 12 - 84 * float(t**2)) for t in np.linspace(0, 1, 24)]
    brush.line(curve, (236, 205, 140), 3)
    for row, length in enumerate((150, 118, 136)):
        top = y + 46 + row * 34
        brush.line([(x + 262 + t * length, top + 2.4 * float(np.sin(t * 40 + row))) for t in np.linspace(0, 1, 60)],
                   chalk, 2.4)  # fmt: skip
    brush.rectangle(x + 20, y + height + 6, width - 40, 8, (196, 158, 116), 3)


def _shelf(brush: _Brush, x: float, y: float) -> None:
    for level, books in enumerate(((26, 18, 22, 30, 18, 24), (20, 28, 18, 24, 20))):
        top = y + 74 + level * 98
        brush.shadow(x + 118, top + 18, 110, 12, 0.16)
        place = x + 14.0
        shades = (
            (150, 108, 96),
            (116, 134, 148),
            (190, 164, 112),
            (124, 142, 118),
            (166, 132, 140),
            (100, 112, 126),
        )
        for number, book in enumerate(books):
            tall = 44 + (number * 17 + level * 7) % 18
            brush.rectangle(place, top - tall, book, tall, shades[(number + 2 * level) % 6], 2)
            brush.rectangle(place, top - tall + 9, book, 3, (226, 216, 196))
            place += book + 2
        brush.rectangle(x, top, 236, 11, (186, 150, 110), 3)
    brush.rectangle(x + 176, y + 46, 36, 28, (198, 122, 92), 4)
    for angle in np.linspace(-1.0, 1.0, 7):
        tip = (x + 194 + 44 * float(np.sin(angle)), y + 46 - 46 * float(np.cos(angle * 0.9)))
        side = (6 * float(np.cos(angle)), 6 * float(np.sin(angle)))
        middle = ((x + 194 + tip[0]) / 2, (y + 46 + tip[1]) / 2)
        brush.polygon([(x + 194, y + 50), (middle[0] - side[0], middle[1] - side[1]), tip,
                       (middle[0] + side[0], middle[1] + side[1])], (112, 146, 104))  # fmt: skip


def _body(brush: _Brush, seat: Seat, cloth: Colour, skin: Colour, desk: float) -> None:
    """Draw neck and shoulders down to the desk."""
    unit = seat.face
    shoulders = seat.y + 0.80 * unit
    brush.shadow(seat.x, desk - 10, unit * 0.9, unit * 0.5, 0.20)
    dark = _darker(cloth, 0.86)
    outline = [
        (-0.24, 0.66),
        (-0.34, 0.76),
        (-0.62, 0.85),
        (-0.84, 0.97),
        (-0.94, 1.14),
        (-1.0, 1.5),
        (-1.02, 1.9),
    ]
    left = [(seat.x + x * unit, min(seat.y + y * unit, desk + 6)) for x, y in outline]
    right = [(2 * seat.x - x, y) for x, y in reversed(left)]
    brush.polygon(left + right, cloth)
    for sign in (-1, 1):
        arm = [(0.66, 1.9), (0.62, 1.45), (0.66, 1.25), (0.72, 1.16)]
        brush.line(
            [(seat.x + sign * x * unit, min(seat.y + y * unit, desk + 6)) for x, y in arm], dark, 0.022 * unit
        )
    neck = [
        (-0.20, 0.30),
        (-0.195, 0.62),
        (-0.25, 0.72),
        (0, 0.86),
        (0.25, 0.72),
        (0.195, 0.62),
        (0.20, 0.30),
    ]
    brush.polygon([(seat.x + x * unit, seat.y + y * unit) for x, y in neck], _darker(skin, 0.84))
    brush.shadow(seat.x, seat.y + 0.52 * unit, 0.20 * unit, 0.13 * unit, 0.42)
    collar = [(-0.255, 0.715), (-0.13, 0.815), (0, 0.865), (0.13, 0.815), (0.255, 0.715)]
    brush.line([(seat.x + x * unit, seat.y + y * unit) for x, y in collar], dark, 0.045 * unit)
    del shoulders


def _desk(brush: _Brush, top: float, size: float) -> None:
    left, right = brush.left_edge, brush.right_edge
    depth = 26 * size
    brush.gradient((left, top, right, top + depth), (214, 180, 138), (198, 161, 118))
    brush.rectangle(left, top + depth, right - left, 7 * size, (164, 128, 90))
    brush.gradient(
        (left, top + depth + 7 * size, right, top + depth + 52 * size), (184, 148, 108), (150, 118, 86)
    )
    row = [seat for seat in SEATS if seat.y < top and seat.y > top - 200]
    for number, seat in enumerate(row):
        x, y = seat.x, top + 5 * size
        page = [(x - 46 * size, y + 14 * size), (x - 38 * size, y), (x, y + 3 * size), (x, y + 17 * size)]
        brush.polygon(page, (246, 243, 235))
        brush.polygon([(2 * x - px, py) for px, py in page], (238, 234, 224))
        brush.line([(x + (62 + 6 * number) * size, y + 12 * size), (x + (96 + 6 * number) * size, y + 5 * size)],
                   ((196, 96, 80), (84, 122, 158), (104, 138, 98), (190, 150, 74))[number % 4], 4 * size)  # fmt: skip


def _darker(colour: Colour, share: float) -> Colour:
    red, green, blue = (round(part * share) for part in colour)
    return red, green, blue
