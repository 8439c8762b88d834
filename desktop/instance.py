"""One window for a data folder: a second start brings the first one's window to the front."""

import logging
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from PySide6.QtCore import QFileSystemWatcher, QObject, Signal

from desktop.paths import LOCK_NAME

PATIENCE_S: Final = 3.0  # a first window that does not answer hangs: then the second one opens
_LOOK_S: Final = 0.05

log = logging.getLogger(__name__)


class Instance(QObject):
    """A locked file says that a window is open; a second start leaves a file beside it that calls it.

    Nothing goes over a socket. A folder without locks has as many windows as are started.
    """

    called = Signal()  # somebody started the program again

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._call = folder / "window.call"
        self._lock = FileLock(folder / LOCK_NAME, mode=0o600, thread_local=False)
        self._watcher: QFileSystemWatcher | None = None

    def claim(self) -> bool:
        """Return whether this is the first window; it answers calls from now on."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except OSError as error:
            log.warning("the window can not be claimed: %s", error)
            return True
        _remove(self._call)
        self._watcher = QFileSystemWatcher([str(self._call.parent)])
        self._watcher.directoryChanged.connect(self._on_changed)
        return True

    def call_first(self, patience_s: float = PATIENCE_S) -> bool:
        """Bring the first window to the front; return whether it answered."""
        try:
            os.close(os.open(self._call, os.O_CREAT | os.O_WRONLY, 0o600))
        except OSError as error:
            log.warning("the first window can not be called: %s", error)
            return False
        given_up = time.monotonic() + patience_s
        while self._call.exists():
            if time.monotonic() > given_up:
                _remove(self._call)
                return False
            time.sleep(_LOOK_S)
        return True

    def release(self) -> None:
        """Say that the window is closed."""
        self._watcher = None
        if self._lock.is_locked:
            _remove(Path(self._lock.lock_file))
            self._lock.release()

    def _on_changed(self) -> None:
        if self._call.exists():
            _remove(self._call)  # that is the answer
            self.called.emit()


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
