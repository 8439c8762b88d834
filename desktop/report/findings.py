"""Findings: one sentence in plain words for each pair of kinds, claiming no more than its intervals do."""

from desktop.report.bootstrap import KindEstimates
from desktop.report.estimates import MIN_SECONDS, Estimates
from desktop.report.lesson import Lesson
from desktop.report.speech import Speaker, Speech, isolated
from desktop.report.tables import Tables
from models.emotion import EMOTIONS

MOST_PAIRS = 6  # sentences; the table has all pairs


class Findings(Speaker):
    """Says what the figures of a lesson show."""

    def __init__(self, speech: Speech) -> None:
        super().__init__(speech)
        self._tables = Tables(speech)

    def overall(self, lesson: Lesson) -> str:
        """Return the sentence on the lesson as a whole."""
        summary = lesson.summary
        if not lesson.intervals:
            return self.tr("Nothing was recorded in this session.")
        if summary.shares is None or summary.mood_index is None:
            return self.tr("No face was found in this session: nothing can be said about the mood.")
        most, second = self._largest(summary.shares)
        estimates = lesson.bootstrap.lesson
        if estimates is None:
            return self.tr(
                "Faces were found in fewer than {seconds} seconds: too few to say anything about the mood."
            ).format(seconds=MIN_SECONDS)
        return self.tr(
            "The expressions read over the whole lesson were mostly {most}, then {second}; the mood index "
            "was {mood}."
        ).format(most=most, second=second, mood=self._tables.figure(estimates["mood"]))

    def pairs(self, lesson: Lesson) -> tuple[str, ...]:
        """Return a sentence for each pair of kinds, the clearest first."""
        if not lesson.marked or lesson.summary.shares is None:
            return ()
        measured = [
            found
            for found in lesson.bootstrap.differences
            if found.estimates is not None and found.kind and found.other
        ]
        measured.sort(key=lambda found: -_clearness(found.estimates or {}))
        sentences = [self._pair(f.kind, f.other, f.estimates or {}) for f in measured[:MOST_PAIRS]]
        left = len(measured) - MOST_PAIRS
        if left > 0:
            sentences.append(self.tr("%n further pair(s): see the table.", "", left))
        short = [each for each in lesson.bootstrap.kinds if each.estimates is None and each.kind]
        return (*sentences, *map(self._too_short, short))

    def _pair(self, kind: str, other: str, estimates: Estimates) -> str:
        mood, happy = estimates["mood"], estimates["happy"]
        if mood.value < 0:
            kind, other = other, kind
            mood, happy = mood.turned, happy.turned
        words = {
            "a": self._quoted(kind),
            "b": self._quoted(other),
            "mood": self._tables.figure(mood),
            "happy": self._tables.figure(happy, 100, 1),
        }
        if mood.differs and happy.differs and happy.value > 0:
            return self.tr(
                "Faces looked happier during {a} than during {b}: happy expressions {happy} percentage "
                "points, mood index {mood}."
            ).format(**words)
        if mood.differs:
            return self.tr(
                "The mood index was higher during {a} than during {b}: mood index {mood}, happy expressions "
                "{happy} percentage points."
            ).format(**words)
        return self.tr(
            "No clear difference of mood between {a} and {b}: mood index {mood}, happy expressions {happy} "
            "percentage points. Either there is none, or the lesson was too short to show it."
        ).format(**words)

    def _too_short(self, kind: KindEstimates) -> str:
        return self.tr(
            "Not enough data for {kind}: %n second(s) with faces, at least {least} are needed.",
            "",
            kind.seconds,
        ).format(kind=self._quoted(kind.kind), least=MIN_SECONDS)

    def _largest(self, shares: tuple[float, ...]) -> tuple[str, str]:
        ranked = sorted(zip(shares, EMOTIONS, strict=True), reverse=True)
        first, second = (
            f"{self.speech.emotion(emotion)} ({self.speech.percent(share)})" for share, emotion in ranked[:2]
        )
        return first, second

    def _quoted(self, kind: str) -> str:
        return self.tr("“{kind}”").format(kind=isolated(self.speech.kind(kind)))


def _clearness(estimates: Estimates) -> float:
    """Return how far the mood indices lie apart, in widths of the interval."""
    mood = estimates["mood"]
    return abs(mood.value) / max(mood.high - mood.low, 1e-9)
