"""`Lesson`: everything a report knows of one session, as figures and without words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from desktop.report.bootstrap import Bootstrap, bootstrap
from desktop.segments import Marker, Segment, segments
from desktop.statistics import Interval, Summary, summarize
from desktop.store import SessionRecord


@dataclass(frozen=True, slots=True)
class Part:
    """One segment of a lesson and what its seconds sum up to."""

    segment: Segment
    summary: Summary


@dataclass(frozen=True, slots=True)
class Lesson:
    """A session's figures."""

    record: SessionRecord
    intervals: tuple[Interval, ...]
    summary: Summary
    parts: tuple[Part, ...]  # one after the other
    kinds: tuple[tuple[str, Summary], ...]  # all parts of a kind together, in the order of their beginning
    bootstrap: Bootstrap
    end: int  # seconds from start to end, pauses included
    gap_s: int  # seconds without a picture
    ended_s: int  # of these, those at the end: a file was over, or the camera was lost for good
    pause_s: int  # seconds not recorded, between the first and the last
    frame_rate: float  # analysed frames a second, where there was a picture

    @property
    def marked(self) -> bool:
        """Whether the teacher marked anything."""
        return any(part.segment.kind for part in self.parts)


def lesson(record: SessionRecord, intervals: Sequence[Interval], markers: Sequence[Marker]) -> Lesson:
    """Return the figures of a session."""
    ordered = tuple(sorted(intervals, key=lambda interval: interval.second))
    end = ordered[-1].second + 1 if ordered else 0
    parts: list[Part] = []
    by_kind: dict[str, list[Interval]] = {}
    kind_of: list[str] = []
    position = 0
    for segment in segments(markers, end):
        first = position
        while position < len(ordered) and ordered[position].second < segment.end:
            position += 1
        inside = ordered[first:position]
        if inside:
            parts.append(Part(segment, summarize(inside)))
            by_kind.setdefault(segment.kind, []).extend(inside)
            kind_of.extend([segment.kind] * len(inside))
    summary = summarize(ordered)
    with_frames = sum(1 for interval in ordered if interval.frames)
    ended = sum(1 for _ in takewhile(lambda interval: not interval.frames, reversed(ordered)))
    return Lesson(
        record=record,
        intervals=ordered,
        summary=summary,
        parts=tuple(parts),
        kinds=tuple((kind, summarize(inside)) for kind, inside in by_kind.items()),
        bootstrap=bootstrap(ordered, kind_of),
        end=end,
        gap_s=summary.seconds - with_frames,
        ended_s=ended,
        pause_s=end - ordered[0].second - summary.seconds if ordered else 0,
        frame_rate=summary.frames / with_frames if with_frames else 0.0,
    )
