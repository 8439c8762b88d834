"""The timeline: segments, mood index, emotions and number of faces over one lesson, on one time axis."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.report.canvas import (
    BAND,
    FILLS,
    INK,
    MUTED,
    NORMAL,
    RULE,
    SMALL,
    Sheet,
    minute_ticks,
    shortened,
    ticks,
)
from desktop.report.lesson import Lesson
from desktop.report.page import EMOTION_ORDER, PAGE_WIDTH, Figure
from desktop.report.speech import Speaker, isolated
from desktop.statistics import Interval, Summary, summarize
from models.emotion import EMOTIONS

_LEFT: Final = 122.0  # names and values of the axes
_RIGHT: Final = 62.0  # means
_WIDTH: Final = PAGE_WIDTH - _LEFT - _RIGHT
_HEADER: Final = 20.0
_MOOD: Final = 84.0
_FACES: Final = 46.0
_PER_SHARE: Final = 92.0  # units of height for 100 %, for all emotions alike
_LEAST_ROW: Final = 15.0
_GAP: Final = 7.0
_POINTS: Final = 200  # at most so many along the lesson

_WIDTHS_S: Final = (1, 2, 5, 10, 20, 30, 60, 120, 300)

Stretch = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Bin:
    """Some neighbouring seconds, summed up."""

    middle_s: float
    summary: Summary


class Timeline(Speaker):
    """Draws the timeline of a lesson."""

    def draw(self, lesson: Lesson) -> Figure:
        """Return the figure; a lesson without any second must not be drawn."""
        width_s = self._bin_width(lesson.end)
        runs = _binned(lesson.intervals, width_s)
        bins = [each for run in runs for each in run]
        tops = {emotion: max((_share(each, emotion) for each in bins), default=0.0) for emotion in EMOTIONS}
        rows = {emotion: max(_LEAST_ROW, tops[emotion] * _PER_SHARE + 3) for emotion in EMOTION_ORDER}
        height = _HEADER + _MOOD + _FACES + sum(rows.values()) + _GAP * (len(rows) + 1) + 42
        sheet = Sheet(height)
        bottom = height - 34
        self._segments(sheet, lesson, bottom)
        y = _HEADER + 4
        self._mood(sheet, lesson, runs, y)
        y += _MOOD + _GAP
        for emotion in EMOTION_ORDER:
            self._emotion(sheet, lesson, runs, emotion, (y, rows[emotion]))
            y += rows[emotion] + _GAP
        self._faces(sheet, lesson, runs, y)
        self._axis(sheet, lesson, bottom)
        caption = self.tr(
            "Each point is the mean over {seconds} s. All emotions have the same scale; a row is as high as "
            "its highest point. On the right: mean of the lesson. Hatched: no picture or paused."
        ).format(seconds=width_s)
        return sheet.figure(caption, self.tr("Timeline of the lesson"))

    @staticmethod
    def _bin_width(end_s: int) -> int:
        return next((width for width in _WIDTHS_S if end_s / width <= _POINTS), _WIDTHS_S[-1])

    def _segments(self, sheet: Sheet, lesson: Lesson, bottom: float) -> None:
        for number, part in enumerate(lesson.parts):
            left, right = _x(part.segment.start, lesson), _x(part.segment.end, lesson)
            if number % 2 == 0:
                sheet.box((left, 0, right - left, bottom), fill=BAND)
            if number:
                sheet.line(left, 0, left, bottom, colour=MUTED, width=0.7, dash="3,2")
            if lesson.marked:
                kind = self.speech.kind(part.segment.kind)
                room = right - left - 6
                words = _label(number + 1, kind, room) or shortened(str(number + 1), room + 4)
                sheet.text(
                    (left + right) / 2, 13, words, anchor="middle", bold=bool(part.segment.kind), size=NORMAL
                )
        for start, end in _holes(lesson.intervals):
            left, right = _x(start, lesson), _x(end, lesson)
            sheet.box(
                (left, _HEADER, max(right - left, 1), bottom - _HEADER),
                fill="#FFFFFF",
                hatch="/",
                hatch_colour=MUTED,
            )

    def _mood(self, sheet: Sheet, lesson: Lesson, runs: Sequence[Sequence[_Bin]], top: float) -> None:
        values = [each.summary.mood_index or 0.0 for run in runs for each in run]
        reach = max([0.2, *(abs(value) for value in values)]) * 1.05
        middle = top + _MOOD / 2

        def y(value: float) -> float:
            return middle - value / reach * _MOOD / 2

        for value in ticks(-reach, reach, 5):
            colour = MUTED if value == 0 else RULE
            sheet.line(_LEFT, y(value), _LEFT + _WIDTH, y(value), colour=colour, width=0.6)
            label = self.speech.signed(value, 1)
            sheet.text(_LEFT - 5, y(value) + 3.3, label, anchor="end", size=SMALL, colour=MUTED)
        for points in _lines(runs, lesson, lambda b: y(b.summary.mood_index or 0.0)):
            sheet.polyline(points, width=1.5)
        sheet.text(0, middle - 2, self.tr("mood index"), bold=True)
        mood = lesson.summary.mood_index
        if mood is not None:
            sheet.text(_LEFT + _WIDTH + 8, middle + 3.5, self.speech.signed(mood))

    def _emotion(
        self,
        sheet: Sheet,
        lesson: Lesson,
        runs: Sequence[Sequence[_Bin]],
        emotion: str,
        place: tuple[float, float],
    ) -> None:
        top, height = place
        floor = top + height
        fill = FILLS[emotion][0]
        tall = height >= 34
        if tall:
            for value in ticks(0.0, (height - 3) / _PER_SHARE, 4)[1:]:
                y = floor - value * _PER_SHARE
                sheet.line(_LEFT, y, _LEFT + _WIDTH, y, colour=RULE, width=0.5)
                label = self.speech.percent(value)
                sheet.text(_LEFT - 5, y + 3.3, label, anchor="end", size=SMALL, colour=MUTED)
        for points in _lines(runs, lesson, lambda b: floor - _share(b, emotion) * _PER_SHARE):
            sheet.area([(points[0][0], floor), *points, (points[-1][0], floor)], fill=fill, opacity=0.85)
            sheet.polyline(points, width=0.7)
        sheet.line(_LEFT, floor, _LEFT + _WIDTH, floor, colour=MUTED, width=0.6)
        baseline = floor - (height - 3) / 2 + 2 if tall else floor - 3
        sheet.text(0, baseline, self.speech.emotion(emotion), bold=True)
        if lesson.summary.shares is not None:
            mean = lesson.summary.shares[EMOTIONS.index(emotion)]
            sheet.text(_LEFT + _WIDTH + 8, baseline, self.speech.percent(mean, 1))

    def _faces(self, sheet: Sheet, lesson: Lesson, runs: Sequence[Sequence[_Bin]], top: float) -> None:
        most = max((b.summary.faces_mean for run in runs for b in run), default=0.0)
        scale = max(most, 1.0) * 1.08
        floor = top + _FACES

        def y(faces: float) -> float:
            return floor - faces / scale * _FACES

        for value in ticks(0.0, scale, 3):
            if value == int(value):
                sheet.line(_LEFT, y(value), _LEFT + _WIDTH, y(value), colour=RULE, width=0.5)
                label = self.speech.whole(int(value))
                sheet.text(_LEFT - 5, y(value) + 3.3, label, anchor="end", size=SMALL, colour=MUTED)
        for run in runs:
            sheet.polyline([(_x(b.middle_s, lesson), y(b.summary.faces_mean)) for b in run], colour=INK)
        sheet.line(_LEFT, floor, _LEFT + _WIDTH, floor, colour=MUTED, width=0.6)
        sheet.text(0, floor - _FACES / 2 + 2, self.tr("faces"), bold=True)
        mean = self.speech.number(lesson.summary.faces_mean, 1)
        sheet.text(_LEFT + _WIDTH + 8, floor - _FACES / 2 + 2, mean)

    def _axis(self, sheet: Sheet, lesson: Lesson, top: float) -> None:
        for second in minute_ticks(lesson.end, 13):
            x = _x(second, lesson)
            sheet.line(x, top, x, top + 4, colour=MUTED, width=0.8)
            sheet.text(x, top + 14, self.speech.clock(second), anchor="middle", size=SMALL, colour=MUTED)
        unit = self.tr("time from the start, minutes:seconds")
        if lesson.end >= 3600:  # seconds: from an hour on the clock shows it
            unit = self.tr("time from the start, hours:minutes:seconds")
        sheet.text(_LEFT + _WIDTH / 2, top + 29, unit, anchor="middle", size=SMALL, colour=MUTED)


def _label(number: int, kind: str, room: float) -> str:
    """Return "3 quiz", or "" where not even some letters of the kind fit."""
    words = shortened(kind, room - 12)
    return f"{number} {isolated(words)}" if words else ""


def _x(second: float, lesson: Lesson) -> float:
    return _LEFT + second / max(lesson.end, 1) * _WIDTH


def _share(each: _Bin, emotion: str) -> float:
    return each.summary.shares[EMOTIONS.index(emotion)] if each.summary.shares else 0.0


def _binned(intervals: Sequence[Interval], width_s: int) -> list[list[_Bin]]:
    """Return bins with frames, in runs that no gap or pause of a bin or more interrupts."""
    groups: dict[int, list[Interval]] = {}
    for interval in intervals:
        if interval.frames:
            groups.setdefault(interval.second // width_s, []).append(interval)
    runs: list[list[_Bin]] = []
    last = None
    for number in sorted(groups):
        if last is None or number != last + 1:
            runs.append([])
        seconds = [interval.second for interval in groups[number]]
        middle = (seconds[0] + seconds[-1] + 1) / 2
        runs[-1].append(_Bin(middle, summarize(groups[number])))
        last = number
    return runs


def _lines(runs: Sequence[Sequence[_Bin]], lesson: Lesson, y: Callable[[_Bin], float]) -> list[Stretch]:
    """Return the points of each stretch with faces."""
    stretches: list[Stretch] = []
    for run in runs:
        stretches.append([])
        for each in run:
            if each.summary.shares is not None:
                stretches[-1].append((_x(each.middle_s, lesson), y(each)))
            elif stretches[-1]:
                stretches.append([])
    return [stretch for stretch in stretches if stretch]


def _holes(intervals: Sequence[Interval]) -> list[tuple[int, int]]:
    """Return the stretches without a picture: gaps and pauses."""
    holes: list[tuple[int, int]] = []
    seen = 0  # the first second not accounted for
    for interval in intervals:
        if interval.frames:
            if interval.second > seen:
                holes.append((seen, interval.second))
            seen = interval.second + 1
    if intervals and seen <= intervals[-1].second:
        holes.append((seen, intervals[-1].second + 1))
    return holes
