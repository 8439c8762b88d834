"""How good a model file is, on clean faces and on small, blurred and dark ones. Needs no torch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from models.emotion import FACE_SIZE, EmotionClassifier
from models.errors import ModelError
from training.data import NO_LABEL, Faces, FaceSet, Labels, majority
from training.errors import TrainingError
from training.metrics import Probabilities, figures

SIZES = (48, 32, 24, 16)  # pixels of a face's side before it is enlarged
BLURS = (0.8, 1.6)  # standard deviation in pixels
LIGHTS = (0.5, 0.25)  # share of the light that is left

_BATCH = 128


class Classifier(Protocol):
    """What is evaluated: probabilities of grey (48, 48) faces."""

    def classify(self, faces: Sequence[npt.NDArray[np.uint8]]) -> Probabilities:
        """Return probabilities, float32 (n, 7)."""
        ...


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which further conditions a model is judged."""

    sizes: Sequence[int] = ()
    blurs: Sequence[float] = ()
    lights: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was found; `figures` is what `evaluate --json` prints."""

    figures: dict[str, object]
    probabilities: Probabilities
    labels: Labels  # those that the model follows: FER+ majority where there are votes


def evaluate_file(
    model: Path,
    faces: FaceSet,
    conditions: Conditions | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Evaluation:
    """Return the figures of an ONNX file; `progress` is called with (done, all) faces.

    Raises TrainingError if the file can not be run.
    """
    conditions = conditions or Conditions()
    classifier = open_classifier(model)
    changed: list[tuple[str, Callable[[Faces, float], Faces], float]] = [
        *(("accuracy_7_by_size", shrunk, size) for size in conditions.sizes),
        *(("accuracy_7_by_blur", blurred, deviation) for deviation in conditions.blurs),
        *(("accuracy_7_by_light", darkened, light) for light in conditions.lights),
    ]
    total = len(faces) * (1 + len(changed))
    done = 0

    def count(number: int) -> None:
        nonlocal done
        done += number
        if progress is not None:
            progress(done, total)

    probabilities = predict(classifier, faces.faces, count)
    plus_labels = None if faces.votes is None else majority(faces.votes)
    told: dict[str, object] = {"name": classifier.name, "version": classifier.version}
    told |= report(probabilities, faces.labels, plus_labels)
    judged = faces.labels if plus_labels is None else plus_labels
    by_condition: dict[str, dict[str, float]] = {}
    for kind, change, amount in changed:
        found = accuracy(predict(classifier, change(faces.faces, amount), count), judged)
        by_condition.setdefault(kind, {})[str(amount)] = round(found, 4)
    return Evaluation({**told, **by_condition}, probabilities, judged)


def open_classifier(model: Path) -> EmotionClassifier:
    """Open an ONNX file as the app does; raises TrainingError if it can not."""
    try:
        return EmotionClassifier(model)
    except ModelError as error:
        raise TrainingError(str(error)) from error


def report(probabilities: Probabilities, labels: Labels, plus_labels: Labels | None) -> dict[str, object]:
    """Return the figures on FER2013's labels and, as plus_*, on the majority of the FER+ votes.

    `ece` is that of FER+ where votes are given, since the model's probabilities follow them; `label_ece` is
    always that of FER2013's labels.
    """
    own = figures(probabilities, labels)
    told: dict[str, object] = {
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
        "precision": own.precision,
        "auc": own.auc,
        "confusion": own.confusion,
    }
    if plus_labels is not None:
        plus = figures(probabilities, plus_labels)
        told |= {
            "ece": plus.ece,
            "plus_n": plus.n,
            "plus_accuracy_7": plus.accuracy_7,
            "plus_accuracy_7_interval": plus.accuracy_7_interval,
            "plus_n_4": plus.n_4,
            "plus_accuracy_4": plus.accuracy_4,
            "plus_accuracy_4_interval": plus.accuracy_4_interval,
            "plus_macro_f1_7": plus.macro_f1_7,
            "plus_recall": plus.recall,
            "plus_precision": plus.precision,
            "plus_auc": plus.auc,
            "plus_confusion": plus.confusion,
        }
    return told


def predict(classifier: Classifier, faces: Faces, count: Callable[[int], object]) -> Probabilities:
    """Return the probabilities of all faces; `count` is called with the size of each batch done."""
    parts: list[Probabilities] = []
    for start in range(0, len(faces), _BATCH):
        batch = faces[start : start + _BATCH]
        parts.append(classifier.classify(list(batch)))
        count(len(batch))
    return np.concatenate(parts)


def accuracy(probabilities: Probabilities, labels: Labels) -> float:
    """Return the share of labelled rows whose best emotion is the label."""
    rows = labels != NO_LABEL
    return float((probabilities[rows].argmax(axis=1) == labels[rows]).mean())


def shrunk(faces: Faces, size: float) -> Faces:
    """Return faces as if the camera had `size` pixels of each: shrunk by area, enlarged as the app does."""
    if size >= FACE_SIZE:
        return faces
    side = round(size)
    small = [cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA) for face in faces]
    large = [cv2.resize(face, (FACE_SIZE, FACE_SIZE), interpolation=cv2.INTER_LINEAR) for face in small]
    return np.stack(large).astype(np.uint8, copy=False)


def blurred(faces: Faces, deviation: float) -> Faces:
    """Return faces out of focus by a Gaussian of this standard deviation, in pixels."""
    changed = [cv2.GaussianBlur(face, (0, 0), deviation) for face in faces]
    return np.stack(changed).astype(np.uint8, copy=False)


def darkened(faces: Faces, light: float) -> Faces:
    """Return faces in so much of their light, with the noise of a camera that sees little."""
    noise = np.random.default_rng(0).normal(0, 4, faces.shape).astype(np.float32)
    dark: Faces = np.clip(faces * np.float32(light) + noise, 0, 255).astype(np.uint8)
    return dark
