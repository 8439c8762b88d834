"""Faces with the labels of FER2013 and the votes of FER+, and the targets made from them. NumPy only."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.emotion import EMOTIONS
from training.errors import TrainingError

Faces = npt.NDArray[np.uint8]  # (n, 48, 48), grey
Labels = npt.NDArray[np.int64]  # (n,), index into EMOTIONS, or NO_LABEL
Votes = npt.NDArray[np.uint8]  # (n, 10), in the order of VOTE_COLUMNS
Targets = npt.NDArray[np.float32]  # (n, 7), rows sum to 1

NO_LABEL = -1
TRAINING, VALIDATION, PUBLIC_TEST, PRIVATE_TEST = "Training", "Validation", "PublicTest", "PrivateTest"
USAGES = (TRAINING, PUBLIC_TEST, PRIVATE_TEST)  # of FER2013
FER2013_EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")  # its codes 0..6
VOTE_COLUMNS = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",  # not a face
)
_VOTED = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear")  # our names of the first seven
_VOTE_TO_EMOTION = np.array([EMOTIONS.index(name) for name in _VOTED])


@dataclass(frozen=True, slots=True)
class FaceSet:
    """Faces with the label of FER2013 and, where a votes file was given, the votes of FER+."""

    faces: Faces
    labels: Labels
    usages: npt.NDArray[
        np.str_
    ]  # (n,), "Training", "PublicTest" or "PrivateTest"; once split also "Validation"
    votes: Votes | None = None

    def __len__(self) -> int:
        return len(self.faces)

    def select(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "FaceSet":
        """Return the faces that a mask or indices pick."""
        votes = None if self.votes is None else self.votes[rows]
        return FaceSet(self.faces[rows], self.labels[rows], self.usages[rows], votes)

    def with_usages(self, usages: npt.NDArray[np.str_]) -> "FaceSet":
        """Return the same faces with other usages."""
        return FaceSet(self.faces, self.labels, usages, self.votes)

    def fingerprint(self) -> str:
        """Return what tells this data from any other: 16 digits of its SHA-256."""
        digest = hashlib.sha256()
        for part in (self.faces, self.labels, self.usages.astype("U16"), self.votes):
            digest.update(b"none" if part is None else np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()[:16]

    def of_usage(self, usage: str) -> "FaceSet":
        """Return the faces of one usage; raises TrainingError if there are none."""
        rows = self.usages == usage
        if not rows.any():
            known = ", ".join(sorted(set(self.usages.tolist())))
            raise TrainingError(f"No row has the usage {usage!r}. The data has: {known}.")
        return self.select(rows)


def majority(votes: Votes) -> Labels:
    """Return the emotion with most votes, NO_LABEL where contempt, unknown or not-a-face has most.

    Of equal numbers of votes the first in the order of the file wins, as it does for `numpy.argmax`.
    """
    best = votes.argmax(axis=1)
    return np.where(best < len(_VOTED), _VOTE_TO_EMOTION[np.minimum(best, len(_VOTED) - 1)], NO_LABEL)


def soft_targets(
    votes: Votes, labels: Labels | None = None, *, label_votes: int = 1, drop_single_votes: bool = True
) -> Targets:
    """Return the votes over our seven emotions as shares; rows without such a vote are all 0.

    FER2013's own label, where given, counts as `label_votes` more taggers.

    A single vote among ten is taken for a slip and dropped, as the authors of FER+ do, unless nothing is left
    (Barsoum et al. 2016, arXiv:1608.01041).
    """
    counts = np.zeros((len(votes), len(EMOTIONS)), np.float32)
    counts[:, _VOTE_TO_EMOTION] = votes[:, : len(_VOTED)]
    if labels is not None:
        counts[np.arange(len(counts)), labels] += label_votes
    if drop_single_votes:
        without = np.where(counts > 1, counts, 0)
        counts = np.where(without.any(axis=1, keepdims=True), without, counts)
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    targets: Targets = counts / totals
    return targets


def one_hot(labels: Labels) -> Targets:
    """Return labels as targets, (n, 7)."""
    targets: Targets = np.eye(len(EMOTIONS), dtype=np.float32)[labels]
    return targets
