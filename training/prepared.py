"""Data as `prepare` leaves it: one NumPy file, already clean and split."""

import io
import zipfile
from pathlib import Path

import numpy as np

from models.emotion import EMOTIONS, FACE_SIZE
from training.data import VOTE_COLUMNS, FaceSet
from training.errors import TrainingError
from training.files import write_whole

SUFFIX = ".npz"


def save_prepared(path: Path, faces: FaceSet) -> None:
    """Write faces, labels, usages and votes; the file appears whole or not at all."""
    votes = {} if faces.votes is None else {"votes": faces.votes}
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, allow_pickle=False, faces=faces.faces, labels=faces.labels, usages=faces.usages, **votes
    )
    write_whole(path, buffer.getvalue())


def load_prepared(path: Path) -> FaceSet:
    """Read what `save_prepared` wrote; raises TrainingError if it is missing, damaged or something else."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as parts:
            votes = parts.get("votes")
            faces = FaceSet(parts["faces"], parts["labels"], parts["usages"], votes)
    except FileNotFoundError:
        raise TrainingError(f"{path} is not there. Check the path, or write it with `prepare`.") from None
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise TrainingError(f"{path} is no whole file of `prepare` ({error}). Write it again.") from error
    count = len(faces.labels)
    shapes = [(faces.faces, (count, FACE_SIZE, FACE_SIZE)), (faces.usages, (count,))]
    if votes is not None:
        shapes.append((votes, (count, len(VOTE_COLUMNS))))
    if any(part.shape != shape for part, shape in shapes) or faces.faces.dtype != np.uint8:
        raise TrainingError(f"{path} is no file of `prepare`: its parts do not fit. Write it again.")
    if count and not (faces.labels.min() >= 0 and faces.labels.max() < len(EMOTIONS)):
        raise TrainingError(f"{path} is no file of `prepare`: it has unknown labels. Write it again.")
    return faces
