"""Small data sets, in memory and in FER2013's and FER+'s own formats, drawn by a seed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.emotion import EMOTIONS
from training.data import FER2013_EMOTIONS, PUBLIC_TEST, TRAINING, VALIDATION, VOTE_COLUMNS, FaceSet

HEADER = "emotion,pixels,Usage"
VOTED_AS = {"angry": 4, "disgust": 5, "fear": 6, "happy": 1, "neutral": 0, "sad": 3, "surprise": 2}


def drawn_face(emotion: str, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return a grey (48, 48) cartoon face whose mouth and eyes differ by emotion, with spots of its own."""
    kind = FER2013_EMOTIONS.index(emotion)
    face = np.full((48, 48), 90.0)
    y, x = np.mgrid[:48, :48].astype(float)
    x, y = x + rng.uniform(-2, 2), y + rng.uniform(-2, 2)
    face[((x - 24) / 17) ** 2 + ((y - 24) / 22) ** 2 < 1] = 190
    for eye in (16, 32):
        face[((x - eye) / 4) ** 2 + ((y - 19) / (1.5 + kind * 0.4)) ** 2 < 1] = 80
    face[((x - 24) / (4 + kind)) ** 2 + ((y - 36) / (1 + kind * 0.6)) ** 2 < 1] = 60
    spots = np.kron(rng.normal(0, 30, (12, 12)), np.ones((4, 4)))
    face = np.clip(face + spots + rng.normal(0, 6, face.shape), 0, 255)
    return np.asarray(face, np.uint8)


def face_row(emotion: str, rng: np.random.Generator, usage: str = "Training") -> str:
    """Return one line of a FER2013 file."""
    pixels = " ".join(map(str, drawn_face(emotion, rng).ravel().tolist()))
    return f"{FER2013_EMOTIONS.index(emotion)},{pixels},{usage}"


def votes_row(votes: Sequence[int], usage: str = "Training") -> str:
    """Return one line of a FER+ file."""
    return ",".join([usage, "fer.png", *map(str, votes)])


def sure_votes(emotion: str) -> list[int]:
    """Return nine votes for an emotion and one for another."""
    votes = [0] * len(VOTE_COLUMNS)
    votes[VOTED_AS[emotion]] += 9
    votes[(VOTED_AS[emotion] + 1) % 7] += 1
    return votes


def write_data(folder: Path, counts: dict[str, int], *, each: int = 4, seed: int = 0) -> tuple[Path, Path]:
    """Write (fer2013.csv, fer2013new.csv) with `counts` Training rows and `each` PublicTest rows a class."""
    rng = np.random.default_rng(seed)
    faces, votes = [HEADER], [",".join(["Usage", "Image name", *VOTE_COLUMNS])]
    for usage in ("Training", "PublicTest"):
        for emotion, count in counts.items():
            for _ in range(count if usage == "Training" else each):
                faces.append(face_row(emotion, rng, usage))
                votes.append(votes_row(sure_votes(emotion), usage))
    data, votes_file = folder / "fer2013.csv", folder / "fer2013new.csv"
    data.write_text("\n".join(faces) + "\n", encoding="utf-8")
    votes_file.write_text("\n".join(votes) + "\n", encoding="utf-8")
    return data, votes_file


def split_faces() -> FaceSet:
    """Return 84 faces of seven emotions, taggers agreeing: a third each to learn from, choose by and test."""
    rng = np.random.default_rng(0)
    emotions = list(EMOTIONS) * 12
    return FaceSet(
        np.stack([drawn_face(emotion, rng) for emotion in emotions]),
        np.array([EMOTIONS.index(emotion) for emotion in emotions]),
        np.repeat([TRAINING, VALIDATION, PUBLIC_TEST], 28),
        np.array([sure_votes(emotion) for emotion in emotions], np.uint8),
    )
