"""Copies of a SQLite database, made next to it before a newer Classmood changes it."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from desktop.store.errors import StoreError

KEPT: Final = 3


def back_up(file: Path, version: str) -> Path:
    """Copy a database that others may be using, readable by its owner only; keep the last KEPT copies."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    copy = file.with_name(f"{file.name}.{version}-{stamp}.backup")
    unfinished = copy.with_suffix(".unfinished")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        unfinished.replace(copy)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            unfinished.unlink()
        raise StoreError(
            "The copy of {file} that is made before an update can not be written: {error}. Free some "
            "space and let your user write the folder.",
            file=file,
            error=error,
        ) from error
    for old in copies(file)[:-KEPT]:
        old.unlink(missing_ok=True)
    return copy


def copies(file: Path) -> list[Path]:
    """Return the copies of a database, oldest first."""
    beginning = f"{file.name}."
    found = (path for path in file.parent.iterdir() if path.name.startswith(beginning))
    return sorted((path for path in found if path.suffix == ".backup"), key=_stamp)


def remove_copies(file: Path) -> None:
    """Remove all copies of a database: no deleted session lives on in them. Raises OSError."""
    for copy in copies(file):
        copy.unlink(missing_ok=True)


def _stamp(copy: Path) -> str:
    return copy.stem.rpartition("-")[2]
