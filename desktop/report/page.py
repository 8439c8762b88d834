"""What a report is made of: headings, paragraphs, tables and figures, before they are HTML or PDF."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part."""

    name: ClassVar[str] = "heading"
    text: str
    new_page: bool = False  # on paper


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    name: ClassVar[str] = "paragraph"
    text: str
    style: Literal["lead", "plain", "small", "notice"] = "plain"


@dataclass(frozen=True, slots=True)
class Points:
    """Sentences one below the other."""

    name: ClassVar[str] = "points"
    items: tuple[str, ...]
    style: Literal["findings", "plain"] = "plain"


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as SVG, and what it shows in words."""

    name: ClassVar[str] = "figure"
    svg: str
    width: float  # units of the SVG; `PAGE_WIDTH` of them are as wide as the page
    height: float
    caption: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str
    strong: bool = False
    minor: str = ""  # smaller, below the text
    span: int = 1  # columns


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column holds names, the others figures."""

    name: ClassVar[str] = "table"
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    widths: tuple[float, ...] = ()  # of the columns, percent of the table's width; () shares it out evenly
    text_columns: frozenset[int] = frozenset({0})  # the others are aligned right


Block = Heading | Paragraph | Points | Figure | Table


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report."""

    language: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]  # name and value, below the title
    blocks: Sequence[Block] = field(default_factory=tuple)
    footer: str = ""
    nothing: str = ""  # why there is nothing to report; empty: there is


EMOTION_ORDER = ("happy", "surprise", "neutral", "sad", "fear", "disgust", "angry")
"""Of tables and charts, as in the window."""


def emotion_widths(total: float) -> tuple[float, ...]:
    """Return the widths of seven columns, percent; the third has the longest word in both languages."""
    return tuple(total * (0.16 if emotion == "neutral" else 0.14) for emotion in EMOTION_ORDER)


PAGE_WIDTH = 720.0
"""How many units of a figure are as wide as the page's text."""
