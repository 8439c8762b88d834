"""Drawing of charts: a typed sheet over drawsvg, hatches that stay apart in black and white, and axes' ticks.

drawsvg (pure Python, 0.2 MB) writes well-formed, escaped SVG and nothing else. Chart libraries were weighed
up: with fonttools, Pillow, kiwisolver and contourpy Matplotlib brings 75 MB into a bundle of 300; pygal and
leather have no panels on one time axis, segments or intervals; pyqtgraph's SVG needs a window and is made for
screens. Only what browsers and QtSvg both know is used: no CSS, no clip paths, no patterns (hatches are
lines).
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

import drawsvg

from desktop.report.page import PAGE_WIDTH, Figure

INK: Final = "#1A2027"
MUTED: Final = "#58636F"
RULE: Final = "#C9D1D9"
BAND: Final = "#F1F4F7"
ACCENT: Final = "#0B63A5"
FONT: Final = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
SMALL: Final = 9.5  # units; 1 unit is 0.25 mm on A4
NORMAL: Final = 10.5

# Okabe and Ito 2008, as in the window, safe for colour-blind eyes; each with a hatch of its own for print
# in black and white: lines per direction ("/", "\\", "-", "|", "x", "."), or plain.
FILLS: Final = {
    "happy": ("#009E73", "", "#FFFFFF"),
    "surprise": ("#E69F00", "/", INK),
    "neutral": ("#C8CED4", "", INK),
    "sad": ("#0072B2", "\\", "#FFFFFF"),
    "fear": ("#CC79A7", "|", INK),
    "disgust": ("#F0E442", "-", INK),
    "angry": ("#D55E00", "x", INK),
}

# What SVG can not hold, and what would turn the direction of the text or steer a terminal.
_NOT_XML: Final = re.compile("[^\t\n\r -~\xa0-\u2029\u202f-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Anchor = Literal["start", "middle", "end"]


class Sheet:
    """An SVG as wide as the page; y grows downwards."""

    def __init__(self, height: float) -> None:
        self.height = height
        self._drawing = drawsvg.Drawing(PAGE_WIDTH, height, font_family=FONT)

    def figure(self, caption: str, description: str) -> Figure:
        """Return what was drawn. `description` stands for the chart where it can not be seen."""
        self._drawing.append_title(description)
        svg = self._drawing.as_svg(header="")
        return Figure(svg, PAGE_WIDTH, self.height, caption)

    def text(  # noqa: PLR0913 - where, what, how
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: Anchor = "start",
        colour: str = INK,
        size: float = NORMAL,
        bold: bool = False,
    ) -> None:
        """Write on one line; y is the baseline."""
        self._drawing.append(
            drawsvg.Text(
                _one_line(words),
                size,
                _short(x),
                _short(y),
                fill=colour,
                text_anchor=anchor,
                font_weight="bold" if bold else "normal",
            )
        )

    def line(  # noqa: PLR0913 - where, how
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        *,
        colour: str = INK,
        width: float = 1,
        dash: str = "",
    ) -> None:
        """Draw a straight line."""
        extra = {"stroke_dasharray": dash} if dash else {}
        points = (_short(x1), _short(y1), _short(x2), _short(y2))
        self._drawing.append(drawsvg.Line(*points, stroke=colour, stroke_width=width, **extra))

    def polyline(
        self, points: Sequence[tuple[float, float]], *, colour: str = INK, width: float = 1.2
    ) -> None:
        """Draw a line through points; a single one becomes a short dash."""
        if len(points) == 1:
            x, y = points[0]
            points = [(x - 1, y), (x + 1, y)]
        self._drawing.append(
            drawsvg.Lines(
                *(_short(value) for point in points for value in point),
                fill="none",
                stroke=colour,
                stroke_width=width,
                stroke_linejoin="round",
            )
        )

    def area(self, points: Sequence[tuple[float, float]], *, fill: str, opacity: float = 1) -> None:
        """Fill a polygon."""
        flat = (_short(value) for point in points for value in point)
        self._drawing.append(drawsvg.Lines(*flat, close=True, fill=fill, fill_opacity=opacity))

    def box(
        self,
        area: tuple[float, float, float, float],
        *,
        fill: str,
        hatch: str = "",
        hatch_colour: str = "#33383E",
        stroke: str = "none",
    ) -> None:
        """Fill a rectangle (x, y, width, height), with hatching over it if wanted."""
        x, y, width, height = area
        self._drawing.append(
            drawsvg.Rectangle(_short(x), _short(y), _short(width), _short(height), fill=fill, stroke=stroke)
        )
        for direction in hatch:
            lines = "/\\" if direction == "x" else direction
            for way in lines:
                for x1, y1, x2, y2 in _hatching(way, x, y, width, height):
                    self.line(x1, y1, x2, y2, colour=hatch_colour, width=0.5)

    def dot(self, x: float, y: float, *, hollow: bool = False, colour: str = INK) -> None:
        """Draw the marker of a figure: filled, or hollow."""
        self._drawing.append(
            drawsvg.Circle(
                _short(x),
                _short(y),
                3.4,
                fill="#FFFFFF" if hollow else colour,
                stroke=colour,
                stroke_width=1.4,
            )
        )


def ticks(low: float, high: float, most: int, steps: Sequence[float] = (1, 2, 5)) -> list[float]:
    """Return at most `most` round values within [low, high]."""
    span = max(high - low, 1e-9)
    power = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1, 10, 100):
        for step in steps:
            width = power * factor * step
            first, last = math.ceil(low / width - 1e-9), math.floor(high / width + 1e-9)
            if last - first + 1 <= most:
                return [round(number * width, 10) for number in range(first, last + 1)]
    return [low, high]


def minute_ticks(end_s: float, most: int) -> list[float]:
    """Return at most `most` round times in seconds from 0 to the end."""
    for width in (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400):
        if end_s / width < most:
            return [float(second) for second in range(0, int(end_s) + 1, width)]
    return [0.0]


def shortened(words: str, width: float, size: float = NORMAL) -> str:
    """Return the words, cut to about `width` units; "" if hardly a letter fits."""
    room = int(width / (0.56 * size))
    words = " ".join(words.split())
    if len(words) <= room:
        return words
    return words[: room - 1].rstrip() + "…" if room >= 4 else ""


def _hatching(
    way: str, x: float, y: float, width: float, height: float, gap: float = 6
) -> Iterator[tuple[float, float, float, float]]:
    """Yield the lines of a hatch, clipped to the rectangle."""
    if way == "-":
        for number in range(1, int(height / gap) + 1):
            yield x, y + number * gap - gap / 2, x + width, y + number * gap - gap / 2
    elif way == "|":
        for number in range(1, int(width / gap) + 1):
            yield x + number * gap - gap / 2, y, x + number * gap - gap / 2, y + height
    else:  # diagonals, by where they meet the upper edge
        for number in range(1, int((width + height) / gap) + 1):
            offset = number * gap
            left, right = max(0.0, offset - height), min(width, offset)
            if way == "/":
                yield x + left, y + offset - left, x + right, y + offset - right
            else:
                yield x + width - left, y + offset - left, x + width - right, y + offset - right


def _one_line(words: str) -> str:
    """Return the words on one line, without characters that XML does not allow."""
    return " ".join(_NOT_XML.sub("\ufffd", words).split()) or " "


def _short(value: float) -> float:
    return round(value, 1)
