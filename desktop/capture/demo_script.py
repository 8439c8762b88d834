"""The demo classroom's lesson: a seeded script of segments and expressions, and its truth per second."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from models.emotion import EMOTIONS

EXPRESSIONS = ("neutral", "happy", "surprise", "sad", "angry")
FADE_S = 0.4  # one expression gives way to the next
HOLD_S = (3.0, 7.0)  # how long a pupil keeps an expression
_SAMPLES = 50  # per second of truth

_LESSON: tuple[tuple[str, str, float, Mapping[str, float]], ...] = (
    (
        "New topic",
        "lecture",
        75.0,
        {"neutral": 0.62, "happy": 0.14, "surprise": 0.08, "sad": 0.12, "angry": 0.04},
    ),
    ("Questions and answers", "interactive", 60.0, {"neutral": 0.24, "happy": 0.46, "surprise": 0.30}),
    (
        "Short test",
        "quiz",
        60.0,
        {"neutral": 0.46, "happy": 0.05, "surprise": 0.10, "sad": 0.25, "angry": 0.14},
    ),
    ("Break", "break", 60.0, {"neutral": 0.18, "happy": 0.70, "surprise": 0.12}),
)


@dataclass(frozen=True, slots=True)
class DemoSegment:
    """One part of the lesson."""

    name: str
    kind: str  # "lecture", "interactive", "quiz" or "break"
    start_s: float  # from the lesson's start
    end_s: float


@dataclass(frozen=True, slots=True)
class _Holds:
    """What one pupil's face does during the lesson."""

    starts_s: tuple[float, ...]  # the first is 0
    expressions: tuple[int, ...]  # index into EXPRESSIONS


class DemoScript:
    """Says which expression each pupil shows when; after its last segment the lesson starts again."""

    def __init__(self, seed: int = 0, pupils: int = 8) -> None:
        ends = list(accumulate(length for _, _, length, _ in _LESSON))
        self.segments = tuple(
            DemoSegment(name, kind, end - length, end)
            for (name, kind, length, _), end in zip(_LESSON, ends, strict=True)
        )
        self.length_s = ends[-1]
        rng = np.random.default_rng([seed, 1])
        self._holds = [self._holds_of_one(rng) for _ in range(pupils)]

    def segment(self, time_s: float) -> DemoSegment:
        """Return the segment that is on at a time; times count on when the lesson repeats."""
        within = time_s % self.length_s
        return next(segment for segment in self.segments if within < segment.end_s)

    def expression(self, pupil: int, time_s: float) -> tuple[int, int, float]:
        """Return the expression before, the one now, and the share 0..1 of the one now in the mixture."""
        holds = self._holds[pupil]
        within = time_s % self.length_s
        current = bisect_right(holds.starts_s, within) - 1
        mix = min(1.0, (within - holds.starts_s[current]) / FADE_S)
        return holds.expressions[current - 1], holds.expressions[current], mix

    def truth(self, second: int) -> tuple[float, ...]:
        """Return each emotion's share of the class during [second, second + 1), in the order of EMOTIONS.

        A face between two expressions counts for both, by their shares in the mixture.
        """
        shares = dict.fromkeys(EMOTIONS, 0.0)
        weight = 1 / (_SAMPLES * len(self._holds))
        for pupil in range(len(self._holds)):
            for sample in range(_SAMPLES):
                before, now, mix = self.expression(pupil, second + (sample + 0.5) / _SAMPLES)
                shares[EXPRESSIONS[before]] += weight * (1 - mix)
                shares[EXPRESSIONS[now]] += weight * mix
        return tuple(shares.values())

    def _holds_of_one(self, rng: np.random.Generator) -> _Holds:
        starts, expressions = [], []
        time_s = 0.0
        for segment, (_, _, _, mood) in zip(self.segments, _LESSON, strict=True):
            chances = [mood.get(name, 0.0) for name in EXPRESSIONS]
            while time_s < segment.end_s - 1:
                starts.append(time_s)
                expressions.append(int(rng.choice(len(EXPRESSIONS), p=chances)))
                time_s += float(rng.uniform(*HOLD_S))
            time_s = min(time_s, segment.end_s + float(rng.uniform(0, 1.5)))  # nobody changes at a stroke
        return _Holds(tuple(starts), tuple(expressions))
