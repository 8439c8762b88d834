"""Faces printed in two or three tones, as on shirts and posters: the face check learns that they are none."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from models.boxes import Box, Image, iou_matrix
from training.detector_compose import choose
from training.detector_data import Picture, Pictures
from training.detector_teacher import Boxes

_LONGER = (300, 600)  # pixels of a picture's longer side
_SMALLEST, _LARGEST = 40, 0.75  # pixels of a stencil's side; share of the picture's height
_MOST = 4  # in a picture
_SIDE = 192  # pixels in which a stencil is made

Chance = np.random.Generator
Plane = npt.NDArray[np.float32]


def print_stencils(pictures: Pictures, seed: int, number: int) -> tuple[Image, Boxes, Boxes]:
    """Return picture `number`, BGR, the boxes of its true faces and those of its stencils.

    The same number always gives the same picture.
    """
    rng = np.random.default_rng((seed, number, 7))
    behind = [some for some in (pictures.scenes, pictures.empty, pictures.portraits) if some]
    image, faces = _background(behind[int(rng.integers(len(behind)))], rng)
    stencils: list[Box] = []
    for _ in range(int(rng.integers(1, _MOST + 1))):
        side = float(np.exp(rng.uniform(np.log(_SMALLEST), np.log(max(50, _LARGEST * image.shape[0])))))
        x, y = _chest(faces, side, rng) if len(faces) and rng.random() < 0.4 else _anywhere(image, rng)
        box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
        taken = np.concatenate([faces, np.array(stencils).reshape(-1, 4)])
        if len(taken) and iou_matrix(np.array([box]), taken).any():
            continue
        some = pictures.tiles if pictures.tiles and rng.random() < 0.5 else pictures.portraits
        shown = _print(image, *_stencil(choose(some, rng), round(side), rng), box, rng)
        if shown is not None:
            stencils.append(shown)
    return image, faces, np.array(stencils, np.float64).reshape(-1, 4)


def _background(some: Sequence[Picture], rng: Chance) -> tuple[Image, Boxes]:
    """Return one of the pictures at any size, mirrored or not, and its faces."""
    picture = choose(some, rng)
    zoom = min(1.5, rng.uniform(*_LONGER) / max(picture.image.shape))
    way = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
    image = cv2.resize(picture.image, None, fx=zoom, fy=zoom, interpolation=way).astype(np.uint8)
    faces = picture.faces.reshape(-1, 4) * zoom
    if rng.random() < 0.5:
        width = image.shape[1]
        image = np.ascontiguousarray(image[:, ::-1])
        faces = faces[:, [2, 1, 0, 3]] * (-1, 1, -1, 1) + (width, 0, width, 0)
    return image, faces


def _chest(faces: Boxes, side: float, rng: Chance) -> tuple[float, float]:
    """Return a place below a face, where clothes are."""
    x1, _, x2, y2 = faces[int(rng.integers(len(faces)))]
    return (x1 + x2) / 2 + rng.normal(0, 0.3) * (x2 - x1), y2 + side * rng.uniform(0.5, 0.9)


def _anywhere(image: Image, rng: Chance) -> tuple[float, float]:
    return rng.uniform(0, image.shape[1]), rng.uniform(0, image.shape[0])


def _stencil(picture: Picture, side: int, rng: Chance) -> tuple[Plane, Plane]:
    """Return a face as a print, BGR (side, side, 3), and how much of it is ink, (side, side), 0..1."""
    grey = cv2.GaussianBlur(_face(picture, rng), (0, 0), rng.uniform(1.5, 6))
    steps = (np.arange(_SIDE, dtype=np.float32) + 0.5) * 2 / _SIDE - 1
    oval = (steps / rng.uniform(0.6, 0.9))[None] ** 2 + (steps / rng.uniform(0.75, 0.97))[:, None] ** 2 < 1
    limits = rng.uniform(25, 60, 1) if rng.random() < 0.75 else rng.uniform((15, 45), (35, 75))
    edges = np.percentile(grey[oval], limits)
    softness = rng.uniform(1, 6)
    tone = np.mean([1 / (1 + np.exp(-((grey - e) / softness).clip(-30, 30))) for e in edges], axis=0)
    if rng.random() < 0.12:
        tone = 1 - tone
    light, dark = _inks(rng)
    paint = dark + (light - dark) * tone[:, :, None]
    ink = cv2.GaussianBlur(oval.astype(np.float32), (0, 0), 1.0)
    if rng.random() < 0.35:  # the cloth itself is the dark one
        ink = ink * tone.clip(0, 1)
    turn = cv2.getRotationMatrix2D((_SIDE / 2, _SIDE / 2), rng.normal(0, 10), rng.uniform(0.85, 1.0))
    return _placed(paint, turn, side), _placed(ink, turn, side)


def _placed(plane: npt.NDArray[Any], turn: npt.NDArray[Any], side: int) -> Plane:
    """Return a plane turned and brought to its size."""
    turned = cv2.warpAffine(plane.astype(np.float32), turn, (_SIDE, _SIDE))
    way = cv2.INTER_AREA if side < _SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(turned, (side, side), interpolation=way), np.float32)


def _face(picture: Picture, rng: Chance) -> Plane:
    """Return the first face of a picture and a little around it, grey (_SIDE, _SIDE)."""
    x1, y1, x2, y2 = picture.faces.reshape(-1, 4)[0]
    x, y, reach = (x1 + x2) / 2, (y1 + y2) / 2, (y2 - y1) * rng.uniform(0.55, 0.8)
    left, top = max(0, round(x - reach)), max(0, round(y - reach))
    place = picture.image[top : max(top + 4, round(y + reach)), left : max(left + 4, round(x + reach))]
    grey = cv2.cvtColor(np.ascontiguousarray(place), cv2.COLOR_BGR2GRAY)
    large = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large[:, ::-1] if rng.random() < 0.5 else large, np.float32)


def _inks(rng: Chance) -> tuple[Plane, Plane]:
    """Return a light and a dark colour: cream on black, or any two."""
    if rng.random() < 0.5:
        light = rng.uniform(190, 255) * np.array([rng.uniform(0.7, 1), rng.uniform(0.85, 1), 1])
        dark = np.full(3, rng.uniform(5, 60))
    else:
        light, dark = rng.uniform(100, 255, 3), rng.uniform(0, 120, 3)
    return light.astype(np.float32), dark.astype(np.float32)


def _print(image: Image, paint: Plane, ink: Plane, box: Box, rng: Chance) -> Box | None:
    """Put a stencil on the picture and return the box of what shows; None if that is too little."""
    side = len(ink)
    left, top = round(box[0]), round(box[1])
    x1, y1 = max(0, left), max(0, top)
    x2, y2 = min(image.shape[1], left + side), min(image.shape[0], top + side)
    if x2 - x1 < side * 0.6 or y2 - y1 < side * 0.6:
        return None
    cloth = image[y1:y2, x1:x2]
    paint, ink = (plane[y1 - top : y2 - top, x1 - left : x2 - left] for plane in (paint, ink))
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.5), np.flatnonzero(ink.max(axis=0) > 0.5)
    if not len(rows) or not len(columns):
        return None
    if rng.random() < 0.5:  # weave and folds show through
        below = cloth.astype(np.float32).mean(axis=2, keepdims=True) + 15
        paint = paint * (below / below.mean()) ** rng.uniform(0.2, 0.8)
    share = ink[:, :, None] * rng.uniform(0.65, 1.0)
    cloth[:] = (cloth + (paint - cloth) * share).clip(0, 255).astype(np.uint8)
    return (x1 + columns[0], y1 + rows[0], x1 + columns[-1] + 1.0, y1 + rows[-1] + 1.0)
