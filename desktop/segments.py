"""Markers and segments: what the teacher did when; a segment runs from its marker to the next."""

from dataclasses import dataclass

KINDS = ("lecture", "interactive", "quiz", "group work", "break")  # any other kind is the teacher's own words


@dataclass(frozen=True, slots=True)
class Marker:
    """The moment an activity starts."""

    second: int  # of the session, as in Interval.second; one marker a second
    kind: str  # one of KINDS, or the teacher's own words


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a session with one activity: seconds [start, end)."""

    kind: str
    start: int
    end: int
