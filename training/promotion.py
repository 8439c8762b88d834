"""May a challenger become the champion? Both are judged side by side, now, on the same faces."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from models.emotion import EmotionClassifier
from training.data import NO_LABEL, Faces, FaceSet, majority
from training.evaluate import accuracy, open_classifier, predict, shrunk
from training.metrics import calibration_error

SMALL = 24  # pixels of a small face
_FACES = 4  # in one batch: the fewer, the likelier it is that nothing else ran meanwhile
_ROUNDS = 80


@dataclass(frozen=True, slots=True)
class Measured:
    """What the guards look at."""

    accuracy: float
    calibration: float  # expected calibration error
    small_faces: float  # accuracy at 24 pixels
    ms_per_face: float


@dataclass(frozen=True, slots=True)
class Guard:
    """One comparison of challenger and champion."""

    name: str
    challenger: float
    champion: float
    passed: bool

    def __str__(self) -> str:
        return f"{self.name} {self.challenger:.4g} against {self.champion:.4g}"


def compare_models(challenger: Path, champion: Path, faces: FaceSet) -> list[Guard]:
    """Return all guards. Raises TrainingError if a model can not be run.

    Slack is what repeated measurements differ by: 0.5 points of calibration and small faces, a tenth of the
    time. Accuracy has none.
    """
    classifiers = [open_classifier(path) for path in (challenger, champion)]
    times = milliseconds_per_face(classifiers, faces.faces)
    new, old = (measure(classifier, faces, ms) for classifier, ms in zip(classifiers, times, strict=True))
    return [
        Guard("accuracy", new.accuracy, old.accuracy, new.accuracy >= old.accuracy),
        Guard("calibration", new.calibration, old.calibration, new.calibration <= old.calibration + 0.005),
        Guard("small faces", new.small_faces, old.small_faces, new.small_faces >= old.small_faces - 0.005),
        Guard("speed", new.ms_per_face, old.ms_per_face, new.ms_per_face <= 1.1 * old.ms_per_face),
    ]


def measure(classifier: EmotionClassifier, faces: FaceSet, ms_per_face: float) -> Measured:
    """Return the figures of a model on faces, against FER+'s majority or else the label."""
    labels = faces.labels if faces.votes is None else majority(faces.votes)
    faces, labels = faces.select(labels != NO_LABEL), labels[labels != NO_LABEL]
    probabilities = predict(classifier, faces.faces, lambda _: None)
    right = probabilities.argmax(axis=1) == labels
    small = predict(classifier, shrunk(faces.faces, SMALL), lambda _: None)
    return Measured(
        accuracy=float(right.mean()),
        calibration=calibration_error(probabilities.max(axis=1), right),
        small_faces=accuracy(small, labels),
        ms_per_face=ms_per_face,
    )


def milliseconds_per_face(classifiers: list[EmotionClassifier], faces: Faces) -> list[float]:
    """Return the fastest time of each in turn: what else runs on the machine hits all of them alike."""
    batch = list(faces[np.arange(_FACES) % len(faces)])
    best = [float("inf")] * len(classifiers)
    for _ in range(_ROUNDS):
        for place, classifier in enumerate(classifiers):
            begun = time.perf_counter()
            classifier.classify(batch)
            best[place] = min(best[place], 1000 * (time.perf_counter() - begun) / _FACES)
    return best


def summary(guards: list[Guard]) -> dict[str, dict[str, object]]:
    """Return the guards as a dictionary by name."""
    return {(values := asdict(guard)).pop("name"): values for guard in guards}
