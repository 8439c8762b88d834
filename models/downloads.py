"""Model files that are fetched when the user asks for it, and only then: one table, checked on arrival."""

import errno
import hashlib
import os
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO, cast

from models.errors import ModelError, os_reason

SILENCE_S = 20.0  # a server that says nothing for this long is given up
TOTAL_S = 180.0
CHUNK = 64 * 1024  # bytes

Opener = Callable[[str, float], BinaryIO]  # address, timeout in seconds -> the open answer; raises OSError


@dataclass(frozen=True, slots=True)
class DownloadableModel:
    """A model file somewhere on the network, and what it must be."""

    name: str  # what needs it
    file_name: str
    url: str
    sha256: str
    size: int  # bytes
    licence: str

    def is_this(self, data: bytes | bytearray) -> bool:
        """Return whether `data` is the file, to the bit."""
        return len(data) == self.size and hashlib.sha256(data).hexdigest() == self.sha256


YUNET = DownloadableModel(
    name="yunet",
    file_name="yunet_n_640_640.onnx",
    url="https://github.com/ShiqiYu/libfacedetection.train/raw/master/onnx/yunet_n_640_640.onnx",
    sha256="25a606a145a5b6d7271ae138fbd00eba91dad8b83222ae3f2c7ecd0f4a7b0e31",
    size=317_466,
    licence="Apache-2.0 / BSD-3-Clause",
)
DOWNLOADS = {model.name: model for model in (YUNET,)}


def open_https(url: str, timeout_s: float) -> BinaryIO:
    """Open `url` over HTTPS, redirects included; every other scheme is refused. Raises OSError."""
    director = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),  # what an answer redirects to: never http:, never file:
    ):
        director.add_handler(handler)
    return cast(BinaryIO, director.open(url, timeout=timeout_s))


def fetch(model: DownloadableModel, target_dir: Path, opener: Opener = open_https) -> Path:
    """Download `model` into `target_dir` and return its path; a file that is already right is kept.

    The file gets its name only after its size and SHA-256 were found right. Raises ModelError.
    """
    target = target_dir / model.file_name
    if not model.url.startswith("https://"):
        raise ModelError("{url} was not downloaded: only https addresses are.", url=model.url)
    if is_present(model, target_dir):
        return target
    try:
        target_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target_dir, prefix=".download-", delete=False) as file:
            part = Path(file.name)
    except OSError as error:
        raise ModelError(
            "Cannot write into {target_dir} ({reason}). Choose another data folder.",
            target_dir=target_dir,
            reason=os_reason(error),
        ) from error
    try:
        data = _read(model, opener)
        _write(data, part, target)
    finally:
        part.unlink(missing_ok=True)
    return target


def is_present(model: DownloadableModel, target_dir: Path) -> bool:
    """Return whether `target_dir` holds exactly this file."""
    target = target_dir / model.file_name
    try:
        return target.stat().st_size == model.size and model.is_this(target.read_bytes())
    except OSError:
        return False


def _read(model: DownloadableModel, opener: Opener) -> bytes:
    data = bytearray()
    deadline = time.monotonic() + TOTAL_S
    try:
        with opener(model.url, SILENCE_S) as answer:
            while len(data) <= model.size and (chunk := answer.read(CHUNK)):
                data += chunk
                if time.monotonic() > deadline:
                    raise OSError(errno.ETIME, os.strerror(errno.ETIME))
    except (OSError, HTTPException) as error:
        raise ModelError(
            "{file} could not be downloaded from {url}: {reason}. Check the network and try again, or put "
            "the file there by hand.",
            file=model.file_name,
            url=model.url,
            reason=os_reason(error) if isinstance(error, OSError) else error,
        ) from error
    if not model.is_this(data):
        raise ModelError(
            "What {url} sent is not the file that was expected (size or SHA-256 differ), so it was thrown "
            "away. A proxy or login page may stand in between; try again from another network.",
            url=model.url,
        )
    return bytes(data)


def _write(data: bytes, part: Path, target: Path) -> None:
    try:
        part.write_bytes(data)
        part.chmod(0o644)
        part.replace(target)
    except OSError as error:
        raise ModelError(
            "Cannot write {target} ({reason}). Free some space and try again.",
            target=target,
            reason=os_reason(error),
        ) from error
