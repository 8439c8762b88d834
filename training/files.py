"""Files that are written whole or not at all, and what tells one from another."""

import hashlib
from pathlib import Path

from training.errors import TrainingError

SHIPPED_MODEL = Path(__file__).parents[1] / "models" / "weights" / "emotion.onnx"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is never seen half-written; raises TrainingError if it can not be."""
    beside = path.with_name(f"{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise TrainingError(f"{path} can not be written ({error.strerror or error}).") from error


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
