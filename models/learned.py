"""Our own face detector: a narrow YOLOv8 as ONNX, its boxes decoded here."""

import json
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from models.boxes import CropRule, Detection, Image, to_bgr
from models.errors import said
from models.face_check import FaceCheck
from models.model_file import RUN_ERRORS, foreign, image_size, open_model, unusable

FACE_MODEL = Path(__file__).parent / "weights" / "face.onnx"
STRIDES = (8, 16, 32)  # pixels of the input between two places that may hold a face
CHECK_FILE = "face_check.onnx"  # beside a detector's file that says "checked"
PROPOSED = 0.04  # score from which the check looks at a place
BINS = 8  # of the distribution over each distance from the place to a side of the box

_SIDES = range(32, 4097)  # of the input, pixels
_LARGEST_ZOOM = 2.0  # a small picture is enlarged by no more
_SAME_FACE = 0.45  # intersection over union from which two boxes are one face
_WITHIN = 0.6  # share of the smaller of two boxes from which they are one face
_MOST_PLACES, _MOST_BOXES = 2000, 256  # the best ones: whatever the picture, the time is bounded
_PADDING = 114  # grey, as in the training
_WHAT = said("face detector")

Array = npt.NDArray[np.float32]


class LearnedDetector:
    """A narrow YOLOv8, distilled from YuNet: it also finds small, turned and tilted faces."""

    name = "learned"
    crop = CropRule(scale=1.15, shift=-0.01)  # medians over 1,500 pictures of FER2013; 91 % found

    def __init__(
        self, model_path: Path = FACE_MODEL, min_score: float = 0.5, *, checked: bool = True
    ) -> None:
        """Load the network and its check; 0.5 is where finding too few and too many balance (see the card).

        Without the check (`checked` false) scores are what the first network alone thinks.

        Raises ModelError if a file is missing, damaged or not one of ours.
        """
        self._session, meta = open_model(model_path, _WHAT)
        _check_foreign(self._session, meta, model_path)
        self.version = meta.get("version", "")
        self._side = image_size(meta, _SIDES)
        self._min_score = min_score
        self._path = model_path
        checked = checked and meta.get("checked") == "1"
        self._check = FaceCheck(model_path.with_name(CHECK_FILE)) if checked else None
        self._run(np.full((64, 64, 3), 128, np.uint8))

    def detect(self, image: Image, side: int | None = None) -> list[Detection]:
        """Return the faces, best first; `side` is the input's longer side if it is not to be the model's own.

        Raises ModelError if the network can not be run.
        """
        bgr = to_bgr(image)
        height, width = bgr.shape[:2]
        zoom = min((side or self._side) / max(height, width), _LARGEST_ZOOM)
        size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
        boxes, scores = self._run(_resize(bgr, size))
        boxes *= np.array([width / size[0], height / size[1]] * 2, np.float32)
        boxes = boxes.clip(0, np.array([width, height] * 2, np.float32))
        if self._check is not None:
            scores = self._check.scores(bgr, boxes, scores)
            order = [row for row in np.argsort(-scores, kind="stable") if scores[row] >= self._min_score]
            boxes, scores = boxes[order], scores[order]
        return [
            Detection((float(x1), float(y1), float(x2), float(y2)), float(score))
            for (x1, y1, x2, y2), score in zip(boxes, scores, strict=True)
            if x2 > x1 and y2 > y1
        ]

    def _run(self, bgr: Image) -> tuple[Array, Array]:
        images = to_detector_input(bgr)
        places = sum((images.shape[2] // stride) * (images.shape[3] // stride) for stride in STRIDES)
        try:
            logits, scores = self._session.run(["logits", "scores"], {"images": images})
        except RUN_ERRORS as error:
            raise unusable(self._path, _WHAT) from error
        if logits.shape != (1, 4 * BINS, places) or scores.shape != (1, places):
            raise unusable(self._path, _WHAT)
        least = self._min_score if self._check is None else min(PROPOSED, self._min_score)
        return decode(logits[0], scores[0], images.shape[2:], least)


def _resize(bgr: Image, size: tuple[int, int]) -> Image:
    """Return the picture at `size` (width, height); halves first, which OpenCV averages much faster."""
    while bgr.shape[1] >= 2 * size[0] and bgr.shape[0] >= 2 * size[1]:
        half = (bgr.shape[1] // 2, bgr.shape[0] // 2)
        bgr = cv2.resize(bgr, half, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    shrinks = bgr.shape[1] > size[0]
    small = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return small.astype(np.uint8, copy=False)


def to_detector_input(bgr: Image) -> Array:
    """Return the picture as float32 (1, 3, h, w), RGB 0..1, padded to multiples of 32."""
    height, width = bgr.shape[:2]
    step = STRIDES[-1]
    images = np.empty((1, 3, -(-height // step) * step, -(-width // step) * step), np.float32)
    images[0, :, height:] = _PADDING
    images[0, :, :height, width:] = _PADDING
    for plane, channel in zip(images[0, ::-1], cv2.split(bgr), strict=True):
        plane[:height, :width] = channel
    images /= 255
    return images


def decode(logits: Array, scores: Array, size: tuple[int, ...], min_score: float) -> tuple[Array, Array]:
    """Return boxes, xyxy (n, 4) in pixels of the input, and scores (n,), best first, one for each face.

    `logits` (4 * BINS, places) are distributions over the distances to left, top, right and bottom (Li et al.
    2020, arXiv:2006.04388), `scores` (places,) 0..1, `size` the input's (height, width).
    """
    kept = np.flatnonzero(scores >= min_score)
    if not len(kept):
        return np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
    places, strides = _places(size)
    weights = logits[:, kept].reshape(4, BINS, -1)
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    distances = (weights * np.arange(BINS, dtype=np.float32)[:, None]).sum(axis=1) / weights.sum(axis=1)
    reach = (distances * strides[kept]).T
    boxes = np.concatenate([places[kept] - reach[:, :2], places[kept] + reach[:, 2:]], axis=1)
    best = _one_each(boxes, scores[kept])
    return boxes[best].astype(np.float32), scores[kept][best].astype(np.float32)


def _one_each(boxes: Array, scores: Array) -> list[int]:
    """Return the rows that stay, best first: none shares much with a better one or lies mostly in it."""
    order = np.argsort(-scores, kind="stable")[:_MOST_PLACES]
    left, top, right, bottom = boxes[order].T
    areas = (right - left) * (bottom - top)
    free = np.ones(len(order), np.bool_)
    stay: list[int] = []
    while len(stay) < _MOST_BOXES and free.any():
        best = free.argmax()
        stay.append(int(order[best]))
        width = np.minimum(right, right[best]) - np.maximum(left, left[best])
        height = np.minimum(bottom, bottom[best]) - np.maximum(top, top[best])
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        free &= shared <= _SAME_FACE * (areas + areas[best] - shared)
        free &= shared <= _WITHIN * np.minimum(areas, areas[best])
        free[best] = False
    return stay


@lru_cache(maxsize=4)
def _places(size: tuple[int, ...]) -> tuple[Array, Array]:
    """Return the centres xy (places, 2) and strides (places,) of an input of (height, width)."""
    height, width = size
    centres, strides = [], []
    for stride in STRIDES:
        y, x = np.mgrid[0 : height // stride, 0 : width // stride].reshape(2, -1)
        centres.append((np.stack([x, y], axis=1) + 0.5) * stride)
        strides.append(np.full(len(x), stride))
    return np.concatenate(centres).astype(np.float32), np.concatenate(strides).astype(np.float32)


def _check_foreign(session: ort.InferenceSession, meta: dict[str, str], path: Path) -> None:
    """Raise ModelError unless metadata, input and outputs are those of our detector."""
    inputs = [one.name for one in session.get_inputs()]
    outputs = [one.name for one in session.get_outputs()]
    expected = {"classmood_format": "1", "task": "faces", "strides": json.dumps(STRIDES), "bins": str(BINS)}
    wrong = [key for key, value in expected.items() if meta.get(key) != value]
    if inputs != ["images"] or outputs != ["logits", "scores"]:
        wrong.append(f"it takes {inputs} and gives {outputs}")
    if not image_size(meta, _SIDES):
        wrong.append("image_size")
    if wrong:
        raise foreign(path, _WHAT, wrong[0])
