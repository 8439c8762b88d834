"""What can go wrong with a database, in plain words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from models.errors import KnownError, Sentence, os_reason, said

_LOCKED = (
    said("another program keeps the database locked"),
    said(
        "Close what else has the file open (a second Classmood, a database viewer, a backup), then try again."
    ),
)
_READ_ONLY = (
    said("the database can not be written"),
    said("Let your user write the file and its folder, or choose another folder with --data-dir."),
)

# How Python's name of SQLite's result code begins -> why, what to do.
_SQLITE_REASONS = {
    "SQLITE_FULL": (
        said("the disk is full"),
        said("Free some space; what was recorded until now is kept."),
    ),
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_NOTADB": (
        said("the file is not a database, or is damaged"),
        said("Put back a copy, or move the file elsewhere: Classmood then starts with an empty database."),
    ),
    "SQLITE_CORRUPT": (
        said("the database is damaged"),
        said(
            "Keep the file, and put back an older copy or move it elsewhere: Classmood then starts with an "
            "empty database."
        ),
    ),
    "SQLITE_CANTOPEN": (
        said("the file can not be opened or created"),
        said(
            "Check that its folder exists and your user may write there, or choose another one with "
            "--data-dir."
        ),
    ),
    "SQLITE_IOERR": (
        said("the disk reports an error"),
        said("Check that the disk is not full, connected and healthy; what was recorded until now is kept."),
    ),
}


class StoreError(KnownError):
    """Sessions can not be read or written; the text says what happened, why, and what to do."""


class UnknownSessionError(StoreError):
    """No session has this id, or more than one begins with it."""


@contextmanager
def translated(action: Sentence, place: str) -> Iterator[None]:
    """Turn what the database layer raises while we `action` (said("read the sessions")) into a StoreError."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_sentence(action, place, error)) from error
    except SQLAlchemyError as error:
        raise StoreError(
            "Can not {action} in {place}: {cause}.",
            action=action,
            place=place,
            cause=_first_line(error),
        ) from error
    except OSError as error:
        raise StoreError(
            "Can not {action} in {place}: {cause}. Check the folder, or choose another one with --data-dir.",
            action=action,
            place=place,
            cause=os_reason(error),
        ) from error


def _sentence(action: Sentence, place: str, error: DBAPIError) -> Sentence:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorname", "")
        for prefix, (why, remedy) in _SQLITE_REASONS.items():
            if code.startswith(prefix):
                return said(
                    "Can not {action} in {place}: {cause}. {remedy}",
                    action=action,
                    place=place,
                    cause=why,
                    remedy=remedy,
                )
        return said(
            "Can not {action} in {place}: {cause}. The file may be damaged or not Classmood's.",
            action=action,
            place=place,
            cause=_first_line(cause),
        )
    return said(
        "Can not {action} in {place}: {cause}. Check that the database server runs and can be reached, and "
        "the address, user and password in the settings.",
        action=action,
        place=place,
        cause=_first_line(cause),
    )


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
