"""The strip over the picture in presentation mode: large shares, time, and nothing else."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from desktop.segments import UNMARKED
from desktop.ui.glyphs import paint_glyph
from desktop.ui.palette import emotion_colour
from desktop.ui.share_bars import share_rows
from desktop.ui.words import activity_name, duration, emotion_name, faces, percent, shortened

_WHITE = QColor("#FFFFFF")
_SOFT = QColor(255, 255, 255, 190)
_TRACK = QColor(255, 255, 255, 50)
_CENTRE = Qt.AlignmentFlag.AlignCenter


class PresentationStrip(QWidget):
    """One column per emotion, readable from the last row, on a dark gradient at the foot of the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._four = False
        self._shares: tuple[float, ...] | None = None
        self._faces = 0
        self._elapsed_s: float | None = None
        self._activity = UNMARKED
        self._painted: QPixmap | None = None  # the picture below changes 30 times a second, this does once
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._retranslate()

    def set_four(self, four: bool) -> None:
        """Choose the four-emotion view."""
        self._four = four
        self._repaint()

    def show_shares(self, shares: Sequence[float] | None, face_count: int) -> None:
        """Show the shares of the last second."""
        self._shares = None if shares is None else tuple(shares)
        self._faces = face_count
        self._repaint()

    def show_elapsed(self, seconds: float | None) -> None:
        """Show the session's time, or none without a session."""
        self._elapsed_s = seconds
        self._repaint()

    def show_activity(self, kind: str) -> None:
        """Show which activity runs; none while nothing is marked."""
        self._activity = kind
        self._repaint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint anew in another size."""
        super().resizeEvent(event)
        self._repaint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show what was painted last, or paint it."""
        del event
        ratio = self.devicePixelRatioF()
        if self._painted is None or self._painted.devicePixelRatio() != ratio:
            self._painted = QPixmap(self.size() * ratio)
            self._painted.setDevicePixelRatio(ratio)
            self._painted.fill(Qt.GlobalColor.transparent)
            with QPainter(self._painted) as painter:
                self._paint(painter)
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._painted)

    def _repaint(self) -> None:
        self._painted = None
        self.update()

    def _paint(self, painter: QPainter) -> None:
        """Paint gradient, columns and the line below them."""
        unit = self.height() / 10
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QLinearGradient(0, 0, 0, self.height())
        shade.setColorAt(0, QColor(0, 0, 0, 0))
        shade.setColorAt(0.3, QColor(0, 0, 0, 165))
        shade.setColorAt(1, QColor(0, 0, 0, 225))
        painter.fillRect(self.rect(), shade)
        rows = share_rows(self._shares, self._four)
        margin = self.width() * 0.02
        width = (self.width() - 2 * margin) / len(rows)
        for place, (name, share) in enumerate(rows):
            column = QRectF(margin + place * width, unit * 2.6, width, unit * 5.2)
            self._paint_column(painter, column, name, share)
        painter.setFont(self._font(unit * 1.05))
        painter.setPen(_SOFT)
        line = QRectF(margin, unit * 8.3, self.width() - 2 * margin, unit * 1.3)
        painter.drawText(line, _CENTRE, self.line())

    def _paint_column(self, painter: QPainter, column: QRectF, name: str, share: float | None) -> None:
        unit = self.height() / 10
        said = "\u2013" if share is None else percent(share)
        number = self._font(unit * 2.4)
        side = unit * 2.0
        width = QFontMetricsF(number).horizontalAdvance(said)
        left = column.center().x() - (side * 1.3 + width) / 2
        ink = _WHITE if share else _SOFT
        paint_glyph(painter, name, QRectF(left, column.top() + unit * 0.3, side, side), ink)
        painter.setFont(number)
        painter.setPen(ink)
        top = QRectF(left + side * 1.3, column.top(), width + unit, unit * 2.6)
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, said)
        bar = QRectF(column.left(), column.top() + unit * 2.95, column.width(), unit * 0.7)
        bar.adjust(unit * 0.5, 0, -unit * 0.5, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_TRACK)
        painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        if share:
            bar.setWidth(max(bar.height(), bar.width() * share))
            painter.setBrush(emotion_colour(name, QColor(Qt.GlobalColor.black)))
            painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        painter.setFont(self._font(unit * 1.25))
        painter.setPen(ink)
        words = QRectF(column.left(), column.top() + unit * 3.85, column.width(), unit * 1.5)
        painter.drawText(words, _CENTRE, emotion_name(name))

    def line(self) -> str:
        """Return what stands below the columns."""
        parts = [] if self._elapsed_s is None else [duration(self._elapsed_s)]
        if self._activity != UNMARKED:
            parts.append(shortened(activity_name(self._activity)))
        parts += [faces(self._faces), self.tr("Guesses about expressions, not feelings")]
        return "   \u00b7   ".join(parts)

    def _font(self, pixels: float) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(11, round(pixels)))
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Shares of emotions, large"))
        self._repaint()
