"""The report of one lesson as a page: what a head of school reads, in order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from desktop import __version__
from desktop.report.accuracy import Accuracy
from desktop.report.bootstrap import MIN_SECONDS, OUTCOMES, Difference, Estimate
from desktop.report.charts import Charts, ShareBar, Whisker
from desktop.report.findings import Findings
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
from desktop.report.timeline import Timeline
from desktop.segments import Segment
from desktop.statistics import Summary
from models.emotion import EMOTIONS

_DARK, _BRIGHT = 0.2, 0.85  # mean brightness beyond which faces are hard to read
_MOST_KINDS = 12  # a chart of more is not readable; the tables have all


class LessonPage(Speaker):
    """Puts a lesson's figures into words, tables and charts."""

    def __init__(self, speech: Speech, accuracy: Accuracy | None) -> None:
        super().__init__(speech)
        self._accuracy = accuracy
        self._findings = Findings(speech)
        self._charts = Charts(speech)

    def page(self, lesson: Lesson) -> Page:
        """Return the report."""
        details = lesson.record.details
        blocks: list[Block] = [
            Paragraph(self._findings.overall(lesson), "lead"),
            *self._warnings(lesson),
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
            blocks += self._quality(lesson)
        blocks += self._limits(lesson)
        return Page(
            language=self.speech.language,
            title=details.course or self.tr("Lesson"),
            subtitle=self.tr("Mood of a class: report of one lesson"),
            facts=self._facts(lesson),
            blocks=tuple(blocks),
            footer=self.tr("Classmood {version} · session {session}").format(
                version=__version__, session=lesson.record.id
            ),
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
        return f"{self.speech.date(start)}, {times} ({_zone(start)})"

    def _length(self, lesson: Lesson) -> str:
        recorded = self.speech.clock(lesson.summary.seconds)
        if not lesson.record.finished:
            return self.tr("{length}; the session was not finished").format(length=recorded)
        if lesson.pause_s:
            pauses = self.speech.clock(lesson.pause_s)
            return self.tr("{length}, and {pauses} of pauses").format(length=recorded, pauses=pauses)
        return recorded

    def _warnings(self, lesson: Lesson) -> list[Block]:
        """Return what a reader must know before the figures."""
        summary = lesson.summary
        warnings: list[str] = []
        if summary.seconds_with_faces and summary.coverage < 0.5:
            warnings.append(
                self.tr(
                    "Faces were found in only {coverage} of the time. The figures may not stand for the "
                    "class."
                ).format(coverage=self.speech.percent(summary.coverage))
            )
        if summary.seconds_with_faces and summary.unsure > 0.5:
            warnings.append(
                self.tr(
                    "The program was unsure of {unsure} of the faces. Take the figures with great care."
                ).format(unsure=self.speech.percent(summary.unsure))
            )
        return [Paragraph(text, "notice") for text in warnings]

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
                *(self.speech.emotion(emotion) for emotion in EMOTION_ORDER),
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
        shown = [self._upright(pair) for pair in pairs]
        table = Table(
            header=(
                self.tr("Difference"),
                self.tr("mood index"),
                *(self.speech.emotion(emotion) for emotion in EMOTION_ORDER),
            ),
            rows=tuple(self._pair_row(pair) for pair in shown),
            widths=(15.5, 11, *emotion_widths(73.5)),
            caption=self.tr(
                "First minus second; shares in percentage points, below each its 95 % interval. Bold: the "
                "interval leaves out zero. Of twenty intervals about one misses the truth by chance alone."
            ),
        )
        result = lesson.bootstrap
        method = self.tr(
            "Intervals: moving-block bootstrap of one-second intervals weighted by faces (Künsch 1989), "
            "block length {block} s chosen by Politis and White (2004, 2009), {replicates} replicates, seed "
            "{seed}, percentiles widened for the number of blocks. Blocks never span a gap or a pause. "
            "Below {least} seconds with faces on either side nothing is computed."
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

    def _upright(self, pair: Difference) -> Difference:
        """Return the pair with the higher mood index first, as the findings have it."""
        if pair.estimates is None or pair.estimates["mood"].value >= 0:
            return pair
        turned = {name: Estimate(-e.value, -e.high, -e.low) for name, e in pair.estimates.items()}
        return Difference(pair.other, pair.kind, turned)

    def _pair_row(self, pair: Difference) -> tuple[Cell, ...]:
        name = Cell(f"{isolated(self.speech.kind(pair.kind))} − {isolated(self.speech.kind(pair.other))}")
        if pair.estimates is None:
            return (name, Cell(self.tr("not enough data"), span=len(OUTCOMES)))
        return (
            name,
            self._interval_cell(pair.estimates["mood"], 1, 2),
            *(self._interval_cell(pair.estimates[emotion], 100, 1) for emotion in EMOTION_ORDER),
        )

    def _interval_cell(self, estimate: Estimate, factor: float, decimals: int) -> Cell:
        low = self.speech.number(estimate.low * factor, decimals)
        high = self.speech.number(estimate.high * factor, decimals)
        return Cell(
            self.speech.signed(estimate.value * factor, decimals),
            strong=estimate.differs,
            minor=self.tr("{low} to {high}").format(low=low, high=high),
        )

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
                *(self.speech.emotion(emotion) for emotion in EMOTION_ORDER),
            ),
            rows=tuple(rows),
            widths=(16, 8, 9.5, *emotion_widths(66.5)),
        )
        return [Heading(self.tr("Segments one by one")), table]

    def _span(self, segment: Segment) -> str:
        return f"{self.speech.clock(segment.start)}–{self.speech.clock(segment.end)}"

    def _quality(self, lesson: Lesson) -> list[Block]:
        summary = lesson.summary
        seen = summary.frames + summary.dropped
        share_dropped = summary.dropped / seen if seen else 0.0
        light = self.tr("good")
        if summary.brightness < _DARK:
            light = self.tr("too dark")
        elif summary.brightness > _BRIGHT:
            light = self.tr("too bright")
        rows = (
            (
                self.tr("Seconds with faces"),
                self.tr("{seconds} of {all} ({share})").format(
                    seconds=self.speech.whole(summary.seconds_with_faces),
                    all=self.speech.whole(summary.seconds),
                    share=self.speech.percent(summary.coverage),
                ),
            ),
            (self.tr("Faces at a time, mean"), self.speech.number(summary.faces_mean, 1)),
            (self.tr("Faces of which the program was unsure"), self.speech.percent(summary.unsure)),
            (
                self.tr("Light"),
                self.tr("{light} (mean brightness {share})").format(
                    light=light, share=self.speech.percent(summary.brightness)
                ),
            ),
            (
                self.tr("Frames analysed"),
                self.tr("{rate} a second; {dropped} left out").format(
                    rate=self.speech.number(lesson.frame_rate, 1), dropped=self.speech.percent(share_dropped)
                ),
            ),
            (self.tr("Gaps without a picture"), self.tr("%n second(s)", "", lesson.gap_s)),
            (self.tr("Source"), lesson.record.source or "–"),
            (self.tr("Model"), self._model(lesson)),
        )
        table = Table(
            header=(),
            rows=tuple((Cell(name), Cell(value)) for name, value in rows),
            widths=(40, 60),
            text_columns=frozenset({0, 1}),
        )
        return [Heading(self.tr("Quality of the measurement")), table]

    def _model(self, lesson: Lesson) -> str:
        name = lesson.record.model or self.tr("unknown")
        known = self._accuracy
        if known is None or known.model != lesson.record.model:
            return self.tr("{model}; its accuracy is not known to this program").format(model=name)
        words = self.tr(
            "{model}; it reads {accuracy} of the faces of {data} as people do (95 % interval {low} to "
            "{high}, {faces} faces, seven emotions)"
        ).format(
            model=name,
            accuracy=self.speech.percent(known.accuracy, 1),
            data=known.data,
            low=self.speech.percent(known.low, 1),
            high=self.speech.percent(known.high, 1),
            faces=self.speech.whole(known.faces),
        )
        recall = {emotion: known.recall[emotion] for emotion in EMOTIONS if emotion in known.recall}
        if not recall:
            return words
        best, worst = max(recall, key=recall.__getitem__), min(recall, key=recall.__getitem__)
        return words + self.tr("; surest with “{best}” ({most}), weakest with “{worst}” ({least})").format(
            best=self.speech.emotion(best),
            most=self.speech.percent(recall[best]),
            worst=self.speech.emotion(worst),
            least=self.speech.percent(recall[worst]),
        )

    def _limits(self, lesson: Lesson) -> list[Block]:
        points = [
            self.tr(
                "A label is a program's guess about an expression, not a feeling. Who smiles need not be "
                "happy, and the program errs often, more often with some people than with others."
            ),
            self.tr(
                "All figures are of the class as a whole, of those whose faces could be seen. They say "
                "nothing about any one pupil and must not be used to judge one, nor a teacher."
            ),
        ]
        if lesson.marked:
            points.append(
                self.tr(
                    "A difference between segments does not show what caused it: the time of day, the "
                    "subject, who was in the room and how the camera stood differ too. An interval covers "
                    "chance, not such causes, and not the errors of the program."
                )
            )
        points.append(
            self.tr(
                "In the European Union, emotion recognition in schools and at workplaces is prohibited by "
                "Article 5(1)(f) of the AI Act since 2 February 2025, with or without consent, medical or "
                "safety reasons aside."
            )
        )
        return [Heading(self.tr("What these figures can not tell")), Points(tuple(points))]

    def _named_kinds(self, lesson: Lesson) -> Sequence[tuple[str, Summary]]:
        if not lesson.marked:
            return ()
        return [(self.speech.kind(kind), summary) for kind, summary in lesson.kinds]

    def _share(self, summary: Summary, emotion: str) -> str:
        if summary.shares is None:
            return "–"
        return self.speech.percent(summary.shares[EMOTIONS.index(emotion)], 1)


def _zone(moment: datetime) -> str:
    """Return "UTC+02:00" or "UTC"."""
    offset = f"{moment:%z}"
    return "UTC" if offset in ("", "+0000") else f"UTC{offset[:3]}:{offset[3:5]}"
