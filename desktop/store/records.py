"""`SessionRecord`: a stored session as the rest of the program sees it, and as JSON."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from desktop.segments import Marker
from desktop.statistics import DETAIL_LIMITS, Interval, SessionDetails, Summary, summarize
from models.emotion import EMOTIONS

_MODEL_LIMIT = 200
_SOURCE_LIMIT = 500
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")  # rtsp://user:password@host


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One stored session and what its intervals sum up to. All times are UTC."""

    id: str  # UUID
    started_at: datetime
    ended_at: datetime | None  # of an unfinished session: the end of its last interval, None if it has none
    finished: bool  # False: it is being recorded right now, or the program was interrupted
    details: SessionDetails
    model: str  # name and version of the classifier
    source: str  # what the pictures came from, for people
    summary: Summary

    def as_json(self) -> dict[str, Any]:
        """Return the session as JSON values; times are ISO 8601 in UTC, shares are null without faces."""
        return {
            "id": self.id,
            "started_at": iso_utc(self.started_at),
            "ended_at": None if self.ended_at is None else iso_utc(self.ended_at),
            "finished": self.finished,
            "seconds": self.summary.seconds,
            "faces_mean": self.summary.faces_mean,
            "coverage": self.summary.coverage,
            "unsure": self.summary.unsure,
            "mood_index": self.summary.mood_index,
            "shares": _named(self.summary.shares),
            "course": self.details.course,
            "group": self.details.group,
            "teacher": self.details.teacher,
            "note": self.details.note,
            "model": self.model,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session with everything that is stored of it."""

    record: SessionRecord
    markers: tuple[Marker, ...]
    intervals: tuple[Interval, ...]  # in order of their seconds

    @property
    def end_second(self) -> int:
        """The second after the last one recorded, pauses included."""
        return self.intervals[-1].second + 1 if self.intervals else 0


@dataclass(frozen=True, slots=True)
class Merged:
    """What of a session was new to a database."""

    session_id: str
    new: bool  # the session itself was not there
    seconds: int  # intervals that were not there


def interval_json(interval: Interval) -> dict[str, Any]:
    """Return one interval as JSON values."""
    return {
        "second": interval.second,
        "frames": interval.frames,
        "dropped": interval.dropped,
        "faces": interval.faces,
        "unsure": interval.unsure,
        "brightness": interval.brightness,
        "shares": _named(interval.shares),
    }


def iso_utc(moment: datetime) -> str:
    """Return `moment` as ISO 8601 in UTC, ending in Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def end_of(started_at: datetime, last_second: int | None) -> datetime | None:
    """Return when a session that was never finished ended, as far as its intervals tell."""
    return None if last_second is None else started_at + timedelta(seconds=last_second + 1)


def new_record(
    session_id: str, details: SessionDetails, started_at: datetime, model: str, source: str
) -> SessionRecord:
    """Return a session that begins, with texts that every database can keep; over-long ones are cut."""
    if started_at.tzinfo is None:
        raise ValueError("the start of a session needs its time zone")
    texts = {name: clean_text(getattr(details, name))[:limit] for name, limit in DETAIL_LIMITS.items()}
    return SessionRecord(
        id=session_id,
        started_at=started_at.astimezone(UTC),
        ended_at=None,
        finished=False,
        details=SessionDetails(**texts),
        model=clean_text(model)[:_MODEL_LIMIT],
        source=_USER_INFO.sub("", clean_text(source))[:_SOURCE_LIMIT],
        summary=summarize(()),
    )


def clean_text(text: str) -> str:
    """Return `text` without NUL and outer blanks, and with halves of surrogate pairs replaced."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def _named(shares: tuple[float, ...] | None) -> dict[str, float | None]:
    return dict(zip(EMOTIONS, shares or [None] * len(EMOTIONS), strict=True))
