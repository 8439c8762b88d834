"""A page as PDF for A4, through Qt: text by QTextDocument, charts by QSvgRenderer, all of it vectors.

QtWebEngine is 300 MB and WeasyPrint needs Pango of the system, so the page is laid out here: the same blocks
and the same templates as the HTML, set one below the other, and broken between rows, lines and blocks.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QGuiApplication,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QPen,
    QTextDocument,
    QTextOption,
)
from PySide6.QtSvg import QSvgRenderer

from desktop.report.canvas import INK, MUTED
from desktop.report.html import environment
from desktop.report.page import PAGE_WIDTH, Block, Figure, Heading, Page, Table

_UNIT_MM: Final = 0.25
_LEFT_MM, _TOP_MM, _BOTTOM_MM = 15.0, 14.0, 18.0
_HEIGHT: Final = (297 - _TOP_MM - _BOTTOM_MM) / _UNIT_MM
_DPI: Final = 600
_SPACE: Final = 8.0  # between blocks, units
_STYLE: Final = """
h1 { font-size: 26px; font-weight: 700; margin: 0 0 8px 0; }
h2 { font-size: 17px; font-weight: 700; margin: 14px 0 0 0; }
p { margin: 0; }
p.lead { font-size: 15px; }
p.small, p.caption, p.subtitle { color: #58636f; font-size: 10.5px; }
p.notice { font-weight: 600; }
ul { margin: 0 0 0 -22px; }
li { margin: 2px 0; }
table { border-collapse: collapse; }
table.plain td { border: 0; padding: 0 14px 1px 0; }
td, th { padding: 3px 0 3px 8px; border: 0; border-bottom: 1px solid #d9dfe5; }
th { color: #58636f; font-size: 9.5px; border-bottom: 1px solid #1a2027; }
td { font-size: 11.5px; }
td.name, th.name { padding-left: 0; }
.minor { color: #58636f; font-size: 8.2px; }
.muted { color: #58636f; }
"""


@dataclass(frozen=True, slots=True)
class _Item:
    """Something of a known height that is drawn in one piece."""

    height: float
    draw: Callable[[QPainter, float], None]  # painter in units, y of its upper edge
    with_next: bool = False  # not to stand last on a page
    blank: bool = False  # not to stand first on a page
    header: "_Item | None" = None  # to be repeated where it stands first on a page


def page_pdf(page: Page) -> bytes:
    """Return the page as PDF. Needs a QGuiApplication (`ensure_application`), on its thread."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(page.title[:200])
    writer.setCreator("Classmood")
    writer.setResolution(_DPI)
    draw_page(page, writer)
    return bytes(buffer.data().data())


def draw_page(page: Page, device: QPagedPaintDevice) -> None:
    """Draw the page on sheets of A4: into a PDF, or on a printer (QPdfWriter, QPrinter)."""
    device.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(_LEFT_MM, _TOP_MM, _LEFT_MM, 0),
            QPageLayout.Unit.Millimeter,
            QMarginsF(0, 0, 0, 0),
        )
    )
    sheets = _paginated(_items(page))
    with QPainter(device) as painter:
        scale = device.logicalDpiX() / 25.4 * _UNIT_MM
        painter.scale(scale, scale)
        for number, sheet in enumerate(sheets, start=1):
            if number > 1:
                device.newPage()
            y = 0.0
            for item in sheet:
                item.draw(painter, y)
                y += item.height
            _footer(painter, page.footer, f"{number} / {len(sheets)}")


def ensure_application() -> QGuiApplication:
    """Return the application, or create one that needs no screen: fonts need it."""
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication(["classmood"])


def _items(page: Page) -> list[_Item]:
    templates = _Templates()
    items = [*_text(templates.render("header", page)), _rule(), _space(8)]
    for block in page.blocks:
        items += _block(block, templates)
    return items


class _Templates:
    """The macros of pdf.html.j2."""

    def __init__(self) -> None:
        self._module = environment().get_template("pdf.html.j2").module

    def render(self, macro: str, *values: object) -> str:
        """Return the HTML of one macro."""
        return str(getattr(self._module, macro)(*values))


def _block(block: Block, templates: _Templates) -> list[_Item]:
    match block:
        case Figure():
            caption = _text(templates.render("caption", block.caption))
            return [_figure(block), *caption, _space(_SPACE)]
        case Table():
            rows = [*_rows(block, templates), _space(3)]
            if block.caption:
                rows += _text(templates.render("caption", block.caption))
            return [*rows, _space(_SPACE)]
        case Heading():
            return [
                replace(item, with_next=True)
                for item in (*_text(templates.render("block", block)), _space(4))
            ]
    return [*_text(templates.render("block", block)), _space(_SPACE)]


def _rows(table: Table, templates: _Templates) -> list[_Item]:
    """Return one item a row, each knowing the header that a new page begins with."""
    header = None
    items: list[_Item] = []
    if table.header:
        (header,) = _text(templates.render("table_header", table), whole=True)
        items.append(replace(header, with_next=True))
    for row in table.rows:
        items += [replace(item, header=header) for item in _text(templates.render("table_row", table, row))]
    return items


def _text(html: str, *, whole: bool = False) -> list[_Item]:
    """Return the HTML laid out over the page's width, in pieces that fit on a page or else `whole`."""
    document = QTextDocument()
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultFont(_font(12))
    document.setDefaultTextOption(option)
    document.setUseDesignMetrics(True)
    document.setDocumentMargin(0)
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(html)
    document.setTextWidth(PAGE_WIDTH)
    height = document.size().height()
    cuts = [0.0, height] if whole else _cuts(document, height)
    return [_piece(document, top, bottom) for top, bottom in pairwise(cuts)]


def _cuts(document: QTextDocument, height: float) -> list[float]:
    """Return where a text may be cut so that each piece fits on a page: between lines."""
    cuts = [0.0]
    if height > _HEIGHT:
        layout = document.documentLayout()
        last = 0.0
        block = document.begin()
        while block.isValid():
            top = layout.blockBoundingRect(block).top()
            for number in range(block.layout().lineCount()):
                line = block.layout().lineAt(number)
                bottom = top + line.y() + line.height()
                if bottom - cuts[-1] > _HEIGHT - 40 and last > cuts[-1]:
                    cuts.append(last)
                last = bottom
            block = block.next()
    return [*cuts, height]


def _piece(document: QTextDocument, top: float, bottom: float) -> _Item:
    def draw(painter: QPainter, y: float) -> None:
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor(INK))
        context.clip = QRectF(0, top, PAGE_WIDTH, bottom - top)
        painter.save()
        painter.translate(0, y - top)
        painter.setClipRect(context.clip)
        document.documentLayout().draw(painter, context)
        painter.restore()

    return _Item(bottom - top, draw)


def _figure(figure: Figure) -> _Item:
    renderer = QSvgRenderer(QByteArray(figure.svg.encode()))

    def draw(painter: QPainter, y: float) -> None:
        renderer.render(painter, QRectF(0, y, figure.width, figure.height))

    return _Item(figure.height + 6, draw, with_next=True)


def _rule() -> _Item:
    def draw(painter: QPainter, y: float) -> None:
        painter.setPen(QPen(QColor(INK), 1.6))
        painter.drawLine(QPointF(0, y + 4), QPointF(PAGE_WIDTH, y + 4))

    return _Item(8, draw)


def _space(height: float) -> _Item:
    return _Item(height, lambda _painter, _y: None, blank=True)


def _paginated(items: Sequence[_Item]) -> list[list[_Item]]:
    """Return the pages. What belongs to the next thing moves to the next page with it; none begins blank."""
    pages: list[list[_Item]] = [[]]
    groups: list[list[_Item]] = [[]]
    for item in items:
        groups[-1].append(item)
        if not item.with_next:
            groups.append([])
    left = _HEIGHT
    for group in groups:
        height = sum(item.height for item in group)
        if height > left and pages[-1] and not all(item.blank for item in group):
            pages.append([])
            left = _HEIGHT
            if group[0].header is not None:
                pages[-1].append(group[0].header)
                left -= group[0].header.height
        if pages[-1] or not all(item.blank for item in group):
            pages[-1] += group
            left -= height
    return [page for page in pages if page]


def _font(size: int) -> QFont:
    font = QFont()
    font.setFamilies(["Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans"])
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPixelSize(size)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # it is drawn enlarged
    return font


def _footer(painter: QPainter, words: str, number: str) -> None:
    painter.setFont(_font(10))
    painter.setPen(QColor(MUTED))
    area = QRectF(0, _HEIGHT + 18, PAGE_WIDTH, 20)
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft, words)
    painter.drawText(area, Qt.AlignmentFlag.AlignRight, number)
