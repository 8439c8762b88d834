"""The face detector's pictures: scenes, portraits, tiles with the teacher's boxes, and what is held out."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil, floor
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from models.boxes import Image
from training.data import Faces, FaceSet
from training.detector_drawings import draw_things
from training.detector_teacher import (
    Boxes,
    Labels,
    Look,
    Teacher,
    brighten,
    label_folder,
    read_picture,
    remembered,
    set_upright,
)
from training.errors import TrainingError

_HELD_OUT = 10  # one picture in so many is never learned from
_COPY = 0.8  # correlation of thumbnails from which two pictures are copies
_POINTING_PERSON = "Person10"  # held out as a whole
_PHOTO_SIDE = 200  # the portraits are reduced to this: their faces fill them
_LOOKS = {
    "scenes": Look((0.5, 1.5), tilt_scale=0.8, turns=True),
    "photos": Look((0.25, 0.5), tilt_scale=0.4),
    "pointing04": Look((0.6,)),
    "fer2013": Look((1.0,)),
    "drawings": Look((0.5, 1.0)),
}
_TILE_SCALE = 2  # FER2013's 48 pixels are enlarged for the teacher
_TILE_FRAME = 16  # pixels, after enlarging
_TILE_STEP = 3  # every third of them is enough
_DRAWINGS = 1200


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture with the boxes of its faces; unclear faces are painted over already."""

    name: str
    image: Image
    faces: Boxes


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is composed into training pictures."""

    scenes: tuple[Picture, ...]  # with faces
    empty: tuple[Picture, ...]  # without
    portraits: tuple[Picture, ...]  # photos and head poses: one large face each
    tiles: tuple[Picture, ...] = ()  # faces that fill their picture (FER2013)
    drawings: tuple[Picture, ...] = ()  # things that the teacher takes for no face


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the pictures come from."""

    scenes: Path
    photos: Path
    pointing04: Path
    teacher: Path
    labels: Path  # folder in which the teacher's labels are remembered
    fer2013: FaceSet | None = None


def read_sources(sources: Sources, progress: Callable[[str, int, int], None]) -> tuple[Pictures, Pictures]:
    """Return the pictures to learn from and those held out, labelled by the teacher.

    Raises TrainingError if a picture or the teacher can not be read, or there are too few pictures.
    """

    def labels(folder: Path, name: str) -> Mapping[str, Labels]:
        return remembered(
            sources.labels / f"{name}.json",
            lambda: label_folder(folder, Teacher(sources.teacher), _LOOKS[name], partial(progress, name)),
        )

    scenes = _read(sources.scenes, labels(sources.scenes, "scenes"))
    photos = _read(sources.photos, labels(sources.photos, "photos"), _PHOTO_SIDE)
    poses = _read(sources.pointing04, labels(sources.pointing04, "pointing04"), _PHOTO_SIDE)
    portraits = [picture for picture in (*photos, *poses) if len(picture.faces) == 1]
    tiles = []
    if sources.fer2013 is not None:
        rows = sources.fer2013.of_usage("Training").faces[::_TILE_STEP]
        tiles = _cut_tiles(
            rows,
            remembered(
                sources.labels / "fer2013.json",
                lambda: _label_tiles(rows, Teacher(sources.teacher), partial(progress, "fer2013")),
            ),
        )
    drawings = _read_drawings(
        remembered(
            sources.labels / "drawings.json",
            lambda: _label_drawings(Teacher(sources.teacher), partial(progress, "drawings")),
        )
    )
    parts = []
    learned = [picture for picture in scenes if not is_held_out(picture.name)]
    kept = without_copies([picture for picture in scenes if is_held_out(picture.name)], learned)
    for held_out, chosen in ((False, learned), (True, kept)):
        parts.append(
            Pictures(
                tuple(picture for picture in chosen if len(picture.faces)),
                tuple(picture for picture in chosen if not len(picture.faces)),
                tuple(picture for picture in portraits if is_held_out(picture.name) == held_out),
                tuple(picture for picture in tiles if is_held_out(picture.name) == held_out),
                tuple(picture for picture in drawings if is_held_out(picture.name) == held_out),
            )
        )
        if not (parts[-1].scenes and parts[-1].empty and parts[-1].portraits):
            raise TrainingError(
                "Too few pictures: of scenes with faces, scenes without and portraits a tenth each is held "
                "out. Give more."
            )
    return parts[0], parts[1]


def is_held_out(name: str) -> bool:
    """Return whether the picture of this name is kept from learning; of Pointing'04 a whole person is."""
    if "person" in name.lower() and "/" in name:
        return name.startswith(_POINTING_PERSON)
    return zlib.crc32(name.encode()) % _HELD_OUT == 0


def without_copies(pictures: Sequence[Picture], others: Sequence[Picture]) -> list[Picture]:
    """Return those of `pictures` that are no copy of one of `others`, be it mirrored, turned or darkened."""
    if not others:
        return list(pictures)
    known = np.stack([_thumbnail(other.image) for other in others])
    answer = []
    for picture in pictures:
        turned = [np.rot90(picture.image, quarter) for quarter in range(4)]
        views = np.stack([_thumbnail(view) for one in turned for view in (one, one[:, ::-1])])
        if (known @ views.T).max() < _COPY:
            answer.append(picture)
    return answer


def _thumbnail(image: Image) -> npt.NDArray[np.float64]:
    """Return a 16 x 16 picture as a vector of mean 0 and length 1: products are correlations."""
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (16, 16), interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    small -= small.mean()
    vector: npt.NDArray[np.float64] = small / (np.linalg.norm(small) + 1e-9)
    return vector


def paint_over(image: Image, box: Sequence[float]) -> None:
    """Replace the box by its mean colour."""
    x1, y1 = (max(0, floor(value)) for value in box[:2])
    x2, y2 = (max(0, ceil(value)) for value in box[2:])
    inside = image[y1:y2, x1:x2]
    if inside.size:
        inside[:] = inside.reshape(-1, image.shape[2]).mean(axis=0)


def _read(folder: Path, labels: Mapping[str, Labels], side: int | None = None) -> list[Picture]:
    """Return the labelled pictures, the longer side reduced to `side`."""
    pictures = []
    for name, found in labels.items():
        image = set_upright(brighten(read_picture(folder / name)), found.turn)
        for box in found.unclear:
            paint_over(image, box)
        faces = np.array(found.faces, np.float64).reshape(-1, 4)
        if side is not None and max(image.shape) > side:
            ratio = side / max(image.shape[:2])
            image = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA).astype(np.uint8)
            faces = faces * ratio
        pictures.append(Picture(name, image, faces))
    return pictures


def _label_drawings(teacher: Teacher, progress: Callable[[int, int], None]) -> dict[str, Labels]:
    """Return what the teacher takes for faces in the drawings, by their number."""
    labels = {}
    for number in range(_DRAWINGS):
        labels[f"drawing{number}"] = teacher.label(draw_things(number), _LOOKS["drawings"])
        progress(number + 1, _DRAWINGS)
    return labels


def _read_drawings(labels: Mapping[str, Labels]) -> list[Picture]:
    """Return the drawings in which the teacher sees nothing that might be a face."""
    nothing = np.zeros((0, 4))
    return [
        Picture(name, draw_things(int(name.removeprefix("drawing"))), nothing)
        for name, found in labels.items()
        if not found.faces and not found.unclear
    ]


def _label_tiles(faces: Faces, teacher: Teacher, progress: Callable[[int, int], None]) -> dict[str, Labels]:
    """Return what the teacher sees in FER2013's faces, enlarged and framed, by their number."""
    labels = {}
    for number, face in enumerate(faces):
        large = cv2.resize(face, None, fx=_TILE_SCALE, fy=_TILE_SCALE, interpolation=cv2.INTER_LINEAR)
        frame = _TILE_FRAME
        framed = cv2.copyMakeBorder(large, frame, frame, frame, frame, cv2.BORDER_REPLICATE)
        bgr = cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
        labels[str(number)] = teacher.label(bgr, _LOOKS["fer2013"])
        progress(number + 1, len(faces))
    return labels


def _cut_tiles(faces: Faces, labels: Mapping[str, Labels]) -> list[Picture]:
    """Return the faces in which the teacher sees one face, with its box."""
    tiles = []
    for name, found in labels.items():
        if len(found.faces) == 1 and int(name) < len(faces):
            face = faces[int(name)]
            box = (np.array(found.faces) - _TILE_FRAME) / _TILE_SCALE
            bgr = cv2.cvtColor(face, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
            tiles.append(Picture(name, bgr, box.clip(0, face.shape[0])))
    return tiles
