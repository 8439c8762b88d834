"""Data sets as folders: one sub-folder of pictures per class, as Kaggle's FER2013, CK+48 and RAF-DB."""

from pathlib import Path

import cv2
import numpy as np

from models.boxes import to_grey
from models.emotion import EMOTIONS, FACE_SIZE
from training.data import FER2013_EMOTIONS, PRIVATE_TEST, PUBLIC_TEST, TRAINING, FaceSet
from training.errors import TrainingError

_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".gif"}
_USAGES = {  # folders above the classes
    "train": TRAINING,
    "training": TRAINING,
    "test": PUBLIC_TEST,
    "val": PUBLIC_TEST,
    "valid": PUBLIC_TEST,
    "validation": PUBLIC_TEST,
    "publictest": PUBLIC_TEST,
    "privatetest": PRIVATE_TEST,
}
_NAMES = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "afraid": "fear",
    "happiness": "happy",
    "neutrality": "neutral",
    "sadness": "sad",
    "surprised": "surprise",
} | {name: name for name in EMOTIONS}
_LEFT_OUT = {"contempt"}  # CK+ has it, we do not
_RAF_DB = ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")  # its folders 1 to 7


def read_folder(path: Path, problems: list[str] | None = None) -> FaceSet:
    """Return the pictures of a folder, cut to a square, grey, 48 pixels; any size and mode is read.

    Above the classes there may be folders for training and test. Raises TrainingError for a folder that is no
    class and for a file that is no picture; given `problems`, such a file is left out and noted there.
    """
    faces, labels, usages = [], [], []
    for folder, usage in _usage_folders(path):
        for name, class_folder in _class_folders(folder):
            for file in _entries(class_folder):
                if file.suffix.lower() not in _PICTURES:
                    continue
                try:
                    faces.append(_read_picture(file))
                except TrainingError as error:
                    if problems is None:
                        raise
                    problems.append(str(error))
                else:
                    labels.append(EMOTIONS.index(name))
                    usages.append(usage)
    if not faces:
        if problems:
            raise TrainingError(
                f"{path} holds no pictures that can be read. The first of {len(problems)}: {problems[0]}"
            )
        raise TrainingError(f"{path} holds no pictures in folders named after emotions.")
    return FaceSet(np.stack(faces), np.array(labels, np.int64), np.array(usages))


def _usage_folders(path: Path) -> list[tuple[Path, str]]:
    folders = _folders(path)
    usages = [_USAGES.get(folder.name.lower()) for folder in folders]
    if folders and all(usages):
        return [(folder, usage) for folder, usage in zip(folders, usages, strict=True) if usage]
    return [(path, TRAINING)]


def _class_folders(path: Path) -> list[tuple[str, Path]]:
    """Return (emotion, folder) for every class that we have."""
    folders = _folders(path)
    names = {folder.name for folder in folders}
    numbers: dict[str, str] = {}
    if "7" in names:
        numbers = {str(number): name for number, name in enumerate(_RAF_DB, start=1)}
    elif "0" in names:
        numbers = {str(number): name for number, name in enumerate(FER2013_EMOTIONS)}
    found = []
    for folder in folders:
        name = folder.name.lower().strip()
        if name in _LEFT_OUT:
            continue
        emotion = numbers.get(name) or _NAMES.get(name)
        if emotion is None:
            raise TrainingError(
                f"{folder}: {folder.name!r} is no class. Name the folders {', '.join(EMOTIONS)}; "
                "numbers are read as FER2013's with a 0 among them, as RAF-DB's with a 7."
            )
        found.append((emotion, folder))
    return found


def _folders(path: Path) -> list[Path]:
    return [entry for entry in _entries(path) if entry.is_dir() and not entry.name.startswith(".")]


def _entries(path: Path) -> list[Path]:
    try:
        return sorted(path.iterdir())
    except OSError as error:
        raise TrainingError(f"{path} can not be read ({error.strerror}).") from error


def _read_picture(path: Path) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Return the middle square of a picture, grey, (48, 48)."""
    try:
        data = np.fromfile(path, np.uint8)  # OpenCV can not open every path on Windows
    except OSError as error:
        raise TrainingError(f"{path} can not be read ({error.strerror}).") from error
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except cv2.error as error:  # more than 2**30 pixels
        raise TrainingError(f"{path} is no picture that can be opened ({error.err}).") from error
    if picture is None:
        raise TrainingError(f"{path} is no picture, or a damaged one.")
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = to_grey(picture[top : top + side, left : left + side].astype(np.uint8, copy=False))
    interpolation = cv2.INTER_AREA if side > FACE_SIZE else cv2.INTER_LINEAR
    face = cv2.resize(square, (FACE_SIZE, FACE_SIZE), interpolation=interpolation)
    return face.astype(np.uint8, copy=False).reshape(FACE_SIZE, FACE_SIZE)
