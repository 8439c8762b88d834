"""Figures with their 95 % intervals in words and cells, the same in all reports."""

from collections.abc import Sequence

from desktop.report.estimates import OUTCOMES, Estimate, Estimates, Figures
from desktop.report.page import EMOTION_ORDER, Cell, Table, emotion_widths
from desktop.report.speech import Speaker


class Tables(Speaker):
    """Makes cells of estimates and tables of cells."""

    def differences(self, rows: Sequence[tuple[Cell, Estimates | None]]) -> Table:
        """Return differences with their intervals, a row each."""
        made: list[tuple[Cell, ...]] = []
        for name, estimates in rows:
            if estimates is None:
                made.append((name, Cell(self.tr("not enough data"), span=len(OUTCOMES))))
                continue
            mood = self.interval(estimates["mood"], 1, 2)
            shares = (self.interval(estimates[emotion], 100, 1) for emotion in EMOTION_ORDER)
            made.append((name, mood, *shares))
        return Table(
            header=(self.tr("Difference"), self.tr("mood index"), *self.emotions(EMOTION_ORDER)),
            rows=tuple(made),
            widths=(15.5, 11, *emotion_widths(73.5)),
            caption=self.tr(
                "Shares in percentage points, below each its 95 % interval. Bold: the interval leaves out "
                "zero. Of twenty intervals about one misses the truth by chance alone."
            ),
        )

    def emotions(self, emotions: Sequence[str]) -> tuple[str, ...]:
        """Return the emotions' words, for a header."""
        return tuple(map(self.speech.emotion, emotions))

    def interval(self, estimate: Estimate, factor: float, decimals: int) -> Cell:
        """Return a difference or change with its sign; bold where it leaves out zero."""
        return Cell(
            self.speech.signed(estimate.value * factor, decimals),
            strong=estimate.differs,
            minor=self._range(estimate, factor, decimals),
        )

    def mean(self, means: Figures, estimates: Estimates | None, outcome: str) -> Cell:
        """Return the mood index or a share in percent, with its interval where there is one."""
        factor, decimals = (1, 2) if outcome == "mood" else (100, 1)
        words = self.speech.signed if outcome == "mood" else self.speech.number
        minor = "" if estimates is None else self._range(estimates[outcome], factor, decimals)
        return Cell(words(means[outcome] * factor, decimals), minor=minor)

    def figure(self, estimate: Estimate, factor: float = 1, decimals: int = 2) -> str:
        """Return "+0.32 (+0.18 to +0.44)", for a sentence."""
        value, low, high = (
            self.speech.signed(each * factor, decimals)
            for each in (estimate.value, estimate.low, estimate.high)
        )
        return self.tr("{value} ({low} to {high})").format(value=value, low=low, high=high)

    def _range(self, estimate: Estimate, factor: float, decimals: int) -> str:
        low = self.speech.number(estimate.low * factor, decimals)
        high = self.speech.number(estimate.high * factor, decimals)
        return self.tr("{low} to {high}").format(low=low, high=high)
