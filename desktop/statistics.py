"""Session statistics: one-second intervals, how frames become them, and what they sum up to."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.emotions import EMOTIONS, Classification, mood_index

if TYPE_CHECKING:  # the store needs intervals, but not OpenCV and all that makes a frame's result
    from desktop.pipeline import FrameResult

MAX_GAP_S: Final = 300  # a longer jump of the clock is the computer's sleep, not a gap in the picture

DETAIL_LIMITS: Final = {"course": 200, "group": 200, "teacher": 200, "note": 10_000}  # characters


@dataclass(frozen=True, slots=True)
class Interval:
    """One second of a session, class level only."""

    second: int  # seconds since the session's start, pauses included; [second, second + 1)
    frames: int  # frames analysed
    dropped: int  # frames that the camera gave and nobody had time for
    faces: float  # mean number of classified faces per analysed frame
    unsure: float  # share of those faces whose label was "unsure", 0..1
    brightness: float  # mean brightness of the picture, 0..1; 0 without frames
    shares: tuple[float, ...] | None  # mean probability per emotion (EMOTIONS), sum 1; None without faces


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """What the teacher says of a lesson; free text, all may be empty."""

    course: str = ""
    group: str = ""
    teacher: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the intervals of a session, or of a part of it, sum up to."""

    seconds: int  # recorded, gaps included, pauses not
    seconds_with_faces: int
    frames: int
    dropped: int
    faces_mean: float  # over the seconds with frames: a gap says nothing of the class
    unsure: float  # share of the faces, 0..1
    brightness: float  # mean over the seconds with frames, 0..1
    shares: tuple[float, ...] | None  # mean over the intervals weighted by faces, sum 1; None without faces

    @property
    def coverage(self) -> float:
        """Share of the recorded seconds in which a face was read, 0..1."""
        return self.seconds_with_faces / self.seconds if self.seconds else 0.0

    @property
    def mood_index(self) -> float | None:
        """Mood index of the shares, -1..1; None without faces."""
        return None if self.shares is None else mood_index(self.shares)


def four_shares(shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return seven shares (EMOTIONS) renormalised over FOUR_EMOTIONS."""
    return Classification(shares).four().probabilities


def summarize(intervals: Iterable[Interval]) -> Summary:
    """Return what `intervals` sum up to; their order does not matter."""
    seconds = seconds_with_faces = frames = dropped = watched = 0
    faces = unsure = brightness = 0.0
    weighted = [0.0] * len(EMOTIONS)
    for interval in intervals:
        seconds += 1
        frames += interval.frames
        dropped += interval.dropped
        if interval.frames:
            watched += 1
            faces += interval.faces
            brightness += interval.brightness
        if interval.shares is not None:
            seconds_with_faces += 1
            unsure += interval.faces * interval.unsure
            for index, share in enumerate(interval.shares):
                weighted[index] += interval.faces * share
    return Summary(
        seconds=seconds,
        seconds_with_faces=seconds_with_faces,
        frames=frames,
        dropped=dropped,
        faces_mean=faces / watched if watched else 0.0,
        unsure=min(unsure / faces, 1.0) if faces > 0 else 0.0,
        brightness=brightness / watched if watched else 0.0,
        shares=_normalized(weighted),
    )


class IntervalAccumulator:
    """Turns frame results into one `Interval` per second, in order and never the same second twice.

    Not thread-safe. Time is the session's own, in seconds since its start. A frame that claims to be older
    than the current second counts to the current second: the seconds before it are already handed out.
    """

    def __init__(self) -> None:
        self._second = 0
        self._clear()

    def add(self, result: "FrameResult", elapsed_s: float, brightness: float) -> list[Interval]:
        """Count a frame seen `elapsed_s` after the start; return the seconds that this completed.

        A face that was not classified yet counts for nothing. `brightness` is the picture's mean, 0..1.
        """
        completed = self.advance(elapsed_s)
        self._frames += 1
        self._brightness += min(max(brightness, 0.0), 1.0)
        for face in result.faces:
            if face.classification is None:
                continue
            if face.classification.emotions != EMOTIONS:
                raise ValueError(f"intervals are made of {EMOTIONS}, not {face.classification.emotions}")
            self._faces += 1
            self._unsure += face.unsure
            for index, probability in enumerate(face.classification.probabilities):
                self._probabilities[index] += probability
        return completed

    def add_dropped(self, count: int) -> None:
        """Count frames of the current second for which nobody had time."""
        self._dropped += count

    def advance(self, elapsed_s: float) -> list[Interval]:
        """Return every second that ended before `elapsed_s`; those without a frame are gaps (frames=0).

        After a jump of more than MAX_GAP_S the seconds slept through are left out, as in a pause.
        """
        target = math.floor(elapsed_s)
        if target <= self._second:
            return []
        completed = [self._take()]
        if target - self._second <= MAX_GAP_S:
            while self._second < target:
                completed.append(self._take())
        self._second = target
        return completed

    def finish(self) -> list[Interval]:
        """Return the second that has begun, if it has a frame: at a pause and at the end."""
        if not self._frames:
            self._clear()
            return []
        return [self._take()]

    def resume(self, elapsed_s: float) -> None:
        """Go on after a pause (`finish`): the seconds in between are neither recorded nor gaps."""
        self._second = max(self._second, math.floor(elapsed_s))

    def _take(self) -> Interval:
        interval = Interval(
            second=self._second,
            frames=self._frames,
            dropped=self._dropped,
            faces=self._faces / self._frames if self._frames else 0.0,
            unsure=self._unsure / self._faces if self._faces else 0.0,
            brightness=self._brightness / self._frames if self._frames else 0.0,
            shares=_normalized(self._probabilities),
        )
        self._second += 1
        self._clear()
        return interval

    def _clear(self) -> None:
        self._frames = self._dropped = self._faces = self._unsure = 0
        self._brightness = 0.0
        self._probabilities = [0.0] * len(EMOTIONS)


def _normalized(sums: list[float]) -> tuple[float, ...] | None:
    total = math.fsum(sums)
    return tuple(value / total for value in sums) if total > 0 else None
