"""Comparisons as pages: groups of lessons over time, kinds of segments, two lessons."""

from collections.abc import Mapping, Sequence

from desktop import __version__
from desktop.report.bootstrap import MIN_SECONDS, Estimate
from desktop.report.charts import Charts, ShareBar, Whisker
from desktop.report.comparison import (
    MIN_LESSONS,
    MIN_PAIRED,
    TREND_DAYS,
    Estimates,
    GroupComparison,
    KindComparison,
    KindDifference,
    LessonGroup,
    LessonPair,
)
from desktop.report.lesson import Lesson
from desktop.report.page import (
    EMOTION_ORDER,
    Block,
    Cell,
    Heading,
    Page,
    Paragraph,
    Points,
    Table,
    emotion_widths,
)
from desktop.report.speech import Speaker, Speech, isolated
from desktop.report.trend_chart import TrendChart

_MOST_PANELS = 8  # charts; the table has all groups
_MOST_ROWS = 200
_MOST_PAIRS = 15


class ComparisonPage(Speaker):
    """Puts comparisons into words, tables and charts."""

    def __init__(self, speech: Speech) -> None:
        super().__init__(speech)
        self._charts = Charts(speech)

    def groups(self, comparison: GroupComparison) -> Page:
        """Return the page of all lessons, grouped by a detail."""
        by, groups = comparison.by, comparison.groups
        titles = {
            "teacher": self.tr("Lessons by teacher"),
            "group": self.tr("Lessons by group"),
            "course": self.tr("Lessons by course"),
        }
        heads = {"teacher": self.tr("Teacher"), "group": self.tr("Group"), "course": self.tr("Course")}
        blocks: list[Block] = []
        if groups:
            blocks += self._trends(groups)
            blocks += self._group_table(groups, heads[by])
        else:
            blocks.append(Paragraph(self.tr("No lesson with enough faces is recorded yet."), "lead"))
        return self._page(titles[by], blocks, sum(len(group.points) for group in groups))

    def kinds(self, comparison: KindComparison) -> Page:
        """Return the page of kinds of segments, each lesson compared with itself."""
        blocks: list[Block] = []
        if not comparison.kinds:
            words = self.tr("No lesson has marked segments with enough faces yet.")
            blocks.append(Paragraph(words, "lead"))
        else:
            sentences = tuple(map(self._kind_sentence, comparison.differences[:_MOST_PAIRS]))
            if sentences:
                blocks.append(Points(sentences, "findings"))
                blocks.append(Paragraph(self.tr("In brackets: 95 % interval."), "small"))
            blocks += self._kind_charts(comparison)
            blocks += self._kind_table(comparison)
        return self._page(self.tr("Kinds of segments over all lessons"), blocks, comparison.lessons)

    def pair(self, pair: LessonPair) -> Page:
        """Return the page of two lessons."""
        names = [self._lesson_name(pair.first, "A"), self._lesson_name(pair.second, "B")]
        blocks: list[Block] = [Paragraph(self._pair_sentence(pair), "lead")]
        whole = [pair.first.bootstrap.lesson, pair.second.bootstrap.lesson]
        blocks += [
            Heading(self.tr("Mood index")),
            self._charts.whiskers(
                [
                    *(
                        Whisker(name, None if each is None else each["mood"])
                        for name, each in zip(names, whole, strict=True)
                    ),
                    Whisker(
                        self.tr("B minus A"), None if pair.whole is None else pair.whole["mood"], strong=True
                    ),
                ],
                self.tr("The line around each point is its 95 % interval."),
                self.tr("Mood index of both lessons"),
            ),
            Heading(self.tr("Shares of emotions")),
            self._charts.shares(
                [
                    ShareBar(name, each.summary.shares)
                    for name, each in zip(names, (pair.first, pair.second), strict=True)
                ]
            ),
        ]
        rows = [] if pair.whole is None else [(self.tr("Whole lesson"), pair.whole)]
        rows += [(self.speech.kind(kind), estimates) for kind, estimates in pair.kinds]
        if rows:
            blocks += [
                Heading(self.tr("Differences: B minus A")),
                self._difference_table([(name, estimates, "") for name, estimates in rows]),
            ]
        return self._page(self.tr("Two lessons compared"), blocks, 2)

    def _trends(self, groups: Sequence[LessonGroup]) -> list[Block]:
        shown = groups[:_MOST_PANELS]
        sentences = [self._trend_sentence(group) for group in groups[:_MOST_PAIRS] if group.trend is not None]
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

    def _trend_sentence(self, group: LessonGroup) -> str:
        assert group.trend is not None  # noqa: S101 - chosen by the caller
        slope = group.trend.slope
        words = {
            "name": isolated(self._name(group)),
            "slope": self._figure(slope),
            "days": TREND_DAYS,
        }
        if slope.low > 0:
            return self.tr("{name}: the mood index rose over time, per {days} days by {slope}.").format(
                **words
            )
        if slope.high < 0:
            return self.tr("{name}: the mood index fell over time, per {days} days by {slope}.").format(
                **words
            )
        return self.tr(
            "{name}: no clear change of the mood index over time, per {days} days {slope}."
        ).format(**words)

    def _group_table(self, groups: Sequence[LessonGroup], head: str) -> list[Block]:
        rows = []
        for group in groups[:_MOST_ROWS]:
            mood = self._mean_cell(group.means, group.estimates, "mood")
            slope = None if group.trend is None else group.trend.slope
            trend = Cell("–") if slope is None else self._interval_cell(slope, 1, 2)
            happy = self._mean_cell(group.means, group.estimates, "happy")
            neutral = self._mean_cell(group.means, group.estimates, "neutral")
            sad = self._mean_cell(group.means, group.estimates, "sad")
            rows.append(
                (
                    Cell(self._name(group), minor=self._period(group)),
                    Cell(self.speech.whole(len(group.points))),
                    mood,
                    trend,
                    happy,
                    neutral,
                    sad,
                )
            )
        table = Table(
            header=(
                head,
                self.tr("lessons"),
                self.tr("mood index"),
                self.tr("change in {days} days").format(days=TREND_DAYS),
                *(self.speech.emotion(emotion) for emotion in ("happy", "neutral", "sad")),
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

    def _kind_sentence(self, difference: KindDifference) -> str:
        kind, other = difference.kind, difference.other
        if difference.estimates is None:
            return self.tr("Not enough data to compare “{a}” with “{b}”.").format(
                a=isolated(self.speech.kind(kind)), b=isolated(self.speech.kind(other))
            )
        mood, happy = difference.estimates["mood"], difference.estimates["happy"]
        if mood.value < 0:
            kind, other, mood, happy = other, kind, _turned(mood), _turned(happy)
        words = {
            "a": isolated(self.speech.kind(kind)),
            "b": isolated(self.speech.kind(other)),
            "mood": self._figure(mood),
            "happy": self._figure(happy, 100, 1),
            "lessons": self.tr("%n lesson(s)", "", difference.lessons),
        }
        if mood.differs:
            return self.tr(
                "In the same lessons faces looked happier during “{a}” than during “{b}”: mood index "
                "{mood}, happy expressions {happy} percentage points ({lessons})."
            ).format(**words)
        return self.tr(
            "No clear difference of mood between “{a}” and “{b}” in the same lessons: mood index {mood}, "
            "happy expressions {happy} percentage points ({lessons})."
        ).format(**words)

    def _kind_charts(self, comparison: KindComparison) -> list[Block]:
        rows = [
            Whisker(
                f"{self.speech.kind(kind.kind)} ({kind.lessons})",
                None if kind.estimates is None else kind.estimates["mood"],
                kind.means["mood"],
            )
            for kind in comparison.kinds[:_MOST_PAIRS]
        ]
        caption = self.tr(
            "Mean over the lessons that have the kind (number in brackets), each lesson counts once, with "
            "its 95 % interval from {least} lessons on."
        ).format(least=MIN_LESSONS)
        figure = self._charts.whiskers(rows, caption, self.tr("Mood index of the kinds"))
        return [Heading(self.tr("Mood index")), figure]

    def _kind_table(self, comparison: KindComparison) -> list[Block]:
        if not comparison.differences:
            return []
        rows = [
            (
                f"{isolated(self.speech.kind(each.kind))} − {isolated(self.speech.kind(each.other))}",
                each.estimates,
                self.tr("%n lesson(s)", "", each.lessons) + ("" if each.between_lessons else "*"),
            )
            for each in comparison.differences[:_MOST_ROWS]
        ]
        note = self.tr(
            "Each lesson is compared with itself. From {least} lessons on, the interval is Student's t over "
            "lessons: it stands for lessons like these. * Fewer lessons: the intervals within the lessons "
            "(moving-block bootstrap) put together; it stands for these lessons only. Kinds with fewer than "
            "{seconds} seconds with faces in a lesson are left out."
        ).format(least=MIN_PAIRED, seconds=MIN_SECONDS)
        table = self._difference_table(rows)
        return [Heading(self.tr("Differences in the same lesson")), table, Paragraph(note, "small")]

    def _difference_table(self, rows: Sequence[tuple[str, Estimates | None, str]]) -> Table:
        made: list[tuple[Cell, ...]] = []
        for name, estimates, minor in rows:
            head = Cell(name, minor=minor)
            if estimates is None:
                made.append((head, Cell(self.tr("not enough data"), span=1 + len(EMOTION_ORDER))))
                continue
            mood = self._interval_cell(estimates["mood"], 1, 2)
            shares = (self._interval_cell(estimates[emotion], 100, 1) for emotion in EMOTION_ORDER)
            made.append((head, mood, *shares))
        return Table(
            header=(
                self.tr("Difference"),
                self.tr("mood index"),
                *(self.speech.emotion(emotion) for emotion in EMOTION_ORDER),
            ),
            rows=tuple(made),
            widths=(15.5, 11, *emotion_widths(73.5)),
            caption=self.tr(
                "Shares in percentage points, below each its 95 % interval. Bold: the interval leaves out "
                "zero. Of twenty intervals about one misses the truth by chance alone."
            ),
        )

    def _pair_sentence(self, pair: LessonPair) -> str:
        if pair.whole is None:
            return self.tr("Not enough data to compare the two lessons: too few seconds with faces.")
        mood = pair.whole["mood"]
        words = {"mood": self._figure(mood)}
        if mood.low > 0:
            return self.tr("The mood index was higher in lesson B than in lesson A, by {mood}.").format(
                **words
            )
        if mood.high < 0:
            return self.tr("The mood index was lower in lesson B than in lesson A, by {mood}.").format(
                **words
            )
        return self.tr("No clear difference of mood between the two lessons: B minus A is {mood}.").format(
            **words
        )

    def _page(self, title: str, blocks: Sequence[Block], lessons: int) -> Page:
        limits = (
            self.tr(
                "A label is a program's guess about an expression, not a feeling, and the program errs often."
            ),
            self.tr(
                "Lessons differ in much that is not measured: subject, hour, who was there, light, where "
                "the camera stood. A difference or trend does not show its cause and must not be used to "
                "judge a teacher or a pupil."
            ),
            self.tr(
                "In the European Union, emotion recognition in schools and at workplaces is prohibited by "
                "Article 5(1)(f) of the AI Act since 2 February 2025, with or without consent, medical or "
                "safety reasons aside."
            ),
        )
        tail: list[Block] = [Heading(self.tr("What these figures can not tell")), Points(limits)]
        return Page(
            language=self.speech.language,
            title=title,
            subtitle=self.tr("Mood of classes: comparison"),
            facts=((self.tr("Lessons"), self.speech.whole(lessons)),),
            blocks=(*blocks, *tail),
            footer=f"Classmood {__version__}",
        )

    def _name(self, group: LessonGroup) -> str:
        return group.name or self.tr("not stated")

    def _period(self, group: LessonGroup) -> str:
        first, last = group.points[0].started_at.astimezone(), group.points[-1].started_at.astimezone()
        if first.date() == last.date():
            return self.speech.date(first)
        return f"{self.speech.date(first)} – {self.speech.date(last)}"

    def _lesson_name(self, lesson: Lesson, letter: str) -> str:
        start = lesson.record.started_at.astimezone()
        return f"{letter}: {start:%Y-%m-%d %H:%M} {isolated(lesson.record.details.course)}"

    def _mean_cell(self, means: Mapping[str, float], estimates: Estimates | None, outcome: str) -> Cell:
        factor, decimals = (1, 2) if outcome == "mood" else (100, 1)
        if estimates is None:
            return Cell(self._value(means[outcome] * factor, outcome, decimals))
        estimate = estimates[outcome]
        return Cell(
            self._value(estimate.value * factor, outcome, decimals),
            minor=self._range(estimate, factor, decimals),
        )

    def _value(self, value: float, outcome: str, decimals: int) -> str:
        return (
            self.speech.signed(value, decimals) if outcome == "mood" else self.speech.number(value, decimals)
        )

    def _interval_cell(self, estimate: Estimate, factor: float, decimals: int) -> Cell:
        return Cell(
            self.speech.signed(estimate.value * factor, decimals),
            strong=estimate.differs,
            minor=self._range(estimate, factor, decimals),
        )

    def _range(self, estimate: Estimate, factor: float, decimals: int) -> str:
        return self.tr("{low} to {high}").format(
            low=self.speech.number(estimate.low * factor, decimals),
            high=self.speech.number(estimate.high * factor, decimals),
        )

    def _figure(self, estimate: Estimate, factor: float = 1, decimals: int = 2) -> str:
        return self.tr("{value} ({low} to {high})").format(
            value=self.speech.signed(estimate.value * factor, decimals),
            low=self.speech.signed(estimate.low * factor, decimals),
            high=self.speech.signed(estimate.high * factor, decimals),
        )


def _turned(estimate: Estimate) -> Estimate:
    return Estimate(-estimate.value, -estimate.high, -estimate.low)
