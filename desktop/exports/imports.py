"""Reads sessions back from files; whatever is in the file, only sessions or an ImportFileError come out."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import URL

from desktop.exports.errors import ImportFileError
from desktop.exports.writing import JSON_BYTES, JSON_VERSION, session_json
from desktop.segments import Marker, ordered
from desktop.statistics import Interval, SessionDetails, summarize
from desktop.store import SessionStore, StoredSession
from desktop.store.records import new_record
from models.emotion import EMOTIONS
from models.errors import os_reason, said

_SQLITE = b"SQLite format 3\0"  # how its files begin
_SHOWN_FINDINGS = 3
_ROUNDING = 1e-3  # how far from 1 the shares of another program's rounding may sum up to

Second = Annotated[int, Field(ge=0, le=1_000_000)]  # eleven days
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False, hide_input_in_errors=True)


class _Shares(_Part):
    angry: Share | None
    disgust: Share | None
    fear: Share | None
    happy: Share | None
    neutral: Share | None
    sad: Share | None
    surprise: Share | None

    def values(self) -> tuple[float, ...] | None:
        """Return the shares in the order of EMOTIONS; None if all are null."""
        values = [getattr(self, emotion) for emotion in EMOTIONS]
        return None if values[0] is None else tuple(values)

    @model_validator(mode="after")
    def _check(self) -> Self:
        values = [getattr(self, emotion) for emotion in EMOTIONS]
        if any(value is None for value in values):
            if any(value is not None for value in values):
                raise ValueError("either all shares are null or none is")
        elif abs(sum(values) - 1) > _ROUNDING:
            raise ValueError("the shares must sum up to 1")
        return self


class _Marker(_Part):
    second: Second
    kind: str


class _Interval(_Part):
    second: Second
    frames: Count
    dropped: Count
    faces: Annotated[float, Field(ge=0, le=10_000)]
    unsure: Share
    brightness: Share
    shares: _Shares


class _Session(_Part):
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    started_at: AwareDatetime
    ended_at: AwareDatetime | None
    finished: bool
    course: str
    group: str
    teacher: str
    note: str
    model: str
    source: str
    markers: Annotated[list[_Marker], Field(max_length=10_000)]
    intervals: list[_Interval]

    @model_validator(mode="after")
    def _check(self) -> Self:
        for moment in (self.started_at, self.ended_at):
            if moment is not None and not 2000 <= moment.year < 2200:
                raise ValueError("the time of the session is not of our days")
        if self.finished and self.ended_at is None:
            raise ValueError("a finished session needs its end")
        if len({interval.second for interval in self.intervals}) < len(self.intervals):
            raise ValueError("a second comes twice")
        return self


class _Header(_Part):
    format: Literal["classmood-sessions"]
    version: Annotated[int, Field(ge=1)]


class _Document(_Header):
    sessions: list[_Session]


_Model = TypeVar("_Model", bound=_Part)


def read_sessions(path: Path) -> list[StoredSession]:
    """Return the sessions in an export as JSON, or in another Classmood's database. Raises StoreError."""
    if _is_database(path):
        return [_stored(session) for session in _in_database(path)]
    data = _read(path)
    lines = _lines_of_an_export(data)
    header = _validated(_Header, lines[0] + b"]}" if lines else data, path)
    if header.version > JSON_VERSION:
        raise ImportFileError(
            "{path} was written by a newer Classmood (format {version}, this one reads {known}). Update "
            "Classmood, then import it again.",
            path=path,
            version=header.version,
            known=JSON_VERSION,
        )
    if not lines:
        return [_stored(session) for session in _validated(_Document, data, path).sessions]
    return [
        _stored(_validated(_Session, line, path, ("sessions", number)))
        for number, line in enumerate(lines[1:])
    ]


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files to read: those named, and all .json files of folders that are named."""
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob("*.json"))
            if not inside:
                raise ImportFileError("There is no .json file in the folder {path}.", path=path)
            yield from inside
        else:
            yield path


def _lines_of_an_export(data: bytes) -> list[bytes]:
    """Return the first line and then every session, if they stand as `export_sessions` writes them.

    Reading all sessions in one call would hold up the window, for the parser keeps the interpreter's lock.
    """
    first, *sessions = data.rstrip().split(b"\n")
    if not first.endswith(b'"sessions": [') or not sessions or sessions.pop() != b"]}":
        return []
    if any(not line.endswith(b",") for line in sessions[:-1]):
        return []
    return [first, *(line.removesuffix(b",") for line in sessions[:-1]), *sessions[-1:]]


def _is_database(path: Path) -> bool:
    try:
        if not path.is_file():  # a pipe would keep us waiting
            return False
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:  # `_read` says what is wrong
        return False


def _in_database(path: Path) -> Iterator[_Session]:
    """Yield the sessions of a database; a copy is read, for the file may lie where nothing can be written."""
    with tempfile.TemporaryDirectory(prefix="classmood-") as folder:  # for this user only
        copy = Path(folder) / "import.db"
        try:
            for suffix in ("", "-wal"):
                original = path.with_name(path.name + suffix)
                if original.exists():
                    shutil.copyfile(original, copy.with_name(copy.name + suffix))
        except OSError as error:
            raise ImportFileError(
                "{path} can not be read: {reason}. Is the name right?", path=path, reason=os_reason(error)
            ) from error
        with closing(SessionStore(URL.create("sqlite", database=str(copy)))) as store:
            for record in store.list():
                session = session_json(store.load(record.id))
                yield _validated(_Session, json.dumps(session).encode(), path)


def _read(path: Path) -> bytes:
    try:
        if not path.is_file() and path.exists():
            raise ImportFileError("{path} is not a file. Name the JSON file that an export wrote.", path=path)
        with path.open("rb") as file:
            data = file.read(JSON_BYTES + 1)
    except OSError as error:
        raise ImportFileError(
            "{path} can not be read: {reason}. Is the name right?", path=path, reason=os_reason(error)
        ) from error
    if len(data) > JSON_BYTES:
        raise ImportFileError(
            "{path} is larger than {size} MB, more than an export writes into one file. Export the "
            "sessions into a folder and import that.",
            path=path,
            size=JSON_BYTES // 1_000_000,
        )
    return data.removeprefix(b"\xef\xbb\xbf")


def _validated(kind: type[_Model], data: bytes, path: Path, place: tuple[int | str, ...] = ()) -> _Model:
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        findings = error.errors(include_url=False, include_input=False, include_context=False)
        shown = "; ".join(
            _finding((*place, *finding["loc"]), finding["msg"]) for finding in findings[:_SHOWN_FINDINGS]
        )
        more = (
            said(" and {count} more", count=hidden) if (hidden := len(findings) - _SHOWN_FINDINGS) > 0 else ""
        )
        raise ImportFileError(
            "{path} is not an export of Classmood, or is damaged: {shown}{more}. Nothing of it was "
            "imported; export it again with: classmood sessions export --format json",
            path=path,
            shown=shown,
            more=more,
        ) from error


def _finding(place: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, place))}: {message}" if place else message


def _stored(session: _Session) -> StoredSession:
    details = SessionDetails(session.course, session.group, session.teacher, session.note)
    record = new_record(session.id, details, session.started_at, session.model, session.source)
    intervals = tuple(
        Interval(
            second=interval.second,
            frames=interval.frames,
            dropped=interval.dropped,
            faces=interval.faces,
            unsure=interval.unsure,
            brightness=interval.brightness,
            shares=interval.shares.values(),
        )
        for interval in sorted(session.intervals, key=lambda interval: interval.second)
    )
    markers = ordered(Marker(marker.second, marker.kind) for marker in session.markers)
    ended_at = session.ended_at
    record = replace(
        record,
        ended_at=None if ended_at is None else ended_at.astimezone(UTC),
        finished=session.finished,
        summary=summarize(intervals),
    )
    return StoredSession(record, markers, intervals)
