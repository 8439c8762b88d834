"""Deletes what was recorded: one session, or everything, wherever on this computer it lies."""

import os
from collections.abc import Iterator
from contextlib import closing, suppress

from sqlalchemy import URL

from desktop.paths import DataDir
from desktop.store.claims import Claims
from desktop.store.errors import StoreError
from desktop.store.store import SessionStore


def erase_everything(store: SessionStore, data_dir: DataDir) -> int:
    """Delete all sessions of `store` and of the data folder, copies and logs; return how many sessions.

    What waits for a server goes too. Settings stay. Reports and exports lie where the user put them. Raises
    StoreError, also while a session is being recorded: the recorder would only begin it anew.
    """
    claims = Claims(data_dir.root)
    if claims.recording():
        raise StoreError("A session is being recorded right now. End it first, then delete.")
    deleted = store.delete_all()
    for other in _files(data_dir):
        with closing(other):
            if other.place != store.place:
                deleted += other.delete_all()
    claims.remove_all()
    for log in data_dir.logs.glob("*.log*"):
        with suppress(OSError):
            os.truncate(log, 0)  # programs may be writing it
        with suppress(OSError):
            if log.name != "classmood.log" and not log.with_suffix(".lock").exists():
                log.unlink()
    return deleted


def delete_for_good(store: SessionStore, claims: Claims, session_id: str) -> None:
    """Delete one session for good. Raises StoreError, also while any window records it."""
    if claims.recording(session_id):
        raise StoreError("This session is being recorded right now. End it first, then delete it.")
    store.delete(session_id)


def _files(data_dir: DataDir) -> Iterator[SessionStore]:
    """Return the databases in the data folder: the usual one, and what waits for each server."""
    for path in (data_dir.database, *sorted(data_dir.root.glob("waiting-*.db"))):
        if path.exists():
            yield SessionStore(URL.create("sqlite", database=str(path)))
