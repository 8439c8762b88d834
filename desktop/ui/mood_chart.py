"""Live chart of the class's mood over the last minutes: shares stacked as areas, mood index as a line.

Painted here: a library of charts would take a fifth of the program's memory and of its time to start.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QWidget

from desktop.segments import Markers
from desktop.statistics import Interval, four_shares
from desktop.ui.palette import STACK_ORDER, blend, emotion_colour
from desktop.ui.words import activity_name, duration, percent, shortened
from models.emotions import EMOTIONS, FOUR_EMOTIONS, mood_index

_SPANS_S: Final = (60, 120, 300, 600)  # the axis grows in these steps, then it scrolls
_GAP: Final = 6.0  # between an axis and its numbers, pixels
_FILL: Final = 0.6  # of an area's colour over the surface
_CENTRE: Final = Qt.AlignmentFlag.AlignCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a second and a share are, in pixels of the widget."""

    area: QRectF  # 0 to 1, first to last second
    first: int
    span: int

    def x(self, second: float) -> float:
        return self.area.left() + (second - self.first) * self.area.width() / self.span

    def y(self, share: float) -> float:
        return self.area.bottom() - share * self.area.height()

    def transform(self) -> QTransform:
        """Return what maps (second, share) to the widget: a lesson has thousands of points."""
        place = QTransform.fromTranslate(self.x(0), self.y(0))
        return place.scale(self.area.width() / self.span, -self.area.height())


class MoodChart(QWidget):
    """Shows the intervals of the last ten minutes; a second that goes back starts a new chart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._four = False
        self._intervals: deque[Interval] = deque(maxlen=_SPANS_S[-1])
        self._steps: dict[str, QPolygonF] = {}  # top of each area, two points a second
        self._markers: Markers = ()
        self.setMinimumHeight(96)
        self._retranslate()

    def set_four(self, four: bool) -> None:
        """Choose the four-emotion view."""
        self._four = four
        self._build()
        self.redraw()

    def add(self, interval: Interval) -> None:
        """Remember one more second; `redraw` shows it."""
        newest = self._intervals[-1].second if self._intervals else -1
        if interval.second < newest:
            self._intervals.clear()
        elif interval.second == newest:
            self._intervals.pop()
        self._intervals.append(interval)
        if interval.second <= newest or not self._steps:
            self._build()
        else:
            self._place(interval)

    def show_markers(self, markers: Markers) -> None:
        """Show where activities began as vertical lines with their names."""
        self._markers = markers
        self.redraw()

    def clear(self) -> None:
        """Start an empty chart."""
        self._intervals.clear()
        self._build()
        self.redraw()

    @property
    def seconds(self) -> tuple[int, ...]:
        """Return which seconds the chart holds."""
        return tuple(interval.second for interval in self._intervals)

    def labels(self) -> list[tuple[int, str]]:
        """Return where activities begin, and what is written there."""
        return [(marker.second, shortened(activity_name(marker.kind), 16)) for marker in self._markers]

    def redraw(self) -> None:
        """Draw what was added."""
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint areas, lines, markers and axes."""
        del event
        scale = self._scale()
        with QPainter(self) as painter:
            painter.setClipRect(scale.area)
            self._paint_areas(painter, scale)
            painter.setClipping(False)
            self._paint_axes(painter, scale)
            self._paint_mood(painter, scale)
            self._paint_markers(painter, scale)

    def _scale(self) -> _Scale:
        metrics = self.fontMetrics()
        height = metrics.height()
        left = metrics.horizontalAdvance(percent(1)) + _GAP
        right = metrics.horizontalAdvance("\u22121") + _GAP
        area = QRectF(self.rect()).adjusted(left, height / 2, -right, -height - _GAP)
        last = self._intervals[-1].second + 1 if self._intervals else 0
        begun = self._intervals[0].second if self._intervals else 0
        held = last - begun
        span = next((span for span in _SPANS_S if held <= span), _SPANS_S[-1])
        return _Scale(area, last - span if held > span else begun, span)

    def _build(self) -> None:
        """Place all points anew."""
        names = [name for name in STACK_ORDER if not self._four or name in FOUR_EMOTIONS]
        self._steps = {name: QPolygonF() for name in names}
        for interval in self._intervals:
            self._place(interval)

    def _place(self, interval: Interval) -> None:
        """Place the points of one more second, and forget those of the oldest if there are too many."""
        shares, total = self._shown(interval), 0.0
        for name, points in self._steps.items():
            total += shares.get(name, 0.0)
            points.append(QPointF(interval.second, total))
            points.append(QPointF(interval.second + 1, total))
            if points.size() > 2 * _SPANS_S[-1]:
                points.remove(0, 2)

    def _shown(self, interval: Interval) -> dict[str, float]:
        """Return the shares of a second by name; nothing in a gap."""
        if interval.shares is None:
            return {}
        if self._four:
            return dict(zip(FOUR_EMOTIONS, four_shares(interval.shares), strict=True))
        return dict(zip(EMOTIONS, interval.shares, strict=True))

    def _paint_areas(self, painter: QPainter, scale: _Scale) -> None:
        """Paint the stacked shares, the highest stack first: the others cover its foot."""
        surface = self.palette().color(QPalette.ColorRole.Base)
        transform = scale.transform()
        painter.setPen(Qt.PenStyle.NoPen)
        for name, points in reversed(self._steps.items()):
            if not points.isEmpty():
                area = QPolygonF(points)
                area.append(QPointF(points.last().x(), 0))
                area.append(QPointF(points.first().x(), 0))
                painter.setBrush(blend(emotion_colour(name, surface), surface, _FILL))
                painter.drawPolygon(transform.map(area))

    def _paint_axes(self, painter: QPainter, scale: _Scale) -> None:
        palette, area = self.palette(), scale.area
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.topLeft(), area.bottomLeft())
        painter.drawLine(area.topRight(), area.bottomRight())
        painter.setPen(QPen(muted, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), scale.y(0.5)), QPointF(area.right(), scale.y(0.5)))
        painter.setPen(muted)
        height = self.fontMetrics().height()
        for share, mood in ((0.0, "\u22121"), (0.5, "0"), (1.0, "+1")):
            line = QRectF(0, scale.y(share) - height / 2, area.left() - _GAP, height)
            painter.drawText(line, _RIGHT, percent(share))
            line.setLeft(area.right() + _GAP)
            line.setRight(self.width())
            painter.drawText(line, _LEFT, mood)
        step = 10 if scale.span <= 60 else 30 if scale.span <= 180 else 60
        for second in range(-(-scale.first // step) * step, scale.first + scale.span + 1, step):
            if second:
                place = QRectF(scale.x(second) - 40, area.bottom() + _GAP / 2, 80, height)
                painter.drawText(place, _CENTRE, duration(second))

    def _paint_mood(self, painter: QPainter, scale: _Scale) -> None:
        """Paint the mood index with a halo, so that it stands out on every area."""
        palette = self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        lines = list(self._mood_lines(scale))
        for role, width in ((QPalette.ColorRole.Base, 5), (QPalette.ColorRole.Text, 2)):
            painter.setPen(QPen(palette.color(role), width))
            for line in lines:
                painter.drawPolyline(line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _mood_lines(self, scale: _Scale) -> Iterator[QPolygonF]:
        """Yield the line, broken where no face was seen or nothing was told."""
        transform, points, expected = scale.transform(), QPolygonF(), -1
        for interval in self._intervals:
            if interval.second != expected or interval.shares is None:
                yield transform.map(points)
                points = QPolygonF()
            if interval.shares is not None:
                points.append(QPointF(interval.second + 0.5, (mood_index(interval.shares) + 1) / 2))
            expected = interval.second + 1
        yield transform.map(points)

    def _paint_markers(self, painter: QPainter, scale: _Scale) -> None:
        palette, metrics = self.palette(), self.fontMetrics()
        text, surface = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
        painter.setPen(QColor(text))
        for second, name in self.labels():
            if not scale.first <= second <= scale.first + scale.span:
                continue
            x = scale.x(second)
            painter.drawLine(QPointF(x, 0), QPointF(x, scale.area.bottom()))
            label = QRectF(x + 1, 0, metrics.horizontalAdvance(name) + _GAP, metrics.height())
            painter.fillRect(label, surface)
            painter.drawText(label, _CENTRE, name)

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Mood of the class over the last minutes"))
        self.redraw()
