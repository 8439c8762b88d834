"""Writes sessions to files: all of them are complete, or none is there."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Literal, get_args

from desktop.exports.errors import ExportError
from desktop.exports.formats import write_csv, write_excel, write_parquet
from desktop.exports.tables import TABLES, Row, Table, rows
from desktop.segments import segments
from desktop.store import SessionStore, StoredSession
from desktop.store.records import interval_json
from models.errors import os_reason

Format = Literal["csv", "json", "xlsx", "parquet"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)

JSON_FORMAT: Final = "classmood-sessions"
JSON_VERSION: Final = 1
JSON_BYTES: Final = 64_000_000  # of one file, on both ways: about 40 lessons of 90 minutes

Chunks = Callable[[Table], Iterator[list[Row]]]  # the rows of a table, session by session


def export_sessions(store: SessionStore, ids: Sequence[str], format: Format, out: Path) -> list[Path]:
    """Write sessions to `out` and return the files written; files that are there are replaced.

    Excel: one file with a sheet for each table. CSV and Parquet: if `out` ends in .csv or .parquet the
    intervals, beside it OUT-segments and OUT-sessions; else a folder with the three. JSON: if `out` ends in
    .json one file, else a folder with a file a session. Raises ExportError and StoreError.
    """

    def chunks(table: Table) -> Iterator[list[Row]]:
        for session_id in ids:
            yield list(rows(table, store.load(session_id)))

    with _files(out) as files:
        match format:
            case "json":
                _write_json(store, ids, out, files)
            case "xlsx":
                write_excel(TABLES, chunks, files.new(out))
            case "csv" | "parquet":
                write = write_csv if format == "csv" else write_parquet
                for table, path in zip(TABLES, _table_paths(out, format), strict=True):
                    write(table, chunks(table), files.new(path))
    return files.final


class _Files:
    """Files under temporary names, which get their own names together when all are complete."""

    def __init__(self) -> None:
        self.temporary: list[Path] = []
        self.final: list[Path] = []

    def new(self, path: Path) -> Path:
        """Return the temporary file, readable by its owner only, that `path` is to be written to."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".classmood-", suffix=path.suffix)
        os.close(descriptor)
        self.temporary.append(Path(name))
        self.final.append(path)
        return Path(name)


@contextmanager
def _files(out: Path) -> Iterator[_Files]:
    files = _Files()
    try:
        yield files
        for path in files.final:
            if path.is_dir():
                raise IsADirectoryError(21, "there is a folder of this name", str(path))
        for temporary, path in zip(files.temporary, files.final, strict=True):
            temporary.replace(path)
    except OSError as error:
        raise ExportError(
            "Can not write {place}: {reason}. Free some space, or choose a folder with --out that your "
            "user may write.",
            place=error.filename or out,
            reason=os_reason(error),
        ) from error
    finally:
        for temporary in files.temporary:
            with suppress(OSError):
                temporary.unlink()


def _table_paths(out: Path, format: Format) -> list[Path]:
    """Return where sessions, segments and intervals go."""
    suffix = f".{format}"
    if out.suffix.lower() == suffix:
        others = [out.with_name(f"{out.stem}-{table.name}{out.suffix}") for table in TABLES[:-1]]
        return [*others, out]
    return [out / f"{table.name}{suffix}" for table in TABLES]


def _write_json(store: SessionStore, ids: Sequence[str], out: Path, files: _Files) -> None:
    if out.suffix.lower() == ".json":
        _write_json_file(files.new(out), (store.load(session_id) for session_id in ids))
        return
    for session_id in ids:
        session = store.load(session_id)
        path = out / f"{session.record.started_at:%Y-%m-%d}-{session.record.id}.json"
        _write_json_file(files.new(path), iter([session]))


def _write_json_file(path: Path, sessions: Iterator[StoredSession]) -> None:
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        written += file.write(f'{{"format": "{JSON_FORMAT}", "version": {JSON_VERSION}, "sessions": [')
        for number, session in enumerate(sessions):
            text = json.dumps(session_json(session), allow_nan=False)  # ASCII: a character is a byte
            written += file.write((",\n" if number else "\n") + text)
            if written > JSON_BYTES:
                raise ExportError(
                    "The sessions do not fit into one JSON file of {size} MB, the most that can be "
                    "imported again. Give --out a folder: every session gets a file in it.",
                    size=JSON_BYTES // 1_000_000,
                )
        file.write("\n]}\n")


def session_json(session: StoredSession) -> dict[str, Any]:
    """Return everything of a session as JSON values; `read_sessions` brings it back."""
    return {
        **session.record.as_json(),
        "markers": [{"second": marker.second, "kind": marker.kind} for marker in session.markers],
        "segments": [
            {"kind": segment.kind, "start_s": segment.start, "end_s": segment.end}
            for segment in segments(session.markers, session.end_second)
        ],
        "intervals": [interval_json(interval) for interval in session.intervals],
    }
