"""Face detectors behind one `FaceDetector` protocol: OpenCV's Haar cascade, YuNet, our own (`learned`)."""

import shutil
from pathlib import Path
from typing import Protocol, runtime_checkable

import cv2
import numpy as np
import numpy.typing as npt
from cv2.data import haarcascades

from models.boxes import Box, CropRule, Detection, Image, to_bgr, to_grey
from models.downloads import YUNET
from models.errors import ModelError, os_reason
from models.face_check import FaceCheck, cut_place, logit
from models.learned import CHECK_FILE, FACE_MODEL, LearnedDetector

HAAR_CASCADE = "haarcascade_frontalface_alt2.xml"
DETECTORS = ("haar", "learned", "yunet")
ENLARGED = 1.5  # every other scan of a moving picture
MOST_ENLARGED = 960  # pixels; a larger picture is scanned as it is
SMALL_FACE = 0.2  # of the picture's height: what an enlarged picture is scanned for; larger ones as it is
MOST_CHECKED = 64  # finds of one picture, the surest
_CHECK_CROP = CropRule(scale=1 / 1.15, shift=0.0)  # the cascade's square, as `learned` would frame it
_VOTES, _CHECK, _BEFORE = 0.49, 1.96, -0.42  # what the cascade's logit, the check's and a constant weigh
DOUBLE = 0.5  # of the smaller box: two heads side by side share less, one face found twice shares more


class FaceDetector(Protocol):
    """Finds faces in single pictures. One instance per thread."""

    @property
    def name(self) -> str:
        """Return the name that `create_detector` knows it by."""
        ...

    @property
    def crop(self) -> CropRule:
        """Return how its boxes become the square that the classifier was trained on."""
        ...

    def detect(self, image: Image) -> list[Detection]:
        """Return the faces in `image` (grey, BGR or BGRA, any size), boxes in its pixels."""
        ...


@runtime_checkable
class Alternating(Protocol):
    """What a detector has that looks at consecutive pictures in turns."""

    def start_over(self, *, alone: bool) -> None:
        """Look at the next picture as at the first of a film, or as at one that stands alone."""
        ...


def start_over(detector: FaceDetector, *, alone: bool = False) -> None:
    """Tell a detector that the next picture is none of those before: the same film has the same faces."""
    if isinstance(detector, Alternating):
        detector.start_over(alone=alone)


class HaarDetector:
    """The Viola-Jones cascade (2001) `frontalface_alt2`: upright frontal faces only, each looked at again."""

    name = "haar"
    crop = CropRule(scale=1.0, shift=0.0)  # medians over 1,500 pictures of FER2013: 1.00 and 0.00, 82 % found

    def __init__(
        self,
        min_face: float = 0.06,
        scale_step: float = 1.1,
        *,
        alternates: bool = False,
        checked: bool = True,
    ) -> None:
        """Load the cascade. `min_face`, a share of the picture's height, is what bounds a scan's time.

        With `alternates`, for moving pictures, small faces are looked for in every other picture enlarged:
        the cascade finds some only there, others only in the picture as it is. What it finds is looked at by
        the face check of `learned`; without (`checked` false) scores are the cascade's own.

        Raises ModelError if OpenCV's cascade file or that of the check is missing or damaged.
        """
        self._cascade = _load_cascade(Path(haarcascades) / HAAR_CASCADE)
        self._check = FaceCheck(FACE_MODEL.with_name(CHECK_FILE)) if checked else None
        self._min_face = min_face
        self._scale_step = scale_step
        self._alternates = self._enlarges = alternates

    def detect(self, image: Image) -> list[Detection]:
        """Return the upright frontal faces, scores by the number of windows that agree and by the check."""
        grey = to_grey(image)
        enlarge = self._enlarges and max(grey.shape) <= MOST_ENLARGED
        self._enlarges = self._alternates and not self._enlarges
        if enlarge:
            small = self._scan(_enlarged(grey), self._min_face, SMALL_FACE)
            found = [Detection(_shrunk(one.box), one.score) for one in small]
            found += self._scan(grey, SMALL_FACE, 1.0)
        else:
            found = self._scan(grey, self._min_face, 1.0)
        found = _without_doubles(found)
        return found if self._check is None else _looked_at(self._check, to_bgr(image), found)

    def start_over(self, *, alone: bool) -> None:
        """Enlarge the first picture of a film, but not one that stands alone."""
        self._enlarges = self._alternates and not alone

    def _scan(self, grey: Image, least: float, most: float) -> list[Detection]:
        """Return the faces whose height lies between two shares of the picture's."""
        smallest = max(20, round(least * grey.shape[0]))
        if min(grey.shape) < smallest:
            return []
        largest = max(smallest, round(most * grey.shape[0]))
        boxes, votes = self._cascade.detectMultiScale2(
            grey,
            scaleFactor=self._scale_step,
            minNeighbors=1,
            minSize=(smallest, smallest),
            maxSize=(largest, largest),
        )
        return [
            Detection((float(x), float(y), float(x + w), float(y + h)), _score_of_votes(int(count)))
            for (x, y, w, h), count in zip(boxes, votes, strict=True)
        ]


class YuNetDetector:
    """YuNet (Wu et al. 2023), a small network that also finds turned, tilted and small faces."""

    name = "yunet"
    crop = CropRule(scale=1.0, shift=-0.02)  # as above: 0.99 and -0.02, 94 % found

    def __init__(self, model_path: Path, min_score: float = 0.6) -> None:
        """Load the network. Raises ModelError if the file is missing or is not YuNet."""
        self._network = _load_yunet(model_path, min_score)

    def detect(self, image: Image) -> list[Detection]:
        """Return the faces with the network's own scores."""
        bgr = to_bgr(image)
        height, width = bgr.shape[:2]
        if min(height, width) < 10:
            return []  # a strip holds no face, but makes the network answer with infinities
        self._network.setInputSize((width, height))
        _, found = self._network.detect(bgr)
        if found is None:
            return []
        return [
            Detection((float(x), float(y), float(x + w), float(y + h)), min(1.0, float(score)))
            for x, y, w, h, score in found[:, [0, 1, 2, 3, 14]]
            if 0 < w < 2 * width and 0 < h < 2 * height
        ]


def create_detector(name: str, *, models_dir: Path) -> FaceDetector:
    """Return the detector called `name`. Raises ModelError when its model file is not there or no good."""
    if name == "haar":
        return HaarDetector()
    if name == "learned":
        return LearnedDetector()
    if name == "yunet":
        return YuNetDetector(models_dir / YUNET.file_name)
    raise ModelError(
        "There is no face detector called “{name}”. Choose one of: {names}.",
        name=name,
        names=", ".join(DETECTORS),
    )


def install_yunet(file: Path, models_dir: Path) -> Path:
    """Copy a YuNet model file that the user has into `models_dir` and return its path there.

    Raises ModelError if it can not be read, is no YuNet, or can not be written.
    """
    YuNetDetector(file)
    target = models_dir / YUNET.file_name
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        shutil.copyfile(file, part)
        part.replace(target)
    except OSError as error:
        raise ModelError(
            "Cannot copy {file} to {target} ({reason}). Free some space.",
            file=file,
            target=target,
            reason=os_reason(error),
        ) from error
    return target


def _score_of_votes(votes: int) -> float:
    """Return a score for the number of windows that agree: 0.22 for two, 0.5 for four, 0.8 for nine.

    The slope is that of a logistic regression on 445 finds in street scenes with YuNet as judge, where 16 %
    of those with two votes, 45 % with four, 75 % with nine and 97 % with fifteen or more were faces; the
    offset makes four votes the 0.5 from which on a find is taken for a face (no false one in the shared
    classroom).
    """
    weight = float(votes) ** 1.8
    return float(weight / (weight + 4.0**1.8))


def second_opinions(check: FaceCheck, bgr: Image, found: list[Detection]) -> npt.NDArray[np.float64]:
    """Return the check's logit, (n,), of each of the cascade's finds, framed as `learned` would."""
    places = np.stack([cut_place(bgr, _CHECK_CROP.square(one.box)) for one in found])
    return logit(check.judge(places, np.full(len(found), 0.5, np.float32)))


def joined_logit(
    votes: npt.NDArray[np.float64], opinions: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return one logit for the cascade's own and the check's.

    The weights are those of a logistic regression on finds in held-out pictures of the check's training, the
    constant one less: as many faces pass as by the cascade's votes alone, and a seventh of the others.
    `python -m training second-look` fits and counts them.
    """
    return _VOTES * votes + _CHECK * opinions + _BEFORE


def _looked_at(check: FaceCheck, bgr: Image, found: list[Detection]) -> list[Detection]:
    """Return the finds with scores that join the cascade's opinion with the check's, best first."""
    found = found[:MOST_CHECKED]
    if not found:
        return []
    votes = logit(np.array([one.score for one in found]))
    scores = 1 / (1 + np.exp(-joined_logit(votes, second_opinions(check, bgr, found))))
    order = np.argsort(-scores, kind="stable")
    return [Detection(found[row].box, float(scores[row])) for row in order]


def _without_doubles(found: list[Detection]) -> list[Detection]:
    """Return the finds without those that lie mostly within a surer one: the same face at another scale."""
    kept: list[Detection] = []
    for detection in sorted(found, key=lambda one: one.score, reverse=True):
        if all(_shared(detection.box, other.box) <= DOUBLE for other in kept):
            kept.append(detection)
    return kept


def _enlarged(grey: Image) -> Image:
    return cv2.resize(grey, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_LINEAR).astype(
        np.uint8, copy=False
    )


def _shrunk(box: Box) -> Box:
    x1, y1, x2, y2 = box
    return (x1 / ENLARGED, y1 / ENLARGED, x2 / ENLARGED, y2 / ENLARGED)


def _shared(a: Box, b: Box) -> float:
    """Return the share of the smaller box that the other one covers."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return max(0.0, width) * max(0.0, height) / smaller


def _load_cascade(path: Path) -> cv2.CascadeClassifier:
    try:
        data = path.read_bytes()  # OpenCV itself can not open non-ASCII paths on Windows
    except OSError as error:
        raise ModelError(
            "The face cascade {path} can not be read ({reason}). Install opencv-python again.",
            path=path,
            reason=os_reason(error),
        ) from error
    cascade = cv2.CascadeClassifier()
    try:
        storage = cv2.FileStorage()
        text = data.decode("utf-8", errors="replace")
        storage.open(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
        loaded = cascade.read(storage.getFirstTopLevelNode())
    except cv2.error:
        loaded = False
    if not loaded or cascade.empty():
        raise ModelError("The face cascade {path} is damaged. Install opencv-python again.", path=path)
    return cascade


def _load_yunet(path: Path, min_score: float) -> cv2.FaceDetectorYN:
    try:
        with path.open("rb") as file:
            data = file.read(YUNET.size + 1)
    except FileNotFoundError as error:
        raise ModelError(
            "The YuNet face detector is not there yet: {path} is missing. Run “classmood download yunet”, "
            "or put the file from {url} there.",
            path=path,
            url=YUNET.url,
        ) from error
    except OSError as error:
        raise ModelError(
            "The face detector {path} can not be read ({reason}).", path=path, reason=os_reason(error)
        ) from error
    if not YUNET.is_this(data):  # OpenCV crashes on some files that are almost right
        raise ModelError(
            "{path} is not the YuNet face detector, or is damaged. Run “classmood download yunet”.", path=path
        )
    return cv2.FaceDetectorYN.create(
        "onnx", np.frombuffer(data, np.uint8), np.empty(0, np.uint8), (64, 64), min_score, 0.3, 5000
    )
