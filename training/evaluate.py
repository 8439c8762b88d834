"""How good a model file is: accuracy, macro-F1 and calibration of an ONNX file. Needs no torch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from models.emotion import EMOTIONS, FACE_SIZE, FOUR_EMOTIONS, EmotionClassifier
from models.errors import ModelError
from training.data import NO_LABEL, Faces, FaceSet, Labels, majority
from training.errors import TrainingError

Probabilities = npt.NDArray[np.float32]  # (n, 7), rows sum to 1
SIZES = (48, 32, 24, 16)  # pixels of a face's side before it is enlarged

_BATCH = 128
_FOUR = np.array([EMOTIONS.index(name) for name in FOUR_EMOTIONS])
_BINS = 15


class Classifier(Protocol):
    """What is evaluated: probabilities of grey (48, 48) faces."""

    def classify(self, faces: Sequence[npt.NDArray[np.uint8]]) -> Probabilities:
        """Return probabilities, float32 (n, 7)."""
        ...


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


def evaluate_file(
    model: Path,
    faces: FaceSet,
    *,
    sizes: Sequence[int] = (),
    progress: Callable[[int, int], object] | None = None,
) -> dict[str, object]:
    """Return the figures of an ONNX file as `python -m training evaluate --json` prints them.

    `sizes` adds the accuracy of faces shrunk to so many pixels; `progress` is called with (done, all) faces.
    Raises TrainingError if the file can not be run.
    """
    try:
        classifier = EmotionClassifier(model)
    except ModelError as error:
        raise TrainingError(str(error)) from error
    total = len(faces) * (1 + len(sizes))
    done = 0

    def count(number: int) -> None:
        nonlocal done
        done += number
        if progress is not None:
            progress(done, total)

    probabilities = predict(classifier, faces.faces, count)
    plus_labels = None if faces.votes is None else majority(faces.votes)
    answer: dict[str, object] = {"name": classifier.name, "version": classifier.version}
    answer |= report(probabilities, faces.labels, plus_labels)
    if sizes:
        judged = faces.labels if plus_labels is None else plus_labels
        answer["accuracy_7_by_size"] = {
            str(size): round(_accuracy(predict(classifier, shrunk(faces.faces, size), count), judged), 4)
            for size in sizes
        }
    return answer


def report(probabilities: Probabilities, labels: Labels, plus_labels: Labels | None) -> dict[str, object]:
    """Return the figures on FER2013's labels and, as plus_*, on the majority of the FER+ votes.

    `ece` is that of FER+ where votes are given, since the model's probabilities follow them; `label_ece` is
    always that of FER2013's labels.
    """
    own = figures(probabilities, labels)
    answer: dict[str, object] = {
        "n": own.n,
        "accuracy_7": own.accuracy_7,
        "accuracy_7_interval": own.accuracy_7_interval,
        "n_4": own.n_4,
        "accuracy_4": own.accuracy_4,
        "accuracy_4_interval": own.accuracy_4_interval,
        "macro_f1_7": own.macro_f1_7,
        "ece": own.ece,
        "label_ece": own.ece,
        "recall": own.recall,
    }
    if plus_labels is not None:
        plus = figures(probabilities, plus_labels)
        answer |= {
            "ece": plus.ece,
            "plus_n": plus.n,
            "plus_accuracy_7": plus.accuracy_7,
            "plus_accuracy_7_interval": plus.accuracy_7_interval,
            "plus_n_4": plus.n_4,
            "plus_accuracy_4": plus.accuracy_4,
            "plus_accuracy_4_interval": plus.accuracy_4_interval,
            "plus_macro_f1_7": plus.macro_f1_7,
            "plus_recall": plus.recall,
        }
    return answer


def predict(classifier: Classifier, faces: Faces, count: Callable[[int], object]) -> Probabilities:
    """Return the probabilities of all faces; `count` is called with the size of each batch done."""
    parts: list[Probabilities] = []
    for start in range(0, len(faces), _BATCH):
        batch = faces[start : start + _BATCH]
        parts.append(classifier.classify(list(batch)))
        count(len(batch))
    return np.concatenate(parts)


def figures(probabilities: Probabilities, labels: Labels) -> Figures:
    """Return the figures over the rows that have a label; raises TrainingError if none has."""
    rows = labels != NO_LABEL
    if not rows.any():
        raise TrainingError("No row has a label to compare with.")
    probabilities, labels = probabilities[rows], labels[rows]
    guesses = probabilities.argmax(axis=1)
    right = guesses == labels
    of_four = np.isin(labels, _FOUR)
    right_4 = _FOUR[probabilities[of_four][:, _FOUR].argmax(axis=1)] == labels[of_four]
    return Figures(
        n=len(labels),
        accuracy_7=_share(right),
        accuracy_7_interval=wilson(int(right.sum()), len(right)),
        n_4=len(right_4),
        accuracy_4=_share(right_4),
        accuracy_4_interval=wilson(int(right_4.sum()), len(right_4)),
        macro_f1_7=round(macro_f1(guesses, labels), 4),
        ece=round(calibration_error(probabilities.max(axis=1), right), 4),
        recall={
            name: _share(right[labels == index])
            for index, name in enumerate(EMOTIONS)
            if (labels == index).any()
        },
    )


def macro_f1(guesses: Labels, labels: Labels) -> float:
    """Return the mean F1 over the emotions that occur as label or guess."""
    scores = []
    for index in np.union1d(labels, guesses):
        hits = int(((guesses == index) & (labels == index)).sum())
        scores.append(2 * hits / (int((guesses == index).sum()) + int((labels == index).sum())))
    return float(np.mean(scores))


def calibration_error(confidences: npt.NDArray[np.float32], right: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error: |accuracy - confidence| over bins, weighted by their rows."""
    bins = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(float(right[bins == b].mean()) - float(confidences[bins == b].mean())) * int((bins == b).sum())
        for b in np.unique(bins)
    ]
    return sum(gaps) / len(right)


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); (0, 1) if there is nothing to count."""
    if n == 0:
        return 0.0, 1.0
    z = 1.96
    share = right / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return round(max(centre - half, 0.0), 4), round(min(centre + half, 1.0), 4)


def shrunk(faces: Faces, size: int) -> Faces:
    """Return faces as if the camera had `size` pixels of each: shrunk by area, enlarged as the app does."""
    if size >= FACE_SIZE:
        return faces
    small = [cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA) for face in faces]
    large = [cv2.resize(face, (FACE_SIZE, FACE_SIZE), interpolation=cv2.INTER_LINEAR) for face in small]
    return np.stack(large).astype(np.uint8, copy=False)


def _accuracy(probabilities: Probabilities, labels: Labels) -> float:
    rows = labels != NO_LABEL
    return float((probabilities[rows].argmax(axis=1) == labels[rows]).mean())


def _share(right: npt.NDArray[np.bool_]) -> float:
    return round(float(right.mean()), 4) if len(right) else 0.0
