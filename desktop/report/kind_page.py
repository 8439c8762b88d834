"""Kinds of segments over lessons as a page, each lesson compared with itself."""

from desktop.report.charts import Charts, Whisker
from desktop.report.estimates import MIN_LESSONS, MIN_SECONDS, Estimates, turned
from desktop.report.kinds import MIN_PAIRED, KindComparison, KindDifference
from desktop.report.page import Block, Cell, Heading, Paragraph, Points
from desktop.report.speech import Speaker, Speech, isolated
from desktop.report.tables import Tables

_MOST_SENTENCES = 15
_MOST_KINDS = 15  # in the chart
_MOST_ROWS = 200


class KindPage(Speaker):
    """Puts kinds of segments into words, a chart and a table."""

    def __init__(self, speech: Speech) -> None:
        super().__init__(speech)
        self._charts = Charts(speech)
        self._tables = Tables(speech)

    def title(self) -> str:
        """Return what the page is called."""
        return self.tr("Kinds of segments over all lessons")

    def blocks(self, comparison: KindComparison) -> list[Block]:
        """Return what the page says."""
        if not comparison.kinds:
            words = self.tr("No lesson has marked segments with enough faces yet.")
            return [Paragraph(words, "lead")]
        blocks = self.findings(comparison)
        if blocks:
            blocks.append(Paragraph(self.tr("In brackets: 95 % interval."), "small"))
        return [*blocks, *self._chart(comparison), *self.table(comparison)]

    def findings(self, comparison: KindComparison) -> list[Block]:
        """Return a sentence for each of the first pairs."""
        sentences = tuple(map(self._sentence, comparison.differences[:_MOST_SENTENCES]))
        return [Points(sentences, "findings")] if sentences else []

    def _sentence(self, difference: KindDifference) -> str:
        kind, other = difference.kind, difference.other
        if difference.estimates is None:
            return self.tr("Not enough data to compare “{a}” with “{b}”.").format(
                a=isolated(self.speech.kind(kind)), b=isolated(self.speech.kind(other))
            )
        mood, happy = difference.estimates["mood"], difference.estimates["happy"]
        if mood.value < 0:
            kind, other, mood, happy = other, kind, mood.turned, happy.turned
        words = {
            "a": isolated(self.speech.kind(kind)),
            "b": isolated(self.speech.kind(other)),
            "mood": self._tables.figure(mood),
            "happy": self._tables.figure(happy, 100, 1),
            "lessons": self.tr("%n lesson(s)", "", difference.lessons),
        }
        if mood.differs and happy.low > 0:
            return self.tr(
                "In the same lessons faces looked happier during “{a}” than during “{b}”: mood index "
                "{mood}, happy expressions {happy} percentage points ({lessons})."
            ).format(**words)
        if mood.differs:
            return self.tr(
                "In the same lessons the mood index was higher during “{a}” than during “{b}”: mood index "
                "{mood}, happy expressions {happy} percentage points ({lessons})."
            ).format(**words)
        return self.tr(
            "No clear difference of mood between “{a}” and “{b}” in the same lessons: mood index {mood}, "
            "happy expressions {happy} percentage points ({lessons})."
        ).format(**words)

    def _chart(self, comparison: KindComparison) -> list[Block]:
        rows = [
            Whisker(
                f"{self.speech.kind(kind.kind)} ({kind.lessons})",
                None if kind.estimates is None else kind.estimates["mood"],
                kind.means["mood"],
            )
            for kind in comparison.kinds[:_MOST_KINDS]
        ]
        caption = self.tr(
            "Mean over the lessons that have the kind (number in brackets), each lesson counts once, with "
            "its 95 % interval from {least} lessons on."
        ).format(least=MIN_LESSONS)
        figure = self._charts.whiskers(rows, caption, self.tr("Mood index of the kinds"))
        return [Heading(self.tr("Mood index")), figure]

    def table(self, comparison: KindComparison) -> list[Block]:
        """Return all pairs with their intervals."""
        if not comparison.differences:
            return []
        rows = [self._row(each) for each in comparison.differences[:_MOST_ROWS]]
        note = self.tr(
            "Each lesson is compared with itself. From {least} lessons on, the interval is Student's t over "
            "lessons: it stands for lessons like these. * Fewer lessons: the intervals within the lessons "
            "(moving-block bootstrap) put together; it stands for these lessons only. Kinds with fewer than "
            "{seconds} seconds with faces in a lesson are left out."
        ).format(least=MIN_PAIRED, seconds=MIN_SECONDS)
        table = self._tables.differences(rows)
        return [Heading(self.tr("Differences in the same lesson")), table, Paragraph(note, "small")]

    def _row(self, each: KindDifference) -> tuple[Cell, Estimates | None]:
        """Return a pair with the higher mood index first, as the sentences have it."""
        kind, other, estimates = each.kind, each.other, each.estimates
        if estimates is not None and estimates["mood"].value < 0:
            kind, other, estimates = other, kind, turned(estimates)
        name = f"{isolated(self.speech.kind(kind))} − {isolated(self.speech.kind(other))}"
        lessons = self.tr("%n lesson(s)", "", each.lessons)
        return Cell(name, minor=lessons + ("" if each.between_lessons else "*")), estimates
