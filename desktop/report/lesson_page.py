"""The report of one lesson as a page: what a head of school reads, in order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from desktop import __version__
from desktop.report.accuracy import Accuracy
from desktop.report.bootstrap import Difference
from desktop.report.charts import Charts, ShareBar, Whisker
from desktop.report.estimates import MIN_SECONDS
from desktop.report.findings import Findings
from desktop.report.lesson import Lesson
from desktop.report.limits import Limits
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
from desktop.report.quality import Quality
from desktop.report.speech import Speaker, Speech, isolated
from desktop.report.tables import Tables
from desktop.report.timeline import Timeline
from desktop.segments import Segment
from desktop.statistics import Summary
from models.emotion import EMOTIONS

_MOST_KINDS = 12  # a chart of more is not readable; the tables have all


class LessonPage(Speaker):
    """Puts a lesson's figures into words, tables and charts."""

    def __init__(self, speech: Speech, accuracy: Accuracy | None) -> None:
        super().__init__(speech)
        self._findings = Findings(speech)
        self._charts = Charts(speech)
        self._tables = Tables(speech)
        self._quality = Quality(speech, accuracy)
        self._limits = Limits(speech)

    def page(self, lesson: Lesson) -> Page:
        """Return the report."""
        details = lesson.record.details
        overall = self._findings.overall(lesson)
        blocks: list[Block] = [
            Paragraph(overall, "lead"),
            *self._quality.warnings(lesson),
        ]
        findings = self._findings.pairs(lesson)
        if findings:
            blocks.append(Points(findings, "findings"))
            blocks.append(
                Paragraph(self.tr("In brackets: 95 % interval. Method and all figures: below."), "small")
            )
        if lesson.intervals:
            blocks += self._timeline(lesson)
        if lesson.summary.shares is not None:
            blocks += self._shares(lesson)
            blocks += self._mood(lesson)
            if lesson.marked:
                blocks += self._differences(lesson)
                blocks += self._segments(lesson)
        if lesson.intervals:
            blocks += self._quality.table(lesson)
        blocks += self._limits.lesson(marked=lesson.marked)
        return Page(
            language=self.speech.language,
            title=details.course or self.tr("Lesson"),
            subtitle=self.tr("Mood of a class: report of one lesson"),
            facts=self._facts(lesson),
            blocks=tuple(blocks),
            footer=self.tr("Classmood {version} · session {session}").format(
                version=__version__, session=lesson.record.id
            ),
            nothing=overall if lesson.bootstrap.lesson is None else "",
        )

    def _facts(self, lesson: Lesson) -> tuple[tuple[str, str], ...]:
        details = lesson.record.details
        named = (
            (self.tr("Group"), details.group),
            (self.tr("Teacher"), details.teacher),
            (self.tr("Date"), self._when(lesson)),
            (self.tr("Recorded"), self._length(lesson)),
            (self.tr("Note"), details.note),
        )
        return tuple((name, value) for name, value in named if value)

    def _when(self, lesson: Lesson) -> str:
        start = lesson.record.started_at.astimezone()
        end = (lesson.record.started_at + timedelta(seconds=lesson.end)).astimezone()
        times = f"{start:%H:%M}" if lesson.end < 60 else f"{start:%H:%M}–{end:%H:%M}"
        if start.utcoffset() != end.utcoffset():  # summer time began or ended
            times = f"{start:%H:%M} ({_zone(start)}) – {end:%H:%M} ({_zone(end)})"
            return f"{self.speech.date(start)}, {times}"
        return f"{self.speech.date(start)}, {times} ({_zone(start)})"

    def _length(self, lesson: Lesson) -> str:
        recorded = self.speech.clock(lesson.summary.seconds)
        if not lesson.record.finished:
            return self.tr("{length}; the session was not finished").format(length=recorded)
        if lesson.pause_s:
            pauses = self.speech.clock(lesson.pause_s)
            return self.tr("{length}, and {pauses} of pauses").format(length=recorded, pauses=pauses)
        return recorded

    def _timeline(self, lesson: Lesson) -> list[Block]:
        return [Heading(self.tr("The lesson over time")), Timeline(self.speech).draw(lesson)]

    def _shares(self, lesson: Lesson) -> list[Block]:
        rows = [(self.tr("Whole lesson"), lesson.summary), *self._named_kinds(lesson)]
        bars = [
            ShareBar(name, summary.shares, strong=index == 0)
            for index, (name, summary) in enumerate(rows[: _MOST_KINDS + 1])
        ]
        table = Table(
            header=(
                self.tr("Part"),
                self.tr("seconds with faces"),
                *self._tables.emotions(EMOTION_ORDER),
            ),
            rows=tuple(
                (
                    Cell(name, strong=index == 0),
                    Cell(self.speech.whole(summary.seconds_with_faces)),
                    *(Cell(self._share(summary, emotion)) for emotion in EMOTION_ORDER),
                )
                for index, (name, summary) in enumerate(rows)
            ),
            widths=(20, 11, *emotion_widths(69)),
        )
        return [
            Heading(self.tr("Shares of emotions")),
            self._charts.shares(bars),
            table,
        ]

    def _mood(self, lesson: Lesson) -> list[Block]:
        estimates = lesson.bootstrap.lesson
        rows = [
            Whisker(
                self.tr("Whole lesson"),
                None if estimates is None else estimates["mood"],
                lesson.summary.mood_index,
                strong=True,
            )
        ]
        if lesson.marked:
            summaries = dict(lesson.kinds)
            rows += [
                Whisker(
                    self.speech.kind(kind.kind),
                    None if kind.estimates is None else kind.estimates["mood"],
                    summaries[kind.kind].mood_index,
                )
                for kind in lesson.bootstrap.kinds[:_MOST_KINDS]
            ]
        caption = self.tr(
            "Share of happy expressions minus the shares of sad, angry, fear and disgust: from {low} to "
            "{high}. The line around each point is its 95 % interval."
        ).format(low=self.speech.signed(-1, 0), high=self.speech.signed(1, 0))
        figure = self._charts.whiskers(rows, caption, self.tr("Mood index with its 95 % interval"))
        return [Heading(self.tr("Mood index")), figure]

    def _differences(self, lesson: Lesson) -> list[Block]:
        pairs = lesson.bootstrap.differences
        if not pairs:
            return []
        shown = [_upright(pair) for pair in pairs]
        table = self._tables.differences([(self._pair_name(pair), pair.estimates) for pair in shown])
        result = lesson.bootstrap
        method = self.tr(
            "Intervals: moving-block bootstrap of one-second intervals weighted by faces (Künsch 1989), "
            "block length {block} s chosen by Politis and White (2004, 2009), {replicates} replicates, seed "
            "{seed}, percentiles scaled for the number of blocks and for what blocks cut off. Blocks never "
            "span a gap or a pause. Below {least} seconds with faces on either side nothing is computed."
        ).format(
            block="–" if result.block_s is None else self.speech.whole(result.block_s),
            replicates=self.speech.whole(result.replicates),
            seed=result.seed,
            least=MIN_SECONDS,
        )
        return [
            Heading(self.tr("Differences between kinds of segments")),
            table,
            Paragraph(method, "small"),
        ]

    def _pair_name(self, pair: Difference) -> Cell:
        return Cell(f"{isolated(self.speech.kind(pair.kind))} − {isolated(self.speech.kind(pair.other))}")

    def _segments(self, lesson: Lesson) -> list[Block]:
        rows = []
        for number, part in enumerate(lesson.parts, start=1):
            summary = part.summary
            mood = "–" if summary.mood_index is None else self.speech.signed(summary.mood_index)
            kind = self.speech.kind(part.segment.kind)
            rows.append(
                (
                    Cell(f"{number} {isolated(kind)}", minor=self._span(part.segment)),
                    Cell(self.speech.number(summary.faces_mean, 1)),
                    Cell(mood),
                    *(Cell(self._share(summary, emotion)) for emotion in EMOTION_ORDER),
                )
            )
        table = Table(
            header=(
                self.tr("Segment"),
                self.tr("faces"),
                self.tr("mood index"),
                *self._tables.emotions(EMOTION_ORDER),
            ),
            rows=tuple(rows),
            widths=(16, 8, 9.5, *emotion_widths(66.5)),
        )
        return [Heading(self.tr("Segments one by one")), table]

    def _span(self, segment: Segment) -> str:
        return f"{self.speech.clock(segment.start)}–{self.speech.clock(segment.end)}"

    def _named_kinds(self, lesson: Lesson) -> Sequence[tuple[str, Summary]]:
        if not lesson.marked:
            return ()
        return [(self.speech.kind(kind), summary) for kind, summary in lesson.kinds]

    def _share(self, summary: Summary, emotion: str) -> str:
        if summary.shares is None:
            return "–"
        return self.speech.percent(summary.shares[EMOTIONS.index(emotion)], 1)


def _upright(pair: Difference) -> Difference:
    """Return the pair with the higher mood index first, as the findings have it."""
    return pair if pair.estimates is None or pair.estimates["mood"].value >= 0 else pair.turned


def _zone(moment: datetime) -> str:
    """Return "UTC+02:00" or "UTC"."""
    offset = f"{moment:%z}"
    return "UTC" if offset in ("", "+0000") else f"UTC{offset[:3]}:{offset[3:5]}"
