"""Frame -> detections -> tracks -> classified faces: what one frame becomes."""

import math
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from desktop.capture.frame import Frame
from desktop.scanning import Scan, Scanner
from models.association import SURE_SCORE
from models.boxes import Box, CropRule, Image, to_grey
from models.emotion import Classification, cut_face
from models.errors import Sentence
from models.tracker import FaceTracker, Track

ANALYSIS_WIDTH = 640  # frames are searched and followed at this width; faces are cut from the full frame
STILL_SIDES = (640, 1280)  # pictures that stand alone are searched at their own size within these bounds
MAX_ENLARGEMENT = 2.0
MAX_CLASSIFIED_PER_FRAME = 32  # bounds the time of one frame; the others take their turn in the next

Probabilities = npt.NDArray[np.float32]


class Classifier(Protocol):
    """What the pipeline needs of `models.emotion.EmotionClassifier`."""

    def classify(self, faces: Sequence[Image]) -> Probabilities:
        """Return emotion probabilities, float32 (n_faces, 7), rows sum to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Face:
    """One face of one frame. `track_id` lives in memory only and means nothing after the session."""

    track_id: int
    box: Box
    score: float
    classification: Classification | None  # None until the track was classified for the first time
    unsure: bool  # the confidence is below the threshold: say "unsure" instead of the label


@dataclass(frozen=True, slots=True)
class FrameResult:
    """A frame and what was found in it; the overlay is always drawn on this very frame."""

    frame: Frame
    faces: tuple[Face, ...]
    stages_ms: dict[str, float] = field(
        default_factory=dict
    )  # time spent per stage: "follow", "classify", ...
    detector: str = ""  # what finds the faces, as far as known


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """How probabilities become what is shown."""

    emotions: Literal[4, 7] = 7
    unsure_below: float = 0.40
    smoothing_s: float = 0.8  # time constant; 0 turns smoothing off
    period_s: float = 0.2  # a followed face is read again after this long


@dataclass(slots=True)
class _Reading:
    """The smoothed probabilities of one track."""

    probabilities: Probabilities
    timestamp: float
    count: int = 1  # readings in it


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A frame, made ready for following what is in it."""

    frame: Frame
    small: Image
    grey: Image
    scale: float  # reduced pixels per pixel of the frame
    scan: Scan | None  # of an immediate scanner
    anew: bool  # the frame shows another scene than the one before
    stages_ms: dict[str, float]


class Pipeline:
    """Turns frames into results; used by one thread. Scans run wherever the scanner runs them."""

    notice: Sentence | None = None  # what the user should know of the networks in it

    def __init__(
        self,
        scanner: Scanner,
        tracker: FaceTracker,
        classifier: Classifier,
        crop: CropRule,
        rule: ReadingRule,
    ) -> None:
        self.rule = rule
        self._scanner = scanner
        self._tracker = tracker
        self._classifier = classifier
        self._crop = crop
        self._readings: dict[int, _Reading] = {}
        self._read_at = 0.0  # timestamp of the last frame
        self._scene = 0  # of the last frame
        self._detector = ""  # that found the newest faces

    def process(self, frame: Frame) -> FrameResult:
        """Return the faces of the next frame of a moving picture."""
        return self._finish(self._prepare(frame))

    def process_all(self, frames: Iterable[Frame]) -> Generator[FrameResult]:
        """Yield what `process` makes of each frame, while a thread already takes and searches the next one.

        For files and an immediate scanner. An error of `frames` comes after the results before it. Close the
        generator before you close what `frames` reads from.
        """
        coming = iter(frames)

        def prepare_next() -> _Prepared | None:
            frame = next(coming, None)
            return None if frame is None else self._prepare(frame)

        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as thread:
            ahead = thread.submit(prepare_next)
            while (prepared := ahead.result()) is not None:
                ahead = thread.submit(prepare_next)
                yield self._finish(prepared)

    def process_still(self, frame: Frame) -> FrameResult:
        """Return the faces of a picture that stands alone: nothing is followed or smoothed."""
        self.reset()
        self._scanner.start_over(alone=True)
        stages: dict[str, float] = {}
        smallest, largest = STILL_SIDES
        small, scale = _resized(frame.image, min(largest, max(smallest, *frame.image.shape[:2])))
        with _timed(stages, "scan"):
            self._scanner.offer(small, to_grey(small), frame.timestamp)
            scan = self._scanner.poll()
        if scan is not None:
            self._note(scan)
        found = [d for d in scan.detections if d.score >= SURE_SCORE] if scan else []
        boxes = [_scaled(d.box, 1 / scale) for d in found]
        with _timed(stages, "classify"):
            if boxes:
                faces = [cut_face(frame.image, box, self._crop) for box in boxes]
                for number, probabilities in enumerate(self._classifier.classify(faces)):
                    self._readings[number] = _Reading(probabilities, frame.timestamp)
        result = tuple(
            self._face(n, box, d.score) for n, (box, d) in enumerate(zip(boxes, found, strict=True))
        )
        self._readings.clear()
        return FrameResult(frame, result, stages, self._detector)

    def _prepare(self, frame: Frame) -> _Prepared:
        anew, self._scene = frame.scene != self._scene, frame.scene
        if anew:
            self._scanner.start_over()
        stages: dict[str, float] = {}
        with _timed(stages, "reduce"):
            small, scale = _resized(frame.image, ANALYSIS_WIDTH)
            grey = to_grey(small)
        scan = None
        if self._scanner.immediate:
            with _timed(stages, "scan"):
                self._scanner.offer(small, grey, frame.timestamp)
                scan = self._scanner.poll()
        return _Prepared(frame, small, grey, scale, scan, anew, stages)

    def _finish(self, prepared: _Prepared) -> FrameResult:
        frame, stages = prepared.frame, dict(prepared.stages_ms)
        if prepared.anew:
            self._forget()
        with _timed(stages, "follow"):
            self._tracker.follow(prepared.grey, frame.timestamp)
        with _timed(stages, "scan"):
            if self._scanner.immediate:
                self._take(prepared.scan)
            else:
                self._take(self._scanner.poll())
                self._scanner.offer(prepared.small, prepared.grey, frame.timestamp)
                self._take(self._scanner.poll())
        tracks = [track for track in self._tracker.tracks if track.confirmed and track.visible]
        with _timed(stages, "classify"):
            self._read(frame, tracks, prepared.scale)
        faces = tuple(self._face(t.id, _scaled(t.box, 1 / prepared.scale), t.score) for t in tracks)
        return FrameResult(frame, faces, stages, self._detector)

    def set_quiet(self, quiet: bool) -> None:
        """Search rarely where a search costs much, or as often as helps."""
        self._scanner.set_quiet(quiet)

    def reset(self) -> None:
        """Forget all tracks: the next frame comes from somewhere else."""
        self._scanner.start_over()
        self._forget()

    def close(self) -> None:
        """End the scanner's thread."""
        self._scanner.close()

    def _take(self, scan: Scan | None) -> None:
        if scan is not None:
            self._note(scan)
            self._tracker.correct(scan.detections, scan.grey, scan.timestamp)

    def _note(self, scan: Scan) -> None:
        """Go by the detector that made a search: `auto` may have changed over."""
        self._detector = scan.detector
        self._crop = scan.crop or self._crop

    def _forget(self) -> None:
        self._tracker.reset()
        self._readings.clear()

    def _read(self, frame: Frame, tracks: Sequence[Track], scale: float) -> None:
        alive = {track.id for track in tracks}
        self._readings = {i: reading for i, reading in self._readings.items() if i in alive}
        due = self._due(tracks, frame.timestamp)
        if not due:
            return
        faces = [cut_face(frame.image, _scaled(track.box, 1 / scale), self._crop) for track in due]
        for track, fresh in zip(due, self._classifier.classify(faces), strict=True):
            before = self._readings.get(track.id)
            if before is None or self.rule.smoothing_s <= 0:
                self._readings[track.id] = _Reading(fresh, frame.timestamp)
                continue
            elapsed_s = max(0.0, frame.timestamp - before.timestamp)
            before.count += 1
            # the first readings count alike: else the very first would be the label for a second
            weight = max(1 / before.count, 1 - math.exp(-elapsed_s / self.rule.smoothing_s))
            before.probabilities = before.probabilities + weight * (fresh - before.probabilities)
            before.timestamp = frame.timestamp

    def _due(self, tracks: Sequence[Track], now: float) -> list[Track]:
        """Return the faces to read in this frame: those never read first, then the longest unread.

        Those read before take turns, an even number in every frame, so that no frame has all the work.
        """
        elapsed_s = now - self._read_at
        self._read_at = now

        def unread_s(track: Track) -> float:
            reading = self._readings.get(track.id)
            return math.inf if reading is None else abs(now - reading.timestamp)

        supported = [track for track in tracks if track.supported]
        due = sorted((t for t in supported if unread_s(t) >= self.rule.period_s), key=unread_s, reverse=True)
        new = sum(track.id not in self._readings for track in due)
        turns = len(supported)
        if 0 < elapsed_s < self.rule.period_s:
            turns = math.ceil(len(supported) * elapsed_s / self.rule.period_s)
        return due[: min(new + turns, MAX_CLASSIFIED_PER_FRAME)]

    def _face(self, track_id: int, box: Box, score: float) -> Face:
        reading = self._readings.get(track_id)
        if reading is None:
            return Face(track_id, box, score, None, unsure=True)
        classification = Classification(tuple(reading.probabilities.tolist()))
        shown = classification.four() if self.rule.emotions == 4 else classification
        return Face(track_id, box, score, classification, unsure=shown.confidence < self.rule.unsure_below)


def _resized(image: Image, side: int) -> tuple[Image, float]:
    """Return the picture with a longer side of `side` pixels, and the scale that was used.

    Small pictures are enlarged, at most twice: it lets the cascade see faces below its 20 pixels.
    """
    scale = min(MAX_ENLARGEMENT, side / max(image.shape[:2]))
    if scale == 1.0:
        return image, 1.0
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(image, size, interpolation=interpolation).astype(np.uint8, copy=False), scale


def _scaled(box: Box, factor: float) -> Box:
    x1, y1, x2, y2 = box
    return (x1 * factor, y1 * factor, x2 * factor, y2 * factor)


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    stages[name] = stages.get(name, 0.0) + (time.perf_counter() - started) * 1000
