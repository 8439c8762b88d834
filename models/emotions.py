"""The emotions, and what is said of a face or a class in them: no network is loaded for these words."""

from collections.abc import Sequence
from dataclasses import dataclass

EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
FOUR_EMOTIONS = ("happy", "neutral", "sad", "surprise")


@dataclass(frozen=True, slots=True)
class Classification:
    """Calibrated probabilities over the emotions; they sum to 1."""

    probabilities: tuple[float, ...]  # in the order of `emotions`
    emotions: tuple[str, ...] = EMOTIONS

    @property
    def label(self) -> str:
        """Name of the most probable emotion."""
        return self.emotions[self.probabilities.index(self.confidence)]

    @property
    def confidence(self) -> float:
        """Probability of `label`."""
        return max(self.probabilities)

    def four(self) -> "Classification":
        """Return the same probabilities renormalised over `FOUR_EMOTIONS`."""
        kept = [self.probabilities[self.emotions.index(name)] for name in FOUR_EMOTIONS]
        total = sum(kept)
        uniform = 1 / len(FOUR_EMOTIONS)
        shares = [p / total if total > 0 else uniform for p in kept]
        return Classification(tuple(shares), FOUR_EMOTIONS)


def mood_index(shares: Sequence[float]) -> float:
    """Return happy - sad - angry - fear - disgust, -1..1, for seven shares in the order of `EMOTIONS`."""
    angry, disgust, fear, happy, _neutral, sad, _surprise = shares
    return happy - sad - angry - fear - disgust
