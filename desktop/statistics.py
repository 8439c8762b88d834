"""Session statistics: one-second intervals, shares of emotions, the live picture of the last minutes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """One second of a session, class level only."""

    second: int  # seconds since the session's start, pauses included; [second, second + 1)
    frames: int  # frames analysed
    dropped: int  # frames that the camera gave and nobody had time for
    faces: float  # mean number of classified faces per analysed frame
    unsure: float  # share of those faces whose label was "unsure", 0..1
    brightness: float  # mean brightness of the picture, 0..1
    shares: tuple[float, ...] | None  # mean probability per emotion over faces and frames (EMOTIONS); None without faces


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """What the teacher says of a lesson; free text, all may be empty."""

    course: str = ""
    group: str = ""
    teacher: str = ""
    note: str = ""
