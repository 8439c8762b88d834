"""Labels for the face detector: YuNet's boxes, found at several sizes and tilts, written down once."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from models.boxes import Detection, Image, iou_matrix
from models.detectors import YuNetDetector
from models.errors import ModelError
from training.errors import TrainingError

Boxes = npt.NDArray[np.float64]  # (n, 4) xyxy
Matrix = npt.NDArray[Any]  # (2, 3) affine

SURE = 0.6  # a face from this score on; between the two nobody can say, and the place is painted over
UNCLEAR = 0.3
_TILTED_SURE = 0.7  # found only in a rotated picture: more is asked
_TILTS = (-40.0, -20.0, 20.0, 40.0)  # degrees
_TURNS = (0.0, 180.0, 45.0, -45.0, 90.0, -90.0, 135.0, -135.0)
_TURN_SIDE = 320  # pixels
_TURN_SURE = 0.5
_TURN_GAIN = 1.2  # how much surer the teacher must be
_DARK = 12  # a border below is none of the picture
_BRIGHT, _LARGEST_GAIN = 205.0, 5.0
_SAME = 0.4  # intersection over union of two boxes of one face
_SMALLEST = 20  # pixels; YuNet looks at no smaller picture


@dataclass(frozen=True, slots=True)
class Labels:
    """What the teacher saw in one picture, boxes xyxy in its pixels."""

    faces: list[list[float]]
    unclear: list[list[float]]
    turn: float = 0.0  # degrees by which the picture is turned (`set_upright`) before the boxes hold


@dataclass(frozen=True, slots=True)
class Look:
    """How the teacher looks at a picture."""

    scales: tuple[float, ...]
    tilt_scale: float | None = None  # tilted faces are looked for at this scale
    turns: bool = False  # the picture may stand on its head or lie on its side: set it upright first


class Teacher:
    """YuNet, looking at one picture several times."""

    def __init__(self, model: Path) -> None:
        """Load YuNet; raises TrainingError if the file is missing or is not YuNet."""
        try:
            self._detector = YuNetDetector(model, min_score=UNCLEAR)
        except ModelError as error:
            raise TrainingError(str(error)) from error

    def label(self, image: Image, look: Look) -> Labels:
        """Return the faces that are seen at the sizes and tilts of `look`."""
        turn = 0.0
        if look.turns:
            turn = self._upright_turn(image)
            image = set_upright(image, turn)
        upright = [found for scale in look.scales for found in self._look(image, scale, 0.0)]
        kept = _merge([], upright)
        if look.tilt_scale is not None:
            tilted = [found for angle in _TILTS for found in self._look(image, look.tilt_scale, angle)]
            ask_more = SURE - _TILTED_SURE
            kept = _merge(kept, [Detection(found.box, found.score + ask_more) for found in tilted])
        return Labels(
            [[round(v, 1) for v in found.box] for found in kept if found.score >= SURE],
            [[round(v, 1) for v in found.box] for found in kept if UNCLEAR <= found.score < SURE],
            turn,
        )

    def _upright_turn(self, image: Image) -> float:
        """Return the degrees to turn the picture by so that the teacher is surest of its faces."""
        sums = {}
        for turn in _TURNS:
            turned = set_upright(image, turn)
            found = self._look(turned, _TURN_SIDE / max(turned.shape), 0.0)
            sums[turn] = sum(face.score for face in found if face.score >= _TURN_SURE)
        best = max(_TURNS, key=lambda turn: sums[turn])
        return best if sums[best] > sums[0.0] * _TURN_GAIN else 0.0

    def _look(self, image: Image, scale: float, angle: float) -> list[Detection]:
        """Return what is seen in the picture resized and rotated by `angle` degrees, in its own pixels."""
        height, width = image.shape[:2]
        there = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
        corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ there.T
        there[:, 2] -= corners.min(axis=0)
        size = np.ceil(np.ptp(corners, axis=0)).astype(int)
        if size.min() < _SMALLEST:
            return []
        flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        if angle:
            turned = cv2.warpAffine(image, there, (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR)
        else:
            turned = cv2.resize(image, (int(size[0]), int(size[1])), interpolation=flags)
        back = cv2.invertAffineTransform(there)
        return [
            Detection(move_box(found.box, back, -angle), found.score)
            for found in self._detector.detect(turned.astype(np.uint8, copy=False))
        ]


def move_box(box: Sequence[float], matrix: Matrix, angle: float) -> tuple[float, float, float, float]:
    """Return the box around the face in `box` after a similarity `matrix` that turns by `angle` degrees.

    The face is taken as the ellipse inside its box: the box around a turned ellipse is smaller than the one
    around a turned rectangle.
    """
    x1, y1, x2, y2 = box
    x, y = matrix @ np.array([(x1 + x2) / 2, (y1 + y2) / 2, 1.0])
    scale = float(np.hypot(matrix[0, 0], matrix[0, 1]))
    width, height = (x2 - x1) * scale / 2, (y2 - y1) * scale / 2
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    half_width, half_height = np.hypot(width * cos, height * sin), np.hypot(width * sin, height * cos)
    return (
        float(x - half_width),
        float(y - half_height),
        float(x + half_width),
        float(y + half_height),
    )


def set_upright(image: Image, turn: float) -> Image:
    """Return the picture turned by `turn` degrees counter-clockwise, without the black corners around it."""
    if turn % 90:
        height, width = image.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
        side = int(np.ceil(np.hypot(height, width)))
        matrix[:, 2] += ((side - width) / 2, (side - height) / 2)
        image = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR).astype(np.uint8)
    elif turn:
        image = np.rot90(image, round(turn / 90))
    bright = image.max(axis=2) >= _DARK
    rows, columns = np.flatnonzero(bright.mean(axis=1) > 0.02), np.flatnonzero(bright.mean(axis=0) > 0.02)
    if len(rows) < _SMALLEST or len(columns) < _SMALLEST:
        return np.ascontiguousarray(image)
    return np.ascontiguousarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def brighten(image: Image) -> Image:
    """Return a dark picture lit well: many of the scenes are darkened to a quarter."""
    values = image.max(axis=2)
    lit = values[values >= _DARK]
    if not lit.size:
        return image
    gain = min(_BRIGHT / float(np.percentile(lit, 97)), _LARGEST_GAIN)
    return cv2.convertScaleAbs(image, alpha=gain).astype(np.uint8) if gain > 1 else image


def label_folder(
    folder: Path, teacher: Teacher, look: Look, progress: Callable[[int, int], None]
) -> dict[str, Labels]:
    """Return the labels of every picture below `folder`, by its path in it.

    Raises TrainingError if there is no picture or one can not be read.
    """
    paths = sorted(folder.rglob("*.jpg"))
    if not paths:
        raise TrainingError(f"{folder} holds no .jpg picture. Give the folder of the pictures.")
    labels = {}
    for done, path in enumerate(paths, 1):
        labels[path.relative_to(folder).as_posix()] = teacher.label(brighten(read_picture(path)), look)
        progress(done, len(paths))
    return labels


def read_picture(path: Path) -> Image:
    """Return the picture as BGR; raises TrainingError if it can not be read."""
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise TrainingError(f"{path} is no picture that OpenCV can read. Remove it.")
    return image.astype(np.uint8, copy=False)


def remembered(path: Path, look: Callable[[], dict[str, Labels]]) -> dict[str, Labels]:
    """Return the labels in the file `path`; if it is not there, `look` and write it."""
    if not path.is_file():
        write_labels(path, look())
    return read_labels(path)


def read_labels(path: Path) -> dict[str, Labels]:
    """Return what `write_labels` has written; raises TrainingError if the file is damaged."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {name: Labels(**row) for name, row in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise TrainingError(f"The labels {path} can not be read ({error}). Remove the file.") from error


def write_labels(path: Path, labels: dict[str, Labels]) -> None:
    """Write the labels as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    beside.write_text(json.dumps({name: asdict(found) for name, found in labels.items()}), encoding="utf-8")
    beside.replace(path)


def _merge(kept: list[Detection], found: Iterable[Detection]) -> list[Detection]:
    """Return `kept` and those of `found` that are no second sight of a face already there, best first."""
    merged = list(kept)
    for one in sorted(found, key=lambda detection: -detection.score):
        if one.score < UNCLEAR:
            continue
        box = np.array([one.box])
        others = np.array([other.box for other in merged]).reshape(-1, 4)
        if not len(others) or (iou_matrix(box, others).max() < _SAME and _covered(box, others) < 0.6):
            merged.append(one)
    return merged


def _covered(box: Boxes, others: Boxes) -> float:
    """Return the largest share of the smaller box that lies in the other one."""
    overlap = np.clip(np.minimum(box[:, 2:], others[:, 2:]) - np.maximum(box[:, :2], others[:, :2]), 0, None)
    areas = np.minimum((box[:, 2:] - box[:, :2]).prod(axis=1), (others[:, 2:] - others[:, :2]).prod(axis=1))
    return float((overlap.prod(axis=1) / np.maximum(areas, 1e-9)).max())
