"""The keypoint baseline: classic classifiers on the geometry of YuNet's five landmarks."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from models.emotion import EMOTIONS, FACE_SIZE, FOUR_EMOTIONS
from training.compare import Row
from training.data import NO_LABEL, PUBLIC_TEST, TRAINING, Faces, FaceSet, Labels, majority, one_hot
from training.errors import TrainingError
from training.metrics import figures

Features = npt.NDArray[np.float64]  # (n, 15); NaN where no face was found

_ENLARGED = 4  # times, before YuNet looks
_MARGIN = 24  # pixels of repeated edge: FER2013's faces fill their pictures
_SURE = 0.3


def landmark_features(faces: Faces, detector: Path, progress: Callable[[int, int], object]) -> Features:
    """Return the geometry of eyes, nose and mouth corners of all faces.

    Coordinates are taken in a frame whose x axis goes from eye to eye, in units of their distance. Raises
    TrainingError if YuNet's file can not be used.
    """
    side = _ENLARGED * FACE_SIZE + 2 * _MARGIN
    try:
        yunet = cv2.FaceDetectorYN.create(str(detector), "", (side, side), score_threshold=_SURE)
    except cv2.error as error:
        raise TrainingError(f"{detector} is not YuNet's ONNX file ({error.err}).") from error
    rows = []
    for number, face in enumerate(faces, start=1):
        large = cv2.resize(face, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
        picture = cv2.copyMakeBorder(large, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_REPLICATE)
        _, found = yunet.detect(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
        rows.append(_geometry(found[0]) if found is not None and len(found) else np.full(15, np.nan))
        if number % 100 == 0 or number == len(faces):
            progress(number, len(faces))
    return np.array(rows)


def keypoint_rows(faces: FaceSet, features: Features, seed: int = 0) -> list[Row]:
    """Return the rows of random forest, support vector machine and gradient boosting.

    They learn from the majority of the FER+ votes, or from the label without votes. Where no landmarks were
    found the most frequent emotion is guessed.
    """
    labels = faces.labels if faces.votes is None else majority(faces.votes)
    found = ~np.isnan(features).any(axis=1)
    learned = (faces.usages == TRAINING) & (labels != NO_LABEL) & found
    of_four = learned & np.isin(labels, [EMOTIONS.index(one) for one in FOUR_EMOTIONS])
    test = faces.usages == PUBLIC_TEST

    def guesses(machine: ClassifierMixin, rows: npt.NDArray[np.bool_]) -> Labels:
        """Learn from these rows and return what is said of the test rows."""
        if len(np.unique(labels[rows])) < 2:
            raise TrainingError(
                "The faces with landmarks have fewer than two emotions: there is nothing to learn from them."
            )
        usual = int(np.bincount(labels[rows]).argmax())
        said: Labels = np.full(len(faces), usual)
        machine.fit(features[rows], labels[rows])
        said[test & found] = machine.predict(features[test & found])
        of_test: Labels = said[test]
        return of_test

    machines: dict[str, ClassifierMixin] = {
        "keypoints: random forest": RandomForestClassifier(300, min_samples_leaf=3, random_state=seed),
        "keypoints: SVM": make_pipeline(StandardScaler(), SVC(C=3.0, random_state=seed)),
        "keypoints: gradient boosting": HistGradientBoostingClassifier(random_state=seed),
    }
    return [
        _row(name, faces.select(test), guesses(machine, learned), guesses(machine, of_four))
        for name, machine in machines.items()
    ]


def _row(name: str, test: FaceSet, guesses: Labels, guesses_4: Labels) -> Row:
    seven, four = one_hot(guesses), one_hot(guesses_4)
    plus = None if test.votes is None else majority(test.votes)
    return Row(
        name=name,
        labels="FER2013" if plus is None else "FER+",
        accuracy_7=figures(seven, test.labels).accuracy_7,
        accuracy_4=figures(four, test.labels).accuracy_4,
        plus_accuracy_7=None if plus is None else figures(seven, plus).accuracy_7,
        plus_accuracy_4=None if plus is None else figures(four, plus).accuracy_4,
        ece=None,
        small_faces=None,
        own_split=None,
        parameters=None,
        ms_per_face=None,
        epochs=None,
        sha256="",
    )


def _geometry(found: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return 15 figures of one face: right and left eye, nose, right and left corner of the mouth."""
    points = found[4:14].reshape(5, 2).astype(np.float64)
    right, left = points[0], points[1]
    across = left - right
    distance = max(float(np.hypot(*across)), 1e-6)
    x_axis = across / distance
    frame = np.array([x_axis, [-x_axis[1], x_axis[0]]])
    nose, mouth_right, mouth_left = ((points[2:] - (right + left) / 2) @ frame.T) / distance
    width, height = found[2] / distance, found[3] / distance
    return np.array(
        [
            *nose,
            *mouth_right,
            *mouth_left,
            mouth_left[0] - mouth_right[0],
            mouth_left[1] - mouth_right[1],
            np.hypot(*(mouth_right - nose)),
            np.hypot(*(mouth_left - nose)),
            (mouth_left[1] + mouth_right[1]) / 2 - nose[1],
            np.arctan2(x_axis[1], x_axis[0]),
            width,
            height,
            found[14],
        ]
    )
