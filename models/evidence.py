"""Evidence: when what searches saw here and there becomes a face.

A search stands for the time since the one before it: a face counts after the same time, and what is found
now and then as little, at six searches a second (live) as with every frame of a file searched.
"""

import math
from dataclasses import dataclass

from models.association import SURE_SCORE

CERTAIN_SCORE = 0.8
CERTAIN, SURE, WEAK = 2.0, 1.0, 0.25  # what a search weighs by the score of its find
SEEN_S = 0.18  # seen for so long in all, one sure search of a live picture and a weak one, ...
SEEN_SHARE = 1 / 6  # ... and in such a share of the time: a face
BEFORE_S = 0.3  # in which nobody saw it, before it came up: one lucky find is no face
LOST_SHARE = 0.06  # seen in less of the time: none any more
FORGOTTEN_S = 2.0  # time constant
LONGEST_S = 1 / 6  # that one search stands for, however rare they are


@dataclass(slots=True)
class Evidence:
    """How long searches looked where a face may be, and for how much of it they saw one."""

    seen_s: float = 0.0
    watched_s: float = 0.0

    def add(self, score: float | None, step_s: float) -> None:
        """Take in a search, `step_s` after the last one, that found the face with `score` or missed it."""
        kept = math.exp(-step_s / FORGOTTEN_S)
        self.watched_s = kept * self.watched_s + step_s
        self.seen_s = kept * self.seen_s + _weight(score) * step_s

    @property
    def suffices(self) -> bool:
        """Return whether this is a face."""
        return self.seen_s >= SEEN_S and self.seen_s >= SEEN_SHARE * (self.watched_s + BEFORE_S)

    @property
    def wanes(self) -> bool:
        """Return whether what was taken for a face is seen too rarely to be one."""
        return self.seen_s < LOST_SHARE * (self.watched_s + BEFORE_S)


def _weight(score: float | None) -> float:
    if score is None:
        return 0.0
    if score >= CERTAIN_SCORE:
        return CERTAIN
    return SURE if score >= SURE_SCORE else WEAK
