"""Arithmetic of figures: accuracy, F1, calibration, confusion, ROC, and their intervals. NumPy only."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from models.emotion import EMOTIONS, FOUR_EMOTIONS
from training.data import NO_LABEL, Labels
from training.errors import TrainingError

Probabilities = npt.NDArray[np.float32]  # (n, 7), rows sum to 1

_FOUR = np.array([EMOTIONS.index(name) for name in FOUR_EMOTIONS])
_BINS = 15
_ROC_POINTS = 101  # of a curve: enough to draw it


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures against one kind of label; accuracies are shares, with their 95 % intervals (Wilson)."""

    n: int
    accuracy_7: float
    accuracy_7_interval: tuple[float, float]
    n_4: int  # rows of the four emotions
    accuracy_4: float
    accuracy_4_interval: tuple[float, float]
    macro_f1_7: float
    ece: float  # expected calibration error, 15 bins of equal width
    recall: dict[str, float]  # of each emotion that occurs
    precision: dict[str, float]  # of each emotion that was ever guessed
    auc: dict[str, float]  # area under the ROC curve, each emotion against the rest
    confusion: list[list[int]]  # rows: label, columns: guess, in the order of EMOTIONS
    reliability: list[dict[str, float]]  # of each bin with rows: confidence, accuracy, n


def figures(probabilities: Probabilities, labels: Labels) -> Figures:
    """Return the figures over the rows that have a label; raises TrainingError if none has."""
    rows = labels != NO_LABEL
    if not rows.any():
        raise TrainingError("No row has a label to compare with.")
    probabilities, labels = probabilities[rows], labels[rows]
    guesses = probabilities.argmax(axis=1)
    right = guesses == labels
    confidences = probabilities.max(axis=1)
    of_four = np.isin(labels, _FOUR)
    right_4 = _FOUR[probabilities[of_four][:, _FOUR].argmax(axis=1)] == labels[of_four]
    return Figures(
        n=len(labels),
        accuracy_7=share(right),
        accuracy_7_interval=wilson(int(right.sum()), len(right)),
        n_4=len(right_4),
        accuracy_4=share(right_4),
        accuracy_4_interval=wilson(int(right_4.sum()), len(right_4)),
        macro_f1_7=round(macro_f1(guesses, labels), 4),
        ece=round(calibration_error(confidences, right), 4),
        recall=_by_emotion(right, labels),
        precision=_by_emotion(right, guesses),
        auc={
            name: round(area_under_roc(probabilities[:, index], labels == index), 4)
            for index, name in enumerate(EMOTIONS)
            if 0 < (labels == index).sum() < len(labels)
        },
        confusion=confusion(guesses, labels).tolist(),
        reliability=reliability(confidences, right),
    )


def macro_f1(guesses: Labels, labels: Labels) -> float:
    """Return the mean F1 over the emotions that occur as label or guess."""
    scores = []
    for index in np.union1d(labels, guesses):
        hits = int(((guesses == index) & (labels == index)).sum())
        scores.append(2 * hits / (int((guesses == index).sum()) + int((labels == index).sum())))
    return float(np.mean(scores))


def confusion(guesses: Labels, labels: Labels) -> npt.NDArray[np.int64]:
    """Return how often each label (row) was taken for each emotion (column)."""
    counts = np.zeros((len(EMOTIONS), len(EMOTIONS)), np.int64)
    np.add.at(counts, (labels, guesses), 1)
    return counts


def reliability(confidences: npt.NDArray[np.float32], right: npt.NDArray[np.bool_]) -> list[dict[str, float]]:
    """Return mean confidence and accuracy of each bin of equal width that has rows."""
    bins = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    return [
        {
            "confidence": float(confidences[bins == b].mean()),
            "accuracy": float(right[bins == b].mean()),
            "n": int((bins == b).sum()),
        }
        for b in np.unique(bins)
    ]


def calibration_error(confidences: npt.NDArray[np.float32], right: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error: |accuracy - confidence| over bins, weighted by their rows."""
    bins = reliability(confidences, right)
    return sum(abs(one["accuracy"] - one["confidence"]) * one["n"] for one in bins) / len(right)


def roc(scores: npt.NDArray[np.float32], positive: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return the ROC curve as points (share of false alarms, share found), from (0, 0) to (1, 1)."""
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)  # equal scores come together
    found = np.cumsum(positive[order])[ends] / max(int(positive.sum()), 1)
    alarms = np.cumsum(~positive[order])[ends] / max(int((~positive).sum()), 1)
    return np.vstack([[0, 0], np.column_stack([alarms, found])])


def area_under_roc(scores: npt.NDArray[np.float32], positive: npt.NDArray[np.bool_]) -> float:
    """Return the probability that a positive row scores above another one."""
    alarms, found = roc(scores, positive).T
    return float(np.trapezoid(found, alarms))


def thinned(curve: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a curve with few enough points to be drawn."""
    if len(curve) <= _ROC_POINTS:
        return curve
    return np.asarray(curve[np.linspace(0, len(curve) - 1, _ROC_POINTS).round().astype(int)])


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); (0, 1) if there is nothing to count."""
    if n == 0:
        return 0.0, 1.0
    z = 1.96
    part = right / n
    centre = (part + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(part * (1 - part) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return round(max(centre - half, 0.0), 4), round(min(centre + half, 1.0), 4)


def share(right: npt.NDArray[np.bool_]) -> float:
    """Return the share that is true, rounded; 0 of nothing."""
    return round(float(right.mean()), 4) if len(right) else 0.0


def _by_emotion(right: npt.NDArray[np.bool_], emotions: Labels) -> dict[str, float]:
    return {
        name: share(right[emotions == index])
        for index, name in enumerate(EMOTIONS)
        if (emotions == index).any()
    }
