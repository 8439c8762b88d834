"""The chart of lessons over time: one panel a group, on one time axis and one scale."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from desktop.report.canvas import ACCENT, MUTED, RULE, SMALL, Sheet, shortened, ticks
from desktop.report.groups import LessonGroup
from desktop.report.page import PAGE_WIDTH, Figure
from desktop.report.speech import Speaker

_LEFT: Final = 52.0
_RIGHT: Final = 14.0
_PANEL: Final = 96.0
_TITLE: Final = 20.0
_STEPS: Final = 24  # of the band


class TrendChart(Speaker):
    """Draws the mood index of lessons over time."""

    def draw(self, groups: Sequence[LessonGroup], names: Sequence[str]) -> Figure:
        """Return the figure; there must be a lesson."""
        moments = [point.started_at for group in groups for point in group.points]
        first, last = min(moments), max(moments)
        margin = max((last - first) * 0.03, timedelta(hours=12))
        first, last = first - margin, last + margin
        moods = [point.figures["mood"] for group in groups for point in group.points]
        low, high = min([0.0, *moods]) - 0.06, max([0.0, *moods]) + 0.06
        sheet = Sheet((_PANEL + _TITLE) * len(groups) + 24)

        def x(moment: datetime) -> float:
            return _LEFT + (moment - first) / (last - first) * (PAGE_WIDTH - _LEFT - _RIGHT)

        for number, (group, name) in enumerate(zip(groups, names, strict=True)):
            top = number * (_PANEL + _TITLE)
            self._panel(sheet, group, name, top)
            floor = top + _TITLE + _PANEL

            def y(value: float, floor: float = floor) -> float:
                return floor - (min(max(value, low), high) - low) / (high - low) * _PANEL

            for value in ticks(low, high, 4):
                colour = MUTED if value == 0 else RULE
                sheet.line(_LEFT, y(value), PAGE_WIDTH - _RIGHT, y(value), colour=colour, width=0.6)
                label = self.speech.signed(value)
                sheet.text(_LEFT - 5, y(value) + 3.3, label, anchor="end", size=SMALL, colour=MUTED)
            if group.trend is not None:
                begin, end = group.points[0].started_at, group.points[-1].started_at
                stops = [begin + (end - begin) * step / _STEPS for step in range(_STEPS + 1)]
                line = [(x(stop), group.trend.at(stop)) for stop in stops]
                lower = [(place, y(each.low)) for place, each in line]
                upper = [(place, y(each.high)) for place, each in reversed(line)]
                sheet.area([*lower, *upper], fill=ACCENT, opacity=0.16)
                sheet.polyline([(place, y(each.value)) for place, each in line], colour=ACCENT, width=1.6)
            for point in group.points:
                sheet.dot(x(point.started_at), y(point.figures["mood"]), hollow=True)
        self._axis(sheet, first + margin, last - margin, x(first + margin), x(last - margin))
        caption = self.tr(
            "Each circle is one lesson. Line and band: straight trend with its 95 % interval, where there "
            "are enough lessons."
        )
        return sheet.figure(caption, self.tr("Mood index of the lessons over time"))

    def _panel(self, sheet: Sheet, group: LessonGroup, name: str, top: float) -> None:
        count = self.tr("%n lesson(s)", "", len(group.points))
        sheet.text(_LEFT, top + 14, shortened(name, 480), bold=True)
        sheet.text(PAGE_WIDTH - _RIGHT, top + 14, count, anchor="end", colour=MUTED)

    def _axis(self, sheet: Sheet, first: datetime, last: datetime, left: float, right: float) -> None:
        y = sheet.height - 10
        if first == last:
            sheet.text(
                left, y, self.speech.date(first.astimezone()), anchor="middle", size=SMALL, colour=MUTED
            )
            return
        sheet.text(left, y, self.speech.date(first.astimezone()), size=SMALL, colour=MUTED)
        sheet.text(right, y, self.speech.date(last.astimezone()), anchor="end", size=SMALL, colour=MUTED)
