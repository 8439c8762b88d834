"""Live chart of the class's mood over the last minutes: shares stacked as areas, mood index as a line."""

from collections import deque

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.segments import Markers
from desktop.statistics import Interval
from desktop.ui.palette import STACK_ORDER, blend, emotion_colour
from desktop.ui.words import activity_name, duration, percent, shortened
from models.emotion import EMOTIONS, FOUR_EMOTIONS, Classification, mood_index

_SPANS_S = (60, 120, 300, 600)  # the axis grows in these steps, then it scrolls


class _TimeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:  # noqa: N802, ARG002
        span = high - low
        return [(10 if span <= 60 else 30 if span <= 180 else 60, 0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802, ARG002
        return [duration(value) for value in values]


class MoodChart(QWidget):
    """Shows the intervals of the last ten minutes; a second that goes back starts a new chart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._four = False
        self._intervals: deque[Interval] = deque(maxlen=_SPANS_S[-1])
        axes = {"bottom": _TimeAxis("bottom"), "left": pg.AxisItem("left"), "right": pg.AxisItem("right")}
        self._plot = pg.PlotWidget(axisItems=axes, background=None, enableMenu=False)
        menu = self._plot.plotItem.ctrlMenu  # of no use here, but it would be left to the garbage collector
        menu.setParent(self, menu.windowFlags())
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setYRange(0, 1, padding=0.07)  # room for the numbers at the ends
        self._plot.setXRange(0, _SPANS_S[0], padding=0)
        self._plot.getAxis("left").setTicks([[(0, percent(0)), (0.5, percent(0.5)), (1, percent(1))]])
        self._plot.getAxis("right").setTicks([[(0, "\u22121"), (0.5, "0"), (1, "+1")]])
        self._areas = {}
        for name in reversed(STACK_ORDER):  # the highest stack first, the others cover its foot
            self._areas[name] = pg.PlotCurveItem([0, 1], [0], stepMode="center", fillLevel=0, pen=None)
            self._plot.addItem(self._areas[name])
        self._borders: list[tuple[int, pg.InfiniteLine, pg.TextItem]] = []  # of each marker
        self._markers: Markers = ()
        self._zero = pg.InfiniteLine(pos=0.5, angle=0)
        self._halo = pg.PlotCurveItem(connect="finite")
        self._mood = pg.PlotCurveItem(connect="finite", antialias=True)
        for item in (self._zero, self._halo, self._mood):
            self._plot.addItem(item)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self.setMinimumHeight(96)
        self._restyle()
        self._retranslate()

    def set_four(self, four: bool) -> None:
        """Choose the four-emotion view."""
        self._four = four
        self.redraw()

    def add(self, interval: Interval) -> None:
        """Remember one more second; `redraw` shows it."""
        if self._intervals and interval.second < self._intervals[-1].second:
            self._intervals.clear()
        elif self._intervals and interval.second == self._intervals[-1].second:
            self._intervals.pop()
        self._intervals.append(interval)

    def show_markers(self, markers: Markers) -> None:
        """Show where activities began as vertical lines with their names."""
        self._markers = markers
        for _, *items in self._borders:
            for item in items:
                self._plot.removeItem(item)
        self._borders = []
        for marker in markers:
            line = pg.InfiniteLine(pos=marker.second, angle=90)
            label = pg.TextItem(shortened(activity_name(marker.kind), 16), anchor=(0, 0))
            label.setPos(marker.second, 1.06)
            for item in (line, label):
                self._plot.addItem(item, ignoreBounds=True)
            self._borders.append((marker.second, line, label))
        self._restyle()

    def clear(self) -> None:
        """Start an empty chart."""
        self._intervals.clear()
        self.redraw()

    @property
    def seconds(self) -> tuple[int, ...]:
        """Return which seconds the chart holds."""
        return tuple(interval.second for interval in self._intervals)

    def labels(self) -> list[tuple[int, str]]:
        """Return where activities begin, and what is written there."""
        return [(second, label.toPlainText()) for second, _, label in self._borders]

    def redraw(self) -> None:
        """Draw what was added."""
        last = self._intervals[-1].second + 1 if self._intervals else 0
        held = last - self._intervals[0].second if self._intervals else 0
        span = next((s for s in _SPANS_S if held <= s), _SPANS_S[-1])
        first = max(0, last - span) if held > span else (self._intervals[0].second if self._intervals else 0)
        self._plot.setXRange(first, first + span, padding=0)
        for second, *items in self._borders:
            for item in items:
                item.setVisible(second >= first)
        shares, mood = self._series(first, max(1, last - first))
        edges = np.arange(first, first + len(mood) + 1, dtype=np.float64)
        total = np.zeros(len(mood))
        for name in STACK_ORDER:
            total = total + shares[:, EMOTIONS.index(name)]
            self._areas[name].setData(edges, total)
        for line in (self._halo, self._mood):
            line.setData(edges[:-1] + 0.5, (mood + 1) / 2)

    def event(self, event: QEvent) -> bool:
        """Follow the window to a screen of another sharpness."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._restyle()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._restyle()
        elif event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _series(self, first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return shares (count, 7), zero in gaps, and mood index (count,), NaN in gaps."""
        shares = np.zeros((count, len(EMOTIONS)))
        mood = np.full(count, np.nan)
        for interval in self._intervals:
            place = interval.second - first
            if interval.shares is None or not 0 <= place < count:
                continue
            mood[place] = mood_index(interval.shares)
            if self._four:
                four = Classification(interval.shares).four()
                for name, value in zip(FOUR_EMOTIONS, four.probabilities, strict=True):
                    shares[place, EMOTIONS.index(name)] = value
            else:
                shares[place] = interval.shares
        return shares, mood

    def _restyle(self) -> None:
        palette = self.palette()
        surface, text = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text)
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        self._plot.setBackground(surface)
        for name, area in self._areas.items():
            area.setBrush(blend(emotion_colour(name, surface), surface, 0.6))
        for side in ("bottom", "left", "right"):
            axis = self._plot.getAxis(side)
            axis.setPen(palette.color(QPalette.ColorRole.Mid))
            axis.setTextPen(muted)
            axis.setTickFont(self.font())
            axis.setStyle(tickLength=0)
        ratio = self.devicePixelRatioF()  # these pens are as wide as so many pixels of the screen
        self._zero.setPen(pg.mkPen(muted, width=ratio, style=Qt.PenStyle.DashLine))
        self._halo.setPen(pg.mkPen(surface, width=5 * ratio))
        self._mood.setPen(pg.mkPen(text, width=2 * ratio))
        for _, line, label in self._borders:
            line.setPen(pg.mkPen(text, width=ratio))
            label.setColor(text)
            label.fill = pg.mkBrush(surface)
            label.setFont(self.font())

    def _retranslate(self) -> None:
        self.show_markers(self._markers)
        self.setAccessibleName(self.tr("Mood of the class over the last minutes"))
