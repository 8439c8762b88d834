"""Groups of lessons over time as a page: of each teacher, group or course."""

from collections.abc import Sequence

from desktop.report.estimates import MIN_LESSONS
from desktop.report.groups import TREND_DAYS, GroupComparison, LessonGroup, Trend
from desktop.report.page import Block, Cell, Heading, Paragraph, Points, Table
from desktop.report.speech import Speaker, Speech, isolated
from desktop.report.tables import Tables
from desktop.report.trend_chart import TrendChart

_MOST_PANELS = 8  # charts; the table has all groups
_MOST_ROWS = 200
_MOST_SENTENCES = 15
_SHOWN = ("happy", "neutral", "sad")  # shares


class GroupPage(Speaker):
    """Puts groups of lessons into words, charts and a table."""

    def __init__(self, speech: Speech) -> None:
        super().__init__(speech)
        self._tables = Tables(speech)

    def title(self, comparison: GroupComparison) -> str:
        """Return what the page is called."""
        titles = {
            "teacher": self.tr("Lessons by teacher"),
            "group": self.tr("Lessons by group"),
            "course": self.tr("Lessons by course"),
        }
        return titles[comparison.by]

    def blocks(self, comparison: GroupComparison) -> list[Block]:
        """Return what the page says."""
        heads = {"teacher": self.tr("Teacher"), "group": self.tr("Group"), "course": self.tr("Course")}
        groups = comparison.groups
        if not groups:
            return [Paragraph(self.tr("No lesson with enough faces is recorded yet."), "lead")]
        return [*self._trends(groups), *self._table(groups, heads[comparison.by])]

    def trend_sentence(self, name: str, trend: Trend) -> str:
        """Say how the mood index changed, and no more than its interval does."""
        words = {
            "name": isolated(name),
            "slope": self._tables.figure(trend.slope),
            "days": TREND_DAYS,
        }
        if trend.slope.low > 0:
            return self.tr("{name}: the mood index rose over time, per {days} days by {slope}.").format(
                **words
            )
        if trend.slope.high < 0:
            return self.tr("{name}: the mood index fell over time, per {days} days by {slope}.").format(
                **words
            )
        return self.tr(
            "{name}: no clear change of the mood index over time, per {days} days {slope}."
        ).format(**words)

    def _trends(self, groups: Sequence[LessonGroup]) -> list[Block]:
        shown = groups[:_MOST_PANELS]
        sentences = [
            self.trend_sentence(self._name(group), group.trend)
            for group in groups[:_MOST_SENTENCES]
            if group.trend is not None
        ]
        blocks: list[Block] = []
        if sentences:
            blocks.append(Points(tuple(sentences), "findings"))
            blocks.append(Paragraph(self.tr("In brackets: 95 % interval."), "small"))
        blocks.append(Heading(self.tr("Mood index over time")))
        blocks.append(TrendChart(self.speech).draw(shown, [self._name(group) for group in shown]))
        if len(groups) > len(shown):
            words = self.tr("The chart shows the {shown} with most lessons; the table has all {all}.")
            blocks.append(Paragraph(words.format(shown=len(shown), all=len(groups)), "small"))
        return blocks

    def _table(self, groups: Sequence[LessonGroup], head: str) -> list[Block]:
        rows = []
        for group in groups[:_MOST_ROWS]:
            trend = group.trend
            rows.append(
                (
                    Cell(self._name(group), minor=self._period(group)),
                    Cell(self.speech.whole(len(group.points))),
                    self._tables.mean(group.means, group.estimates, "mood"),
                    Cell("–") if trend is None else self._tables.interval(trend.slope, 1, 2),
                    *(self._tables.mean(group.means, group.estimates, each) for each in _SHOWN),
                )
            )
        table = Table(
            header=(
                head,
                self.tr("lessons"),
                self.tr("mood index"),
                self.tr("change in {days} days").format(days=TREND_DAYS),
                *self._tables.emotions(_SHOWN),
            ),
            rows=tuple(rows),
            widths=(28, 10, 12.4, 12.4, 12.4, 12.4, 12.4),
            caption=self.tr(
                "Means over lessons, below each its 95 % interval (Student's t, each lesson counts once); "
                "from {least} lessons on. Shares in percent."
            ).format(least=MIN_LESSONS),
        )
        blocks: list[Block] = [Heading(self.tr("Means and trends")), table]
        if len(groups) > _MOST_ROWS:
            words = self.tr("The table shows the first {shown} of {all}.")
            blocks.append(Paragraph(words.format(shown=_MOST_ROWS, all=len(groups)), "small"))
        return blocks

    def _name(self, group: LessonGroup) -> str:
        return group.name or self.tr("not stated")

    def _period(self, group: LessonGroup) -> str:
        first, last = group.points[0].started_at.astimezone(), group.points[-1].started_at.astimezone()
        if first.date() == last.date():
            return self.speech.date(first)
        return f"{self.speech.date(first)} – {self.speech.date(last)}"
