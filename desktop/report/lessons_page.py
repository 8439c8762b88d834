"""Lessons chosen by hand as a page: two side by side, or more of them over time."""

from collections.abc import Iterable

from desktop.report.charts import Charts, ShareBar, Whisker
from desktop.report.comparison import ChosenLesson, ChosenLessons, LessonPair
from desktop.report.estimates import MIN_LESSONS, MIN_SECONDS
from desktop.report.group_page import GroupPage
from desktop.report.groups import TREND_DAYS, LessonGroup
from desktop.report.kind_page import KindPage
from desktop.report.lesson import Lesson
from desktop.report.page import EMOTION_ORDER, Block, Cell, Heading, Paragraph, Table, emotion_widths
from desktop.report.speech import Speaker, Speech, isolated
from desktop.report.tables import Tables
from desktop.report.trend_chart import TrendChart
from desktop.store import SessionRecord
from models.emotion import EMOTIONS

_MOST_WHISKERS = 30
_MOST_ROWS = 200


class LessonsPage(Speaker):
    """Puts chosen lessons into words, charts and tables."""

    def __init__(self, speech: Speech) -> None:
        super().__init__(speech)
        self._charts = Charts(speech)
        self._tables = Tables(speech)
        self._groups = GroupPage(speech)
        self._kinds = KindPage(speech)

    def pair_title(self) -> str:
        """Return what the page of two lessons is called."""
        return self.tr("Two lessons compared")

    def chosen_title(self) -> str:
        """Return what the page of three or more lessons is called."""
        return self.tr("Chosen lessons compared")

    def pair(self, pair: LessonPair) -> list[Block]:
        """Return what the page of two lessons says."""
        names = [f"{letter}: {_name(each.record)}" for letter, each in zip("AB", _both(pair), strict=True)]
        whole = [each.bootstrap.lesson for each in _both(pair)]
        moods = [None if each is None else each["mood"] for each in (*whole, pair.whole)]
        blocks: list[Block] = [
            Paragraph(self._pair_sentence(pair), "lead"),
            Heading(self.tr("Mood index")),
            self._charts.whiskers(
                [
                    *(Whisker(name, mood) for name, mood in zip(names, moods, strict=False)),
                    Whisker(self.tr("B minus A"), moods[-1], strong=True),
                ],
                self.tr("The line around each point is its 95 % interval."),
                self.tr("Mood index of both lessons"),
            ),
            Heading(self.tr("Shares of emotions")),
            self._charts.shares(
                [
                    ShareBar(f"{letter}: {_when(each.record)}", each.summary.shares)
                    for letter, each in zip("AB", _both(pair), strict=True)
                ]
            ),
        ]
        rows = [] if pair.whole is None else [(Cell(self.tr("Whole lesson")), pair.whole)]
        rows += [(Cell(self.speech.kind(kind)), estimates) for kind, estimates in pair.kinds]
        if rows:
            blocks += [Heading(self.tr("Differences: B minus A")), self._tables.differences(rows)]
        return blocks

    def chosen(self, chosen: ChosenLessons) -> list[Block]:
        """Return what the page of three or more lessons says."""
        blocks: list[Block] = []
        together = chosen.together
        if together is None:
            words = self.tr("No chosen lesson has {seconds} seconds with faces: there is nothing to compare.")
            blocks.append(Paragraph(words.format(seconds=MIN_SECONDS), "lead"))
        else:
            blocks.append(Paragraph(self._trend(together), "lead"))
            blocks += self._kinds.findings(chosen.kinds)
            blocks.append(Paragraph(self.tr("In brackets: 95 % interval."), "small"))
            blocks.append(Heading(self.tr("Mood index over time")))
            blocks.append(TrendChart(self.speech).draw([together], [self.tr("Chosen lessons")]))
        blocks += self._each(chosen.lessons)
        blocks += self._table(chosen)
        if together is not None:
            blocks += self._kinds.table(chosen.kinds)
        return blocks

    def _trend(self, together: LessonGroup) -> str:
        if together.trend is None:
            return self.tr(
                "Too few lessons with enough faces, or all at one moment: at least {least} on different "
                "days are needed for a trend."
            ).format(least=MIN_LESSONS)
        return self._groups.trend_sentence(self.tr("Chosen lessons"), together.trend)

    def _each(self, lessons: Iterable[ChosenLesson]) -> list[Block]:
        """Return each lesson's mood index with its own interval."""
        rows = [
            Whisker(_name(each.record), each.mood, each.record.summary.mood_index)
            for each in lessons
            if each.mood is not None
        ]
        if not rows:
            return []
        caption = self.tr(
            "The line around each point is its 95 % interval within the lesson (moving-block bootstrap)."
        )
        figure = self._charts.whiskers(
            rows[:_MOST_WHISKERS], caption, self.tr("Mood index of the chosen lessons")
        )
        return [Heading(self.tr("Mood index")), figure]

    def _table(self, chosen: ChosenLessons) -> list[Block]:
        rows = [self._row(each.record) for each in chosen.lessons[:_MOST_ROWS]]
        together = chosen.together
        if together is not None:
            rows.append(
                (
                    Cell(
                        self.tr("Mean"),
                        strong=True,
                        minor=self.tr("%n lesson(s)", "", len(together.points)),
                    ),
                    Cell(""),
                    self._tables.mean(together.means, together.estimates, "mood"),
                    *(self._tables.mean(together.means, together.estimates, e) for e in EMOTION_ORDER),
                )
            )
        table = Table(
            header=(
                self.tr("Lesson"),
                self.tr("minutes"),
                self.tr("mood index"),
                *self._tables.emotions(EMOTION_ORDER),
            ),
            rows=tuple(rows),
            widths=(16, 8, 9.5, *emotion_widths(66.5)),
            caption=self.tr(
                "Shares in percent. Below the mean its 95 % interval over lessons (Student's t, each lesson "
                "counts once), from {least} lessons on; change in {days} days: {change}."
            ).format(least=MIN_LESSONS, days=TREND_DAYS, change=self._change(together)),
        )
        return [Heading(self.tr("The lessons one by one")), table]

    def _row(self, record: SessionRecord) -> tuple[Cell, ...]:
        summary = record.summary
        details = record.details
        minor = " · ".join(
            isolated(each) for each in (details.course, details.group, details.teacher) if each
        )
        name = Cell(_when(record), minor=minor)
        minutes = Cell(self.speech.number(summary.seconds / 60, 0))
        if summary.shares is None or summary.mood_index is None:
            return (name, minutes, Cell(self.tr("no faces"), span=1 + len(EMOTION_ORDER)))
        return (
            name,
            minutes,
            Cell(self.speech.signed(summary.mood_index)),
            *(
                Cell(self.speech.number(summary.shares[EMOTIONS.index(emotion)] * 100, 1))
                for emotion in EMOTION_ORDER
            ),
        )

    def _change(self, together: LessonGroup | None) -> str:
        if together is None or together.trend is None:
            return self.tr("not enough data")
        return self._tables.figure(together.trend.slope)

    def _pair_sentence(self, pair: LessonPair) -> str:
        if pair.whole is None:
            return self.tr("Not enough data to compare the two lessons: too few seconds with faces.")
        mood = pair.whole["mood"]
        words = {"mood": self._tables.figure(mood)}
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


def _both(pair: LessonPair) -> tuple[Lesson, Lesson]:
    return pair.first, pair.second


def _when(record: SessionRecord) -> str:
    return f"{record.started_at.astimezone():%Y-%m-%d %H:%M}"


def _name(record: SessionRecord) -> str:
    return f"{_when(record)} {isolated(record.details.course)}"
