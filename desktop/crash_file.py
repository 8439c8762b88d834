"""The crash file: what Python's fault handler writes when the program dies inside a library."""

import faulthandler
import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from filelock import FileLock, Timeout


class CrashFile:
    """One file for every running program; one that is left with words in it tells of a crash.

    A lock beside it says that its program is alive. A folder that can not be written goes without.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"crash-{uuid.uuid4().hex}.log"
        self._file: TextIO | None = None
        self._lock = _lock_of(self._path)

    def open(self) -> None:
        """Have crashes written from now on."""
        with suppress(OSError, Timeout):
            self._lock.acquire(timeout=0)
            descriptor = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            self._file = os.fdopen(descriptor, "a", encoding="utf-8")
            # Of the failed thread only: the others go on while it writes, and to read their stacks can
            # end the program by a second fault in the midst of the first.
            faulthandler.enable(self._file, all_threads=False)

    def close(self) -> None:
        """Say that the program ended as it should."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
            _remove(self._path)
        self._lock.release()
        _remove(Path(self._lock.lock_file))

    def left_behind(self) -> list[str]:
        """Return what crashed programs wrote, and remove their files."""
        found = []
        for path in sorted(self._folder.glob("crash-*.log")):
            lock = _lock_of(path)
            try:
                lock.acquire(timeout=0)
            except (Timeout, OSError):
                continue  # its program runs
            text = _read(path)
            if text:
                found.append(text)
            _remove(path)
            lock.release()
            _remove(Path(lock.lock_file))
        return found


def _lock_of(path: Path) -> FileLock:
    return FileLock(path.with_suffix(".lock"), mode=0o600, thread_local=False)


def _read(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace")[:20_000].strip()
    return ""


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
