"""FER2013 pictures, FER+ votes, and the labels, soft targets and splits made from them. NumPy only."""

import csv
import lzma
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
import numpy.typing as npt

from models.emotion import EMOTIONS, FACE_SIZE
from training.errors import TrainingError

Faces = npt.NDArray[np.uint8]  # (n, 48, 48), grey
Labels = npt.NDArray[np.int64]  # (n,), index into EMOTIONS, or NO_LABEL
Votes = npt.NDArray[np.uint8]  # (n, 10), in the order of VOTE_COLUMNS
Targets = npt.NDArray[np.float32]  # (n, 7), rows sum to 1

NO_LABEL = -1
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
_PIXELS = FACE_SIZE * FACE_SIZE
_DIGITS_AND_BLANKS = b"0123456789 \t"


@dataclass(frozen=True, slots=True)
class FaceSet:
    """Faces with the label of FER2013 and, where a votes file was given, the votes of FER+."""

    faces: Faces
    labels: Labels
    usages: npt.NDArray[np.str_]  # (n,), "Training", "PublicTest" or "PrivateTest"
    votes: Votes | None = None

    def __len__(self) -> int:
        return len(self.faces)

    def select(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "FaceSet":
        """Return the faces that a mask or indices pick."""
        votes = None if self.votes is None else self.votes[rows]
        return FaceSet(self.faces[rows], self.labels[rows], self.usages[rows], votes)

    def of_usage(self, usage: str) -> "FaceSet":
        """Return the faces of one usage; raises TrainingError if there are none."""
        rows = self.usages == usage
        if not rows.any():
            known = ", ".join(sorted(set(self.usages.tolist())))
            raise TrainingError(f"No row has the usage {usage!r}. The data has: {known}.")
        return self.select(rows)


def read_faces(path: Path, votes_path: Path | None = None) -> FaceSet:
    """Return all faces of a FER2013 CSV (plain or .xz), joined row by row with a FER+ votes file.

    Raises TrainingError naming the file and the line of the first row that is not as it should be.
    """
    faces: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    usages: list[str] = []
    with _open_rows(path, ("emotion", "pixels", "Usage")) as rows:
        for line, (emotion, pixels, usage) in rows:
            if emotion not in _LABEL_OF_CODE:
                raise TrainingError(f"{path}, line {line}: unknown class {emotion!r}; FER2013 has 0 to 6.")
            faces.append(_parse_pixels(pixels, f"{path}, line {line}"))
            labels.append(_LABEL_OF_CODE[emotion])
            usages.append(usage.strip())
    if not faces:
        raise TrainingError(f"{path} has a header but no rows. Get a whole copy of the file.")
    votes = None
    if votes_path is not None:
        votes = _read_votes(votes_path, usages, path)
    pictures = np.stack(faces).reshape(-1, FACE_SIZE, FACE_SIZE)
    return FaceSet(pictures, np.array(labels), np.array(usages), votes)


def majority(votes: Votes) -> Labels:
    """Return the emotion with most votes, NO_LABEL where contempt, unknown or not-a-face has most.

    Of equal numbers of votes the first in the order of the file wins, as it does for `numpy.argmax`.
    """
    best = votes.argmax(axis=1)
    return np.where(best < len(_VOTED), _VOTE_TO_EMOTION[np.minimum(best, len(_VOTED) - 1)], NO_LABEL)


def soft_targets(votes: Votes, labels: Labels | None = None, *, drop_single_votes: bool = True) -> Targets:
    """Return the votes over our seven emotions as shares; rows without such a vote are all 0.

    FER2013's own label, where given, counts as the vote of one more tagger.

    A single vote among ten is taken for a slip and dropped, as the authors of FER+ do, unless nothing is left
    (Barsoum et al. 2016, arXiv:1608.01041).
    """
    counts = np.zeros((len(votes), len(EMOTIONS)), np.float32)
    counts[:, _VOTE_TO_EMOTION] = votes[:, : len(_VOTED)]
    if labels is not None:
        counts[np.arange(len(counts)), labels] += 1
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


def split(faces: FaceSet, labels: Labels, fraction: float, seed: int) -> tuple[Labels, Labels]:
    """Return row indices (training, validation): stratified by label, identical pictures on the same side."""
    rng = np.random.default_rng(seed)
    groups = _picture_groups(faces.faces)
    validation = np.zeros(len(faces), bool)
    for label in np.unique(labels):
        members = np.unique(groups[labels == label])
        chosen = rng.permutation(members)[: round(len(members) * fraction)]
        validation |= np.isin(groups, chosen)
    if not validation.any() or validation.all():
        raise TrainingError(f"{len(faces)} faces are too few to set {fraction:.0%} of each class aside.")
    return np.flatnonzero(~validation), np.flatnonzero(validation)


_LABEL_OF_CODE = {str(code): EMOTIONS.index(name) for code, name in enumerate(FER2013_EMOTIONS)}


def _picture_groups(faces: Faces) -> Labels:
    """Return for every picture the number of the first picture identical with it."""
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(face.tobytes(), row) for row, face in enumerate(faces)])


def _parse_pixels(text: str, where: str) -> npt.NDArray[np.uint8]:
    if rest := text.encode("ascii", "replace").translate(None, _DIGITS_AND_BLANKS):
        raise TrainingError(f"{where}: {rest[:20].decode()!r} among the pixels, whole numbers are expected.")
    values = np.fromstring(text, dtype=np.int64, sep=" ")
    if values.size != _PIXELS:
        raise TrainingError(
            f"{where}: {values.size} pixels instead of {_PIXELS} ({FACE_SIZE}x{FACE_SIZE}). "
            "The file may be cut short: get a whole copy."
        )
    if values.min() < 0 or values.max() > 255:
        raise TrainingError(f"{where}: pixel {values.max()} is out of range, 0 to 255 is expected.")
    return values.astype(np.uint8)


def _read_votes(path: Path, usages: list[str], faces_path: Path) -> Votes:
    votes: list[list[int]] = []
    with _open_rows(path, ("Usage", *VOTE_COLUMNS)) as rows:
        for line, (usage, *cells) in rows:
            if len(votes) < len(usages) and usage.strip() != usages[len(votes)]:
                raise TrainingError(
                    f"{path}, line {line}: usage {usage!r}, but the same row of {faces_path} has "
                    f"{usages[len(votes)]!r}. The two files must have the same rows in the same order."
                )
            if not all(cell.strip().isdecimal() and int(cell) <= 255 for cell in cells):
                raise TrainingError(f"{path}, line {line}: votes must be whole numbers, not {cells}.")
            votes.append([int(cell) for cell in cells])
    if len(votes) != len(usages):
        raise TrainingError(
            f"{path} has {len(votes)} rows, but {faces_path} has {len(usages)}. "
            "The two files must have the same rows in the same order."
        )
    return np.array(votes, np.uint8)


@contextmanager
def _open_rows(path: Path, columns: tuple[str, ...]) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Open a CSV, plain or .xz, and give its rows as (line number, the cells of `columns`)."""
    try:
        with _open_text(path) as file:
            yield _rows(path, csv.reader(file), columns)
    except FileNotFoundError:
        raise TrainingError(f"{path} is not there. Check the path.") from None
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path} can not be read ({error}). Get a whole copy of the file.") from error


def _open_text(path: Path) -> TextIO:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _rows(
    path: Path, lines: Iterable[list[str]], columns: tuple[str, ...]
) -> Iterator[tuple[int, list[str]]]:
    numbered = enumerate(lines, start=1)
    _, header = next(numbered, (1, list[str]()))
    names = [name.strip() for name in header]
    if missing := [name for name in columns if name not in names]:
        raise TrainingError(f"{path}, line 1: no column {missing[0]!r}; the header is {','.join(names)!r}.")
    places = [names.index(name) for name in columns]
    for line, cells in numbered:
        if len(cells) != len(names):
            raise TrainingError(
                f"{path}, line {line}: {len(cells)} columns instead of {len(names)}. "
                "The file may be cut short: get a whole copy."
            )
        yield line, [cells[place] for place in places]
