"""Markers and segments: what the teacher did when; a segment runs from its marker to the next.

Markers are kept as a tuple in order of their seconds, one marker a second. Every edit is a pure function from
one such tuple to another; indices outside it raise IndexError.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

KINDS = ("lecture", "interactive", "quiz", "group work", "break")  # any other kind is the teacher's own words
UNMARKED: Final = ""  # the kind of what lies before the first marker, and of what was deleted
KIND_LIMIT: Final = 100  # characters


@dataclass(frozen=True, slots=True)
class Marker:
    """The moment an activity starts."""

    second: int  # of the session, as in Interval.second; one marker a second
    kind: str  # one of KINDS, the teacher's own words, or UNMARKED: the activity ends and none starts


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a session with one activity: seconds [start, end)."""

    kind: str
    start: int
    end: int


Markers = tuple[Marker, ...]


def segments(markers: Sequence[Marker], end: int) -> tuple[Segment, ...]:
    """Return the segments of a session of `end` seconds: they cover [0, end) without gap or overlap.

    What lies before the first marker is UNMARKED; a marker at or after the end starts nothing.
    """
    borders = [marker for marker in ordered(markers) if marker.second < end]
    if end > 0 and (not borders or borders[0].second > 0):
        borders.insert(0, Marker(0, UNMARKED))
    ends = [*(marker.second for marker in borders[1:]), end]
    return tuple(
        Segment(marker.kind, marker.second, stop) for marker, stop in zip(borders, ends, strict=False)
    )


def ordered(markers: Iterable[Marker]) -> Markers:
    """Return markers from anywhere in order, one a second (the last one said), with clean kinds."""
    kinds = {max(marker.second, 0): clean_kind(marker.kind) for marker in markers}
    return tuple(Marker(second, kinds[second]) for second in sorted(kinds))


def clean_kind(kind: str) -> str:
    """Return a kind as it is kept: on one line, without outer blanks, at most KIND_LIMIT characters."""
    text = kind.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(text.split())[:KIND_LIMIT].rstrip()


def marker_at(markers: Sequence[Marker], second: int) -> int | None:
    """Return the index of the marker whose segment holds `second`; None before the first one."""
    after = bisect_right(markers, second, key=lambda marker: marker.second)
    return after - 1 if after else None


def kind_at(markers: Sequence[Marker], second: int) -> str:
    """Return which activity runs at `second`."""
    index = marker_at(markers, second)
    return UNMARKED if index is None else markers[index].kind


def mark(markers: Sequence[Marker], second: int, kind: str) -> Markers:
    """Start a segment at `second`; one that starts there already gets the new kind.

    The kind that runs there anyway changes nothing: a key pressed twice is not a second activity.
    """
    kind = clean_kind(kind)
    if kind == kind_at(markers, second):
        return tuple(markers)
    return ordered((*markers, Marker(second, kind)))


def undo(markers: Sequence[Marker]) -> Markers:
    """Take the last marker back: the activity before it goes on."""
    return tuple(markers[:-1])


def move(markers: Sequence[Marker], index: int, second: int, end: int | None = None) -> Markers:
    """Move the start of a segment; it stops a second short of its neighbours and of the `end`."""
    marker = markers[_valid(markers, index)]
    lowest = markers[index - 1].second + 1 if index else 0
    if index + 1 < len(markers):
        highest = markers[index + 1].second - 1
    else:
        highest = max(second, lowest) if end is None else end - 1
    moved = replace(marker, second=max(min(second, highest), lowest))
    return (*markers[:index], moved, *markers[index + 1 :])


def rename(markers: Sequence[Marker], index: int, kind: str) -> Markers:
    """Give a segment another kind; it keeps its borders."""
    renamed = replace(markers[_valid(markers, index)], kind=clean_kind(kind))
    return (*markers[:index], renamed, *markers[index + 1 :])


def merge(markers: Sequence[Marker], index: int) -> Markers:
    """Remove the border at the start of a segment: its time goes to the one before it."""
    _valid(markers, index)
    return (*markers[:index], *markers[index + 1 :])


def delete(markers: Sequence[Marker], index: int) -> Markers:
    """Say that there was no such activity: the time of the segment becomes UNMARKED."""
    cleared = rename(markers, index, UNMARKED)
    kept: list[Marker] = []
    for marker in cleared:
        before = kept[-1].kind if kept else UNMARKED
        if marker.kind != UNMARKED or before != UNMARKED:
            kept.append(marker)
    return tuple(kept)


def _valid(markers: Sequence[Marker], index: int) -> int:
    if not 0 <= index < len(markers):
        raise IndexError(f"there is no marker {index}: there are {len(markers)}")
    return index
