"""Charts beside the timeline: shares as bars, and figures with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.report.canvas import (
    BAND,
    FILLS,
    INK,
    MUTED,
    NORMAL,
    RULE,
    SMALL,
    Sheet,
    shortened,
    ticks,
)
from desktop.report.estimates import Estimate
from desktop.report.page import EMOTION_ORDER, PAGE_WIDTH, Figure
from desktop.report.speech import Speaker
from models.emotion import EMOTIONS

_NAMES = 150.0  # units for the names on the left


@dataclass(frozen=True, slots=True)
class ShareBar:
    """One bar of shares."""

    name: str
    shares: tuple[float, ...] | None  # in the order of EMOTIONS; None: no faces
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Whisker:
    """One figure with its interval."""

    name: str
    estimate: Estimate | None  # None: not enough data
    value: float | None = None  # shown where there is no interval
    strong: bool = False


class Charts(Speaker):
    """Draws bars of shares and whiskers of intervals."""

    def shares(self, bars: Sequence[ShareBar]) -> Figure:
        """Return stacked bars from 0 to 100 %, with every share of 4 % or more written into it."""
        row, bar, top = 27.0, 19.0, 40.0
        sheet = Sheet(top + row * len(bars) + 4)
        self._legend(sheet)
        width = PAGE_WIDTH - _NAMES
        for number, each in enumerate(bars):
            y = top + number * row
            name = shortened(each.name, _NAMES - 10)
            sheet.text(0, y + bar / 2 + 3.8, name, bold=each.strong)
            if each.shares is None:
                sheet.box((_NAMES, y, width, bar), fill="#FFFFFF", stroke=RULE)
                sheet.text(_NAMES + 8, y + bar / 2 + 3.8, self.tr("no faces"), colour=MUTED)
                continue
            x = _NAMES
            for emotion in EMOTION_ORDER:
                share = each.shares[EMOTIONS.index(emotion)]
                fill, hatch, ink = FILLS[emotion]
                piece = share * width
                sheet.box((x, y, piece, bar), fill=fill, hatch=hatch)
                if share >= 0.04:
                    words = self.speech.percent(share)
                    middle = x + piece / 2
                    if hatch:
                        half = 3.1 * len(words)
                        sheet.box((middle - half, y + 3, 2 * half, bar - 6), fill=fill)
                    sheet.text(middle, y + bar / 2 + 3.6, words, anchor="middle", colour=ink, size=NORMAL)
                x += piece
                if x < _NAMES + width - 0.5:
                    sheet.line(x, y, x, y + bar, colour="#FFFFFF", width=1)
        caption = self.tr("Shares of the expressions read, from left to right in the order of the key.")
        return sheet.figure(caption, self.tr("Shares of emotions"))

    def _legend(self, sheet: Sheet) -> None:
        step = (PAGE_WIDTH - _NAMES) / len(EMOTION_ORDER)
        for number, emotion in enumerate(EMOTION_ORDER):
            fill, hatch, _ = FILLS[emotion]
            x = _NAMES + number * step
            sheet.box((x, 4, 18, 12), fill=fill, hatch=hatch)
            sheet.text(x, 28, self.speech.emotion(emotion), size=SMALL)

    def whiskers(self, rows: Sequence[Whisker], caption: str, description: str) -> Figure:
        """Return figures with their 95 % intervals on one axis that shows zero."""
        row, top = 23.0, 8.0
        values = [0.0]
        for each in rows:
            if each.estimate is not None:
                values += [each.estimate.low, each.estimate.high]
            elif each.value is not None:
                values.append(each.value)
        margin = max((max(values) - min(values)) * 0.08, 0.02)
        low, high = min(values) - margin, max(values) + margin
        names, figures = 190.0, 150.0
        width = PAGE_WIDTH - names - figures
        floor = top + row * len(rows)
        sheet = Sheet(floor + 22)

        def x(value: float) -> float:
            return names + (value - low) / (high - low) * width

        for number in range(0, len(rows), 2):
            sheet.box((0, top + number * row, PAGE_WIDTH, row), fill=BAND)
        for value in ticks(low, high, 7):
            sheet.line(x(value), top, x(value), floor, colour=RULE, width=0.6)
            label = self.speech.signed(value)
            sheet.text(x(value), floor + 13, label, anchor="middle", size=SMALL, colour=MUTED)
        sheet.line(x(0), top, x(0), floor, colour=INK, width=0.9)
        for number, each in enumerate(rows):
            y = top + (number + 0.5) * row
            sheet.text(4, y + 3.6, shortened(each.name, names - 12), bold=each.strong)
            right = PAGE_WIDTH - 6
            if each.estimate is None:
                if each.value is not None:
                    sheet.dot(x(each.value), y, hollow=True)
                words = self.tr("not enough data")
                sheet.text(right, y + 3.6, words, anchor="end", colour=MUTED)
                continue
            estimate = each.estimate
            for end in (estimate.low, estimate.high):
                sheet.line(x(end), y - 4, x(end), y + 4, width=1.4)
            sheet.line(x(estimate.low), y, x(estimate.high), y, width=1.4)
            sheet.dot(x(estimate.value), y)
            words = self.tr("{value} ({low} to {high})").format(
                value=self.speech.signed(estimate.value),
                low=self.speech.signed(estimate.low),
                high=self.speech.signed(estimate.high),
            )
            sheet.text(right, y + 3.6, words, anchor="end")
        return sheet.figure(caption, description)
