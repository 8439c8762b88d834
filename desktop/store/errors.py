"""What can go wrong with a database, in plain words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_LOCKED = (
    "another program keeps the database locked",
    "Close what else has the file open (a second Classmood, a database viewer, a backup), then try again.",
)
_READ_ONLY = (
    "the database can not be written",
    "Let your user write the file and its folder, or choose another folder with --data-dir.",
)

# How Python's name of SQLite's result code begins -> why, what to do.
_SQLITE_REASONS = {
    "SQLITE_FULL": ("the disk is full", "Free some space; what was recorded until now is kept."),
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_NOTADB": (
        "the file is not a database, or is damaged",
        "Put back a copy, or move the file elsewhere: Classmood then starts with an empty database.",
    ),
    "SQLITE_CORRUPT": (
        "the database is damaged",
        "Keep the file, and put back an older copy or move it elsewhere: Classmood then starts with an empty "
        "database.",
    ),
    "SQLITE_CANTOPEN": (
        "the file can not be opened or created",
        "Check that its folder exists and your user may write there, or choose another one with --data-dir.",
    ),
    "SQLITE_IOERR": (
        "the disk reports an error",
        "Check that the disk is not full, connected and healthy; what was recorded until now is kept.",
    ),
}


class StoreError(Exception):
    """Sessions can not be read or written; the text says what happened, why, and what to do."""


class UnknownSessionError(StoreError):
    """No session has this id, or more than one begins with it."""


@contextmanager
def translated(action: str, place: str) -> Iterator[None]:
    """Turn what the database layer raises while we `action` ("read the sessions") into a StoreError."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_sentence(action, place, error)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"Can not {action} in {place}: {_first_line(error)}.") from error
    except OSError as error:
        raise StoreError(
            f"Can not {action} in {place}: {error.strerror or error}. Check the folder, or choose another "
            "one with --data-dir."
        ) from error


def _sentence(action: str, place: str, error: DBAPIError) -> str:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorname", "")
        for prefix, (why, remedy) in _SQLITE_REASONS.items():
            if code.startswith(prefix):
                return f"Can not {action} in {place}: {why}. {remedy}"
        return (
            f"Can not {action} in {place}: {_first_line(cause)}. The file may be damaged or not Classmood's."
        )
    return (
        f"Can not {action} in {place}: {_first_line(cause)}. Check that the database server runs and can be "
        "reached, and the address, user and password in the settings."
    )


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
