"""The timeline of a stored lesson: its shares over time, its segments above, borders that can be dragged."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.segments import UNMARKED, Markers, Segment, move, segments
from desktop.statistics import Interval
from desktop.ui.palette import STACK_ORDER, blend, emotion_colour
from desktop.ui.words import activity_name, duration
from models.emotion import EMOTIONS

_SIDE: Final = 14  # pixels beside the lesson, so that its ends can be grabbed
_BAND: Final = 36  # height of the segments
_AXIS: Final = 24
_GRAB: Final = 7  # pixels around a border
_STEPS_S: Final = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_COLUMNS: Final = 900  # of the picture of the shares; it is stretched to the width


def marker_of(markers: Markers, segment: Segment) -> int | None:
    """Return the index of the marker that a segment begins with; None for what lies before the first."""
    return next((place for place, marker in enumerate(markers) if marker.second == segment.start), None)


class TimelineView(QWidget):
    """Paints and says what the user wants; whoever owns it changes the markers."""

    selected = Signal(int)  # segment
    border_moved = Signal(int, int)  # marker, second
    split_requested = Signal(int)  # second
    delete_requested = Signal()
    merge_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._intervals: tuple[Interval, ...] = ()
        self._end = 0
        self._markers: Markers = ()
        self._dragged: tuple[int, Markers] | None = None  # marker, and the markers as they look meanwhile
        self._current = 0
        self._picture: QImage | None = None
        self._retranslate()

    def show_lesson(self, intervals: Sequence[Interval], end: int) -> None:
        """Show the shares of a lesson of `end` seconds."""
        self._intervals, self._end = tuple(intervals), end
        self._picture = None
        self.update()

    def show_markers(self, markers: Markers, current: int) -> None:
        """Show these activities, with one segment chosen."""
        self._markers, self._current, self._dragged = markers, current, None
        self._describe()
        self.update()

    def segments(self) -> tuple[Segment, ...]:
        """Return what is shown, a border in mid-drag included."""
        return segments(self._markers if self._dragged is None else self._dragged[1], self._end)

    def x_of(self, second: float) -> float:
        """Return where a second lies."""
        return _SIDE + (self.width() - 2 * _SIDE) * second / max(1, self._end)

    def second_at(self, x: float) -> int:
        """Return which second lies there, within the lesson."""
        share = (x - _SIDE) / max(1, self.width() - 2 * _SIDE)
        return max(0, min(self._end - 1, round(share * self._end)))

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(900, 260)

    def minimumSizeHint(self) -> QSize:
        """Return a size in which borders can still be grabbed."""
        return QSize(320, 140)

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        if event.type() == QEvent.Type.PaletteChange:
            self._picture = None
            self.update()
        elif event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a border, or choose a segment."""
        if event.button() != Qt.MouseButton.LeftButton or not self._end:
            return
        border = self._border_near(event.position().x())
        if border is not None:
            self._dragged = (border, self._markers)
            return
        second = self.second_at(event.position().x())
        for number, segment in enumerate(self.segments()):
            if segment.start <= second < segment.end:
                self.selected.emit(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the border follow the mouse, or show that there is one."""
        x = event.position().x()
        if self._dragged is not None:
            border = self._dragged[0]
            self._dragged = (border, move(self._markers, border, self.second_at(x), self._end))
            self.update()
        elif self._border_near(x) is not None:
            self.setCursor(Qt.CursorShape.SplitHCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the border."""
        if event.button() == Qt.MouseButton.LeftButton and self._dragged is not None:
            border, markers = self._dragged
            self._dragged = None
            self.update()
            if markers != self._markers:
                self.border_moved.emit(border, markers[border].second)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Start another activity there."""
        if event.button() == Qt.MouseButton.LeftButton and self._end:
            self.split_requested.emit(self.second_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose a segment; with Shift they move its start by a second, with Ctrl by ten."""
        key, modifiers = event.key(), event.modifiers()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            direction = 1 if key == Qt.Key.Key_Right else -1
            if modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier):
                step = 10 if modifiers & Qt.KeyboardModifier.ControlModifier else 1
                self._move_current(direction * step)
            else:
                last = len(self.segments()) - 1
                self.selected.emit(max(0, min(last, self._current + direction)))
        elif key == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        elif key == Qt.Key.Key_Backspace:
            self.merge_requested.emit()
        elif key == Qt.Key.Key_Escape and self._dragged is not None:
            self._dragged = None
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint segments, shares, borders and times."""
        del event
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            chart = self._chart()
            self._paint_shares(painter, chart)
            for number, segment in enumerate(self.segments()):
                self._paint_segment(painter, number, segment, chart)
            self._paint_axis(painter, chart)

    def _chart(self) -> QRectF:
        return QRectF(_SIDE, _BAND + 6, self.width() - 2 * _SIDE, max(10, self.height() - _BAND - 6 - _AXIS))

    def _move_current(self, seconds: int) -> None:
        shown = self.segments()
        if not shown:
            return
        marker = marker_of(self._markers, shown[self._current])
        if marker is not None:
            self.border_moved.emit(marker, max(0, self._markers[marker].second + seconds))

    def _border_near(self, x: float) -> int | None:
        near = [
            (abs(self.x_of(marker.second) - x), place)
            for place, marker in enumerate(self._markers)
            if marker.second < self._end
        ]
        distance, place = min(near, default=(_GRAB + 1, 0))
        return place if distance <= _GRAB else None

    def _paint_shares(self, painter: QPainter, chart: QRectF) -> None:
        palette = self.palette()
        painter.fillRect(chart, palette.color(QPalette.ColorRole.AlternateBase))
        if self._picture is None and self._end:
            self._picture = _shares_picture(
                self._intervals, self._end, palette.color(QPalette.ColorRole.Base)
            )
        if self._picture is not None:
            painter.drawImage(chart, self._picture)

    def _paint_segment(self, painter: QPainter, number: int, segment: Segment, chart: QRectF) -> None:
        palette = self.palette()
        left, right = self.x_of(segment.start), self.x_of(segment.end)
        band = QRectF(left + 1, 1, max(1.0, right - left - 2), _BAND)
        chosen = number == self._current
        accent, text = palette.color(QPalette.ColorRole.Highlight), palette.color(QPalette.ColorRole.Text)
        painter.setPen(Qt.PenStyle.NoPen if segment.kind or chosen else palette.color(QPalette.ColorRole.Mid))
        if chosen:
            painter.setBrush(accent)
        else:
            role = QPalette.ColorRole.AlternateBase if segment.kind else QPalette.ColorRole.Window
            painter.setBrush(palette.color(role))
        painter.drawRoundedRect(band, 5, 5)
        if chosen and self.hasFocus():
            painter.setPen(QPen(text, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(band.adjusted(1, 1, -1, -1), 5, 5)
        painter.setPen(palette.color(QPalette.ColorRole.HighlightedText) if chosen else text)
        room = band.width() - 10
        name = painter.fontMetrics().elidedText(
            activity_name(segment.kind), Qt.TextElideMode.ElideRight, round(room)
        )
        if room > 12:
            painter.drawText(band, Qt.AlignmentFlag.AlignCenter, name)
        if segment.start or segment.kind != UNMARKED:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 4))
            painter.drawLine(QPointF(left, chart.top()), QPointF(left, chart.bottom()))
            painter.setPen(QPen(accent if chosen else text, 2))
            painter.drawLine(QPointF(left, 2), QPointF(left, chart.bottom()))

    def _paint_axis(self, painter: QPainter, chart: QRectF) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        least = 70 * self._end / max(1.0, chart.width())
        step = next((step for step in _STEPS_S if step >= least), _STEPS_S[-1])
        for second in range(0, self._end + 1, step):
            x = self.x_of(second)
            area = QRectF(x - 40, chart.bottom() + 3, 80, _AXIS - 3)
            align = Qt.AlignmentFlag.AlignHCenter
            if not second:
                area, align = QRectF(_SIDE, area.top(), 80, area.height()), Qt.AlignmentFlag.AlignLeft
            elif x > chart.right() - 24:
                continue
            painter.drawText(area, align | Qt.AlignmentFlag.AlignTop, duration(second))

    def _describe(self) -> None:
        """Tell screen readers which segment is chosen."""
        shown = self.segments()
        if not shown:
            self.setAccessibleDescription("")
            return
        segment = shown[min(self._current, len(shown) - 1)]
        self.setAccessibleDescription(
            self.tr("{name}, from {start} to {end}, {number} of {all}").format(
                name=activity_name(segment.kind),
                start=duration(segment.start),
                end=duration(segment.end),
                number=self._current + 1,
                all=len(shown),
            )
        )

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Timeline"))
        self._describe()
        self.update()


def _shares_picture(intervals: Sequence[Interval], end: int, ground: QColor) -> QImage:
    """Return the shares stacked over time; where no face was seen it is transparent."""
    columns, height = min(_COLUMNS, end), 100
    sums, counts = np.zeros((columns, len(EMOTIONS))), np.zeros(columns)
    for interval in intervals:
        if interval.shares is not None:
            column = min(columns - 1, interval.second * columns // end)
            sums[column] += np.asarray(interval.shares) * interval.faces
            counts[column] += interval.faces
    image = QImage(columns, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    colours = {name: blend(emotion_colour(name, ground), ground, 0.6) for name in STACK_ORDER}
    with QPainter(image) as painter:
        for column in np.flatnonzero(counts).tolist():
            bottom = float(height)
            for name in STACK_ORDER:
                tall = height * sums[column, EMOTIONS.index(name)] / counts[column]
                painter.fillRect(QRectF(column, bottom - tall, 1, tall), colours[name])
                bottom -= tall
    return image
