"""What a face detector finds, against YuNet at full size and against boxes drawn by people."""

import time
import xml.etree.ElementTree as ET  # the file is ours
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from models.boxes import Box, Image, iou_matrix
from models.detectors import FaceDetector
from training.detector_data import Picture
from training.detector_teacher import read_picture
from training.errors import TrainingError

SAME = 0.4  # intersection over union from which two boxes are one face
SIZES = (0, 12, 20, 40, 1000)  # pixels of height


@dataclass(slots=True)
class Score:
    """Counts of faces, and what they make."""

    pictures: int = 0
    faces: int = 0  # in the reference
    found: int = 0  # of them by the detector
    detections: int = 0
    right: int = 0  # of them
    heights: list[float] = field(default_factory=list)  # of the reference's faces, pixels
    milliseconds: list[float] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the reference's faces that were found; 1 if there are none."""
        return self.found / self.faces if self.faces else 1.0

    @property
    def precision(self) -> float:
        """Share of the detections that are faces; 1 if there are none."""
        return self.right / self.detections if self.detections else 1.0

    def summary(self) -> dict[str, float]:
        """Return the figures, rounded."""
        return {
            "pictures": self.pictures,
            "faces": self.faces,
            "recall": round(self.recall, 4),
            "precision": round(self.precision, 4),
            "median_height": round(float(np.median(self.heights)), 1) if self.heights else 0.0,
            "ms_p50": round(float(np.median(self.milliseconds)), 2) if self.milliseconds else 0.0,
        }


def judge(
    pictures: Iterable[tuple[Image, Sequence[Box]]], detector: FaceDetector, min_score: float = 0.0
) -> Score:
    """Return how well `detector` finds the faces of pictures that come with their boxes."""
    score = Score()
    for image, faces in pictures:
        started = time.perf_counter()
        detections = detector.detect(image)
        score.milliseconds.append((time.perf_counter() - started) * 1000)
        sure = [found for found in detections if found.score >= min_score]
        boxes = [found.box for found in sorted(sure, key=lambda found: -found.score)]
        pairs = match(faces, boxes)
        score.pictures += 1
        score.faces += len(faces)
        score.detections += len(boxes)
        score.found += pairs
        score.right += pairs
        score.heights.extend(y2 - y1 for _, y1, _, y2 in faces)
    return score


def judge_by_size(
    pictures: Sequence[tuple[Image, Sequence[Box]]], detector: FaceDetector
) -> dict[str, tuple[int, float]]:
    """Return the number of faces and the recall by the height of the face."""
    hits: dict[tuple[int, int], list[bool]] = {pair: [] for pair in pairwise(SIZES)}
    for image, faces in pictures:
        boxes = [found.box for found in detector.detect(image)]
        best = (
            iou_matrix(np.array(faces), np.array(boxes)).max(axis=1)
            if len(faces) and boxes
            else np.zeros(len(faces))
        )
        for (_, y1, _, y2), overlap in zip(faces, best, strict=True):
            pair = next(pair for pair in hits if pair[0] <= y2 - y1 < pair[1])
            hits[pair].append(bool(overlap >= SAME))
    return {
        f"{low}-{high}": (len(marks), round(float(np.mean(marks)), 4))
        for (low, high), marks in hits.items()
        if marks
    }


def match(faces: Sequence[Box], boxes: Sequence[Box]) -> int:
    """Return how many faces have a box of their own; the box named first chooses first."""
    if not len(faces) or not len(boxes):
        return 0
    overlaps = iou_matrix(np.array(boxes, float), np.array(faces, float))
    pairs = 0
    for row in overlaps:
        best = int(row.argmax())
        if row[best] >= SAME:
            overlaps[:, best] = -1
            pairs += 1
    return pairs


def video_frames(path: Path) -> Iterator[Image]:
    """Yield the frames of a video or GIF; raises TrainingError if there is none."""
    video = cv2.VideoCapture(str(path))
    count = 0
    while True:
        there, frame = video.read()
        if not there:
            break
        count += 1
        yield frame.astype(np.uint8, copy=False)
    video.release()
    if not count:
        raise TrainingError(f"{path} is no video that OpenCV can read.")


def with_reference(frames: Iterable[Image], reference: FaceDetector) -> list[tuple[Image, Sequence[Box]]]:
    """Return the pictures, each with the faces that `reference` finds in it at full size."""
    return [(frame, [found.box for found in reference.detect(frame)]) for frame in frames]


def marked_pictures(boxes: Path) -> list[tuple[Image, Sequence[Box]]]:
    """Return the pictures of dlib's XML file with the boxes drawn in it."""
    answer: list[tuple[Image, Sequence[Box]]] = []
    try:
        images = ET.parse(boxes).getroot().iter("image")  # noqa: S314 - a file that the user names
    except (OSError, ET.ParseError) as error:
        raise TrainingError(f"{boxes} can not be read ({error}).") from error
    for image in images:
        found = []
        for box in image.iter("box"):
            left, top, width, height = (float(box.get(k, "0")) for k in ("left", "top", "width", "height"))
            found.append((left, top, left + width, top + height))
        answer.append((read_picture(boxes.parent / (image.get("file") or "")), found))
    return answer


def as_marked(pictures: Iterable[Picture]) -> list[tuple[Image, Sequence[Box]]]:
    """Return labelled pictures for `judge`."""
    return [
        (picture.image, [(float(a), float(b), float(c), float(d)) for a, b, c, d in picture.faces])
        for picture in pictures
    ]
