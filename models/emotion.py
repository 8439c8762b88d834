"""Emotion classifier: our YOLOv8-cls as ONNX, run by ONNX Runtime, and what it says of a face."""

import json
from collections.abc import Sequence
from math import ceil, floor, isfinite
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from models.boxes import Box, CropRule, Image, to_grey
from models.emotions import EMOTIONS, FOUR_EMOTIONS, Classification, mood_index
from models.errors import ModelError, said
from models.model_file import REMEDY, RUN_ERRORS, image_size, open_model, unusable

__all__ = [
    "EMOTIONS",
    "FACE_SIZE",
    "FOUR_EMOTIONS",
    "IMAGE_SIZES",
    "Classification",
    "EmotionClassifier",
    "cut_face",
    "mood_index",
    "to_network_input",
]

_WHAT = said("emotion model")

FACE_SIZE = 48  # FER2013's pictures: a face at run time must look as blurred as those of the training
IMAGE_SIZES = range(32, 257)  # sides that the network's input may have; the model's metadata says which


class EmotionClassifier:
    """Our YOLOv8-cls in ONNX Runtime: one thread, no spinning, all faces as one batch."""

    name: str
    version: str
    image_size: int  # side of the network's input in pixels

    def __init__(self, model_path: Path) -> None:
        """Load the model. Raises ModelError if the file is missing, damaged or not one of ours."""
        self._session, meta = open_model(model_path, _WHAT)
        self._path = model_path
        self.image_size = image_size(meta, IMAGE_SIZES)
        _check_foreign(self._session, meta, model_path)
        self.name = meta.get("name", model_path.stem)
        self.version = meta.get("version", "")
        trial = self.classify([np.full((FACE_SIZE, FACE_SIZE), 128, np.uint8)])
        if trial.shape != (1, len(EMOTIONS)) or not np.allclose(trial.sum(), 1, atol=1e-3):
            raise ModelError(
                "The emotion model {model_path} gives no probabilities. {remedy}",
                model_path=model_path,
                remedy=REMEDY,
            )

    def classify(self, faces: Sequence[Image]) -> npt.NDArray[np.float32]:
        """Return calibrated probabilities of grey (48, 48) faces, float32 (n, 7), rows sum to 1.

        Raises ModelError if a face has another shape, or if the network can not be run.
        """
        if not faces:
            return np.zeros((0, len(EMOTIONS)), np.float32)
        for face in faces:
            if face.shape != (FACE_SIZE, FACE_SIZE) or face.dtype != np.uint8:
                raise ModelError(
                    "Cannot classify a face of shape {shape}: cut it with cut_face first.", shape=face.shape
                )
        images = to_network_input(faces, self.image_size)
        try:
            (probabilities,) = self._session.run(["probabilities"], {"images": images})
        except RUN_ERRORS as error:
            raise unusable(self._path, _WHAT) from error
        return np.asarray(probabilities, np.float32)


def cut_face(image: Image, box: Box, crop: CropRule) -> Image:
    """Return the face in `box` as the network was trained to see it: grey, uint8, (48, 48).

    Where the square of `crop` leaves the picture the picture's edge is repeated. Raises ModelError for a box
    that is empty or not finite.
    """
    x1, y1, x2, y2 = box
    if not (all(map(isfinite, box)) and x2 > x1 and y2 > y1):
        raise ModelError("Cannot cut a face out of the empty box {box}.", box=box)
    height, width = image.shape[:2]
    left, top, right, bottom = crop.square(box)
    if right - left <= FACE_SIZE:
        return _cut_small(image, left, top, right - left)
    side = round(min(max(right - left, 1), 2 * max(width, height)))  # a wild box must not eat the memory
    x = round(min(max((left + right - side) / 2, -side), width))
    y = round(min(max((top + bottom - side) / 2, -side), height))
    inner_x1, inner_y1 = min(max(x, 0), width - 1), min(max(y, 0), height - 1)
    inner_x2, inner_y2 = max(min(x + side, width), inner_x1 + 1), max(min(y + side, height), inner_y1 + 1)
    face = to_grey(image[inner_y1:inner_y2, inner_x1:inner_x2])
    pads = (max(-y, 0), max(y + side - height, 0), max(-x, 0), max(x + side - width, 0))
    if any(pads):
        face = cv2.copyMakeBorder(face, *pads, cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)
    return _resize(face, FACE_SIZE)


def _cut_small(image: Image, left: float, top: float, side: float) -> Image:
    """Return a square to be enlarged, exactly where it lies between the pixels.

    Of a face of 20 pixels, a whole one to the side is so much that the network may see another emotion.
    """
    height, width = image.shape[:2]
    side = max(side, 1.0)
    x, y = min(max(left, -side), float(width)), min(max(top, -side), float(height))
    x1, y1 = min(max(floor(x), 0), width - 1), min(max(floor(y), 0), height - 1)
    x2, y2 = max(min(ceil(x + side), width), x1 + 1), max(min(ceil(y + side), height), y1 + 1)
    step = side / FACE_SIZE
    place = np.array([[step, 0, x - x1 + step / 2 - 0.5], [0, step, y - y1 + step / 2 - 0.5]])
    return cv2.warpAffine(
        to_grey(image[y1:y2, x1:x2]),
        place,
        (FACE_SIZE, FACE_SIZE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.uint8, copy=False)


def to_network_input(faces: Sequence[Image], side: int) -> npt.NDArray[np.float32]:
    """Return grey (48, 48) faces as network input: float32 (n, 3, side, side), 0..1, channels alike."""
    greys = np.array([_resize(face, side) for face in faces], np.float32).reshape(-1, 1, side, side)
    greys /= 255
    batch = np.empty((len(faces), 3, side, side), np.float32)
    batch[:] = greys
    return batch


def _resize(image: Image, side: int) -> Image:
    shrinks = max(image.shape) > side
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(image, (side, side), interpolation=interpolation).astype(np.uint8, copy=False)


def _check_foreign(session: ort.InferenceSession, meta: dict[str, str], path: Path) -> None:
    """Raise ModelError unless metadata, input and output are those of our models."""
    side = image_size(meta, IMAGE_SIZES)
    try:
        names = json.loads(meta.get("names", "null"))
    except ValueError:
        names = None
    inputs = [(i.name, i.shape[1:]) for i in session.get_inputs()]
    outputs = [(o.name, o.shape[1:]) for o in session.get_outputs()]
    problems = [
        problem
        for problem, found in [
            ("it is not marked as format 1 of Classmood", meta.get("classmood_format") != "1"),
            (f"its emotions are not {', '.join(EMOTIONS)} in this order", names != list(EMOTIONS)),
            (f"its faces are not {FACE_SIZE} pixels", meta.get("face_size") != str(FACE_SIZE)),
            (f"its input is not {IMAGE_SIZES[0]} to {IMAGE_SIZES[-1]} pixels wide", side == 0),
            (
                f"it takes {inputs} and gives {outputs}",
                inputs != [("images", [3, side, side])] or outputs != [("probabilities", [len(EMOTIONS)])],
            ),
        ]
        if found
    ]
    if problems:
        raise ModelError(
            "{path} is not an emotion model of this program: {problem}. {remedy}",
            path=path,
            problem=problems[0],
            remedy=REMEDY,
        )
