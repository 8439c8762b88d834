"""Shows a report on a white sheet, as it prints: text to select and read aloud, charts from their SVG."""

from html import escape
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QResizeEvent, QTextDocument
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QTextBrowser, QWidget

from desktop.report.canvas import INK, MUTED
from desktop.report.page import PAGE_WIDTH, Block, Cell, Figure, Heading, Page, Paragraph, Points, Table
from desktop.ui.dialog_parts import scaled

_SIDE: Final = 36  # pixels of white beside the text
_STYLE: Final = f"""
h1 {{ font-size: 26px; font-weight: 700; }}
h2 {{ font-size: 18px; font-weight: 700; margin-top: 22px; }}
p.lead {{ font-size: 16px; }}
p.small, p.caption, .muted, th {{ color: {MUTED}; }}
p.notice {{ font-weight: 600; }}
li {{ margin-top: 4px; }}
td, th {{ padding: 4px 8px 4px 0; }}
th {{ font-size: small; font-weight: 400; }}
"""


class ReportView(QTextBrowser):
    """One page; links lead nowhere and nothing is fetched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setObjectName("sheet")
        self._page: Page | None = None
        self._width = scaled(self, round(PAGE_WIDTH))  # of the figures
        self.setLineWrapMode(QTextBrowser.LineWrapMode.FixedPixelWidth)
        self.setLineWrapColumnOrWidth(self._width + 2 * _SIDE - 4)
        self.document().setDocumentMargin(_SIDE - 2)
        palette = self.palette()
        for role, colour in ((QPalette.ColorRole.Base, "#FFFFFF"), (QPalette.ColorRole.Text, INK)):
            palette.setColor(role, QColor(colour))
        self.setPalette(palette)

    def show_page(self, page: Page) -> None:
        """Show a report from its beginning."""
        self._page = page
        self._draw()

    def event(self, event: QEvent) -> bool:
        """Follow the window to a screen of another sharpness."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the sheet in the middle."""
        super().resizeEvent(event)
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        beside = max(0, (room - self._width - 2 * _SIDE) // 2)
        if self.viewportMargins().left() != beside:
            self.setViewportMargins(beside, 0, beside, 0)

    def _draw(self) -> None:
        if self._page is None:
            return
        document = self.document()
        document.clear()
        document.setDefaultStyleSheet(_STYLE)
        figures = [block for block in self._page.blocks if isinstance(block, Figure)]
        for number, figure in enumerate(figures):
            document.addResource(
                QTextDocument.ResourceType.ImageResource.value, QUrl(_address(number)), self._picture(figure)
            )
        self.setHtml(page_text(self._page, self._width))

    def _picture(self, figure: Figure) -> QImage:
        ratio = self.devicePixelRatioF()
        size = QSize(self._width, round(figure.height * self._width / figure.width))
        image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.white)
        renderer = QSvgRenderer(QByteArray(figure.svg.encode()))
        with QPainter(image) as painter:
            renderer.render(painter, QRectF(0, 0, size.width(), size.height()))
        return image


def page_text(page: Page, width: int) -> str:
    """Return a report as the HTML that QTextDocument knows, with its figures as pictures of this width."""
    parts = [f'<p class="muted">{escape(page.subtitle)}</p><h1>{escape(page.title)}</h1>']
    facts = "".join(
        f'<tr><td class="muted">{escape(name)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>'
        for name, value in page.facts
    )
    parts.append(f"<table>{facts}</table>" if facts else "")
    figures = 0
    for block in page.blocks:
        if isinstance(block, Figure):
            parts.append(f'<p><img src="{_address(figures)}" width="{width}"></p>')
            parts.append(f'<p class="caption">{escape(block.caption)}</p>')
            figures += 1
        else:
            parts.append(_block(block))
    parts.append(f'<p class="small">{escape(page.footer)}</p>')
    return "".join(parts)


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"<h2>{escape(block.text)}</h2>"
        case Paragraph():
            return f'<p class="{block.style}">{escape(block.text)}</p>'
        case Points():
            return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"
        case Table():
            return _table(block)
    return ""


def _table(table: Table) -> str:
    head = "".join(
        f"<th{_place(table, number)}>{escape(text)}</th>" for number, text in enumerate(table.header)
    )
    rows = [f"<tr>{head}</tr>" if head else ""]
    rows += [
        "<tr>" + "".join(_cell(table, number, cell) for number, cell in enumerate(row)) + "</tr>"
        for row in table.rows
    ]
    caption = f'<p class="caption">{escape(table.caption)}</p>' if table.caption else ""
    return f'<table width="100%" cellspacing="0">{"".join(rows)}</table>{caption}'


def _cell(table: Table, number: int, cell: Cell) -> str:
    text = f"<b>{escape(cell.text)}</b>" if cell.strong else escape(cell.text)
    if cell.minor:
        text += f'<br><small class="muted">{escape(cell.minor)}</small>'
    place = f' colspan="{cell.span}"' if cell.span > 1 else _place(table, number)
    return f"<td{place}>{text}</td>"


def _place(table: Table, number: int) -> str:
    width = f' width="{table.widths[number]}%"' if table.widths else ""
    return f'{width} align="{"left" if number in table.text_columns else "right"}"'


def _address(number: int) -> str:
    return f"figure:{number}"
