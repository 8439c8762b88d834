"""The quality of a lesson's measurement: how much was seen, in what light, by which model."""

from desktop.capture.frame import DEMO_NAME
from desktop.report.accuracy import Accuracy
from desktop.report.lesson import Lesson
from desktop.report.page import Block, Cell, Heading, Paragraph, Table
from desktop.report.speech import Speaker, Speech
from models.emotion import EMOTIONS

_DARK, _BRIGHT = 0.2, 0.85  # mean brightness beyond which faces are hard to read
_MANY_GAPS = 0.1  # of the time


class Quality(Speaker):
    """Says how far the figures can be trusted."""

    def __init__(self, speech: Speech, accuracy: Accuracy | None) -> None:
        super().__init__(speech)
        self._accuracy = accuracy

    def warnings(self, lesson: Lesson) -> list[Block]:
        """Return what a reader must know before the figures."""
        summary = lesson.summary
        warnings: list[str] = []
        if lesson.gap_s > _MANY_GAPS * summary.seconds:
            warnings.append(
                self.tr(
                    "For {gap} of {all} there was no picture: the camera was lost, or the film was over. All "
                    "figures are of the rest."
                ).format(gap=self.speech.clock(lesson.gap_s), all=self.speech.clock(summary.seconds))
            )
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

    def table(self, lesson: Lesson) -> list[Block]:
        """Return the part with all figures on the measurement."""
        table = Table(
            header=(),
            rows=tuple((Cell(name), Cell(value)) for name, value in self._rows(lesson)),
            widths=(40, 60),
            text_columns=frozenset({0, 1}),
        )
        return [Heading(self.tr("Quality of the measurement")), table]

    def _rows(self, lesson: Lesson) -> tuple[tuple[str, str], ...]:
        summary = lesson.summary
        seen = summary.frames + summary.dropped
        share_dropped = summary.dropped / seen if seen else 0.0
        light = self.tr("good")
        if summary.brightness < _DARK:
            light = self.tr("too dark")
        elif summary.brightness > _BRIGHT:
            light = self.tr("too bright")
        return (
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
            (self.tr("Gaps without a picture"), self._gaps(lesson)),
            (self.tr("Source"), self._source(lesson)),
            (self.tr("Model"), self._model(lesson)),
        )

    def _source(self, lesson: Lesson) -> str:
        name = lesson.record.source
        return self.tr("Demo classroom") if name == DEMO_NAME else name or "–"

    def _gaps(self, lesson: Lesson) -> str:
        words = self.tr("%n second(s)", "", lesson.gap_s)
        if not lesson.ended_s:
            return words
        return words + self.tr(", %n of them at the end", "", lesson.ended_s)

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
