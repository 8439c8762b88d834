"""Files that are written whole or not at all, and what tells one from another."""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from models.downloads import DownloadableModel, fetch
from models.errors import ModelError
from training.errors import TrainingError

SHIPPED_MODEL = Path(__file__).parents[1] / "models" / "weights" / "emotion.onnx"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is never seen half-written; raises TrainingError if it can not be."""
    if not path.name:
        raise TrainingError(f"{path} is a folder. Give the name of a file.")
    with writing(path):
        beside = path.with_name(f"{path.name}.tmp")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(content)
            beside.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name a file or folder that can not be written: TrainingError."""
    try:
        yield
    except OSError as error:
        raise TrainingError(f"{path} can not be written ({error.strerror or error}).") from error


def fetch_package(package: DownloadableModel, folder: Path) -> Path:
    """Return a package in `folder`, downloaded if it is not there; raises TrainingError."""
    try:
        return fetch(package, folder)
    except ModelError as error:
        raise TrainingError(str(error)) from error


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
