"""Where files live: what ships with the program, and the user's data folder."""

import errno
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_data_path

_ROOT = Path(__file__).resolve().parent.parent  # the checkout, site-packages, or the bundle
LOCK_NAME = "window.lock"  # in the data folder: a window is open (desktop/instance.py)
ASSETS = _ROOT / "assets"
WEIGHTS = _ROOT / "models" / "weights"


_NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


class DataDirError(Exception):
    """The data folder can not be created or written; the text says why and what to do."""


def default_data_dir() -> Path:
    """Return the folder for settings, database, logs and downloaded models of this user."""
    return user_data_path("classmood", appauthor=False)


@dataclass(frozen=True, slots=True)
class DataDir:
    """The folder that holds everything the program writes; --data-dir chooses another one."""

    root: Path = field(default_factory=default_data_dir)

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / "settings.toml"

    @property
    def database(self) -> Path:
        """SQLite's file, unless the settings name another database."""
        return self.root / "classmood.db"

    @property
    def logs(self) -> Path:
        """Folder of the log files."""
        return self.root / "logs"

    @property
    def models(self) -> Path:
        """Folder of downloaded model files."""
        return self.root / "models"

    def create(self) -> None:
        """Create the folders, for their owner only; raises DataDirError if they can not be written.

        A folder that is already there keeps its rights: it may be shared with other files. A full disk keeps
        nobody from seeing the picture: the recorder says it, and waits for room.
        """
        try:
            for folder in (self.root, self.logs, self.models):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root) as probe:
                probe.write(b"probe")
        except OSError as error:
            if error.errno in _NO_ROOM and self.logs.is_dir():
                return
            raise DataDirError(
                f"The data folder {self.root} can not be written: {error.strerror or error}. Free space or "
                "let your user write there, or choose another folder with --data-dir."
            ) from error


def data_dir_for(chosen: Path | None) -> DataDir:
    """Return the data folder that --data-dir chose, else this user's own."""
    return DataDir() if chosen is None else DataDir(chosen.expanduser().absolute())


def write_private(path: Path, data: bytes) -> None:
    """Write a file at once or not at all, readable by its owner only; raises OSError.

    The bytes are on the disk before the old file is replaced: a power cut leaves the old or the new one.
    """
    path = path.resolve()  # a link stays a link
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows can not sync a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
