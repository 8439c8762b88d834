"""`Claims`: which sessions a living program records, so that one whose program died is told from them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from filelock import BaseFileLock, FileLock, Timeout

from desktop.store.errors import UnknownSessionError
from desktop.store.records import SessionRecord, StoredSession
from desktop.store.store import SessionStore

CONTINUE_WITHIN: Final = timedelta(hours=4)  # after that it is another lesson
_SUFFIX: Final = ".recording"

_log = logging.getLogger(__name__)


class Claims:
    """An empty file for every session that is being recorded on this computer, locked by its program.

    The system lets go of a lock when its program ends, however it ends: a file that nobody has locked is an
    interrupted session's. `claim` and `release` belong to one thread; the rest may be called by any.
    A folder without locks or without room keeps no lesson from being recorded: it is only not offered again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, BaseFileLock] = {}

    def claim(self, session_id: str) -> None:
        """Say that this program records the session from now on."""
        if session_id in self._held:
            return
        lock = self._lock(session_id)
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError) as error:
            _log.warning("the session %s can not be claimed: %s", session_id, error)
        else:
            self._held[session_id] = lock

    def release(self, session_id: str) -> None:
        """Say that the session is over and stored to its end."""
        lock = self._held.pop(session_id, None)
        if lock is not None:
            self._remove(session_id)
            lock.release()

    def give_up(self) -> None:
        """Let go of all sessions as a program that dies would: they are offered again."""
        for lock in self._held.values():
            lock.release()
        self._held.clear()

    def interrupted(self, store: SessionStore) -> tuple[StoredSession, ...]:
        """Return the sessions whose program died before their end, newest first. Raises StoreError."""
        found = []
        for session_id in self._ids():
            with self._unclaimed(session_id) as unclaimed:
                if not unclaimed:
                    continue
                try:
                    session = store.load(session_id)
                except UnknownSessionError:  # deleted, or it waits for a server
                    continue
                if session.record.finished:
                    self._remove(session_id)
                else:
                    found.append(session)
        return tuple(sorted(found, key=lambda session: session.record.started_at, reverse=True))

    def close_interrupted(self, store: SessionStore, record: SessionRecord) -> None:
        """End an interrupted session where it was interrupted. Raises StoreError."""
        with self._unclaimed(record.id) as unclaimed:
            if unclaimed:
                store.finish(record.id, record.ended_at or record.started_at)
                self._remove(record.id)

    def recording(self, session_id: str | None = None) -> bool:
        """Return whether any program records this session, or any, at this moment."""
        for claimed in self._ids() if session_id is None else [session_id]:
            if not self._path(claimed).exists():
                continue
            with self._unclaimed(claimed) as unclaimed:
                if not unclaimed:
                    return True
        return False

    def remove_all(self) -> None:
        """Remove what dead programs left."""
        for session_id in self._ids():
            with self._unclaimed(session_id) as unclaimed:
                if unclaimed:
                    self._remove(session_id)

    def _ids(self) -> list[str]:
        return [path.stem for path in self._folder.glob(f"*{_SUFFIX}")]

    @contextmanager
    def _unclaimed(self, session_id: str) -> Iterator[bool]:
        """Keep others from claiming a session meanwhile; False if a program has claimed it already."""
        lock = self._lock(session_id)
        if session_id in self._held:
            yield False
            return
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def _lock(self, session_id: str) -> FileLock:
        return FileLock(self._path(session_id), mode=0o600, thread_local=False)

    def _remove(self, session_id: str) -> None:
        with suppress(OSError):  # Windows removes it when the lock is released
            self._path(session_id).unlink()

    def _path(self, session_id: str) -> Path:
        return self._folder / Path(f"{session_id}{_SUFFIX}").name  # an id may be anybody's text


def may_continue(record: SessionRecord, now: datetime) -> bool:
    """Return whether an interrupted session is recent enough to be the lesson that is going on."""
    last = record.ended_at or record.started_at
    return now - last < CONTINUE_WITHIN
