"""The emotion model of an MLflow registry: asked for over HTTP, checked, and kept for when nobody answers.

MLflow itself is not needed. What arrives is an ONNX file: it is run, never unpickled.
"""

import errno
import hashlib
import json
import os
import re
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.error import HTTPError
from urllib.parse import quote, urlencode

from desktop.paths import write_private
from models.errors import KnownError, os_reason

ANSWER_S = 5.0  # a registry that says nothing for this long is given up
TOTAL_S = 60.0
_CHUNK = 64 * 1024  # bytes
MOST_BYTES = 100_000_000
SCHEMES = ("http://", "https://")

Opener = Callable[[str, float], BinaryIO]  # address, timeout in seconds -> the open answer; raises OSError
MODEL_URI = re.compile(r"^models:/(?P<name>[^/@\s]+)(@(?P<alias>[\w.-]+)|/(?P<version>\d+))$")


class RegistryError(KnownError):
    """The registry does not answer, or what it holds can not be used; the text says what happened."""


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model file that came from a registry, and what is known of it."""

    path: Path
    version: str
    sha256: str


def fetch_registered(registry: str, uri: str, folder: Path, opener: Opener | None = None) -> RegisteredModel:
    """Return the model that `uri` names now; one that is in `folder` already is not fetched again.

    Raises RegistryError if the registry does not answer, has no such model, or sends something else.
    """
    name, alias, version = _parts(uri)
    base = registry.rstrip("/")
    if not base.startswith(SCHEMES):
        raise RegistryError(
            "{registry} is no address of a registry: it must begin with http:// or https://. A registry in a "
            "file is served by `mlflow server`.",
            registry=registry,
        )
    opener = opener or _open
    place = f"{base}/api/2.0/mlflow/"
    if alias:
        asked = f"{place}registered-models/alias?{urlencode({'name': name, 'alias': alias})}"
    else:
        asked = f"{place}model-versions/get?{urlencode({'name': name, 'version': version})}"
    found = _version_in(_read(asked, opener, 1_000_000), uri, base)
    path = folder / f"{found['sha256']}.onnx"
    if not _is(path, found["sha256"]):
        query = urlencode({"path": "model.onnx", "name": name, "version": found["version"]})
        content = _read(f"{base}/model-versions/get-artifact?{query}", opener, MOST_BYTES)
        if hashlib.sha256(content).hexdigest() != found["sha256"]:
            raise RegistryError(
                "What {registry} sent is not the model that was registered (its SHA-256 differs). "
                "Register it again.",
                registry=base,
            )
        _write(path, content)
    model = RegisteredModel(path, found["version"], found["sha256"])
    note = {**asdict(model), "path": path.name, "registry": base, "uri": uri}
    _write(_note_file(folder, base, uri), json.dumps(note, indent=2).encode())
    return model


def kept_model(registry: str, uri: str, folder: Path) -> RegisteredModel | None:
    """Return the model that was fetched last for this registry and name; None if it is gone or damaged."""
    try:
        note = json.loads(_note_file(folder, registry.rstrip("/"), uri).read_text(encoding="utf-8"))
        sha256, version = str(note["sha256"]), str(note["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    path = folder / f"{sha256}.onnx"
    return RegisteredModel(path, version, sha256) if _is(path, sha256) else None


def _parts(uri: str) -> tuple[str, str, str]:
    found = MODEL_URI.fullmatch(uri)
    if found is None:
        raise RegistryError(
            "{uri} names no model of a registry. Give for example models:/emotion@champion.", uri=repr(uri)
        )
    return found["name"], found["alias"] or "", found["version"] or ""


def _version_in(answer: bytes, uri: str, registry: str) -> dict[str, str]:
    """Return version and SHA-256 out of the registry's answer."""
    try:
        found: dict[str, Any] = json.loads(answer)["model_version"]
        tags = {tag["key"]: tag["value"] for tag in found.get("tags", [])}
        version = str(found["version"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RegistryError(
            "{registry} answers, but not as an MLflow registry does. Check the address.", registry=registry
        ) from error
    sha256 = str(tags.get("sha256", ""))
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise RegistryError(
            "{uri} of {registry} was registered without its SHA-256, so it can not be checked. Register it "
            "with `python -m training register`.",
            uri=uri,
            registry=registry,
        )
    return {"version": version, "sha256": sha256}


def _read(address: str, opener: Opener, most: int) -> bytes:
    content = bytearray()
    deadline = time.monotonic() + TOTAL_S
    try:
        with opener(address, ANSWER_S) as answer:
            while len(content) <= most and (chunk := answer.read(_CHUNK)):
                content += chunk
                if time.monotonic() > deadline:
                    raise OSError(errno.ETIME, os.strerror(errno.ETIME))
    except HTTPError as error:
        if error.code == HTTPStatus.NOT_FOUND:
            raise RegistryError(
                "The registry does not have the model ({address}). Register one and promote it.",
                address=address,
            ) from error
        raise _no_model(address, f"HTTP {error.code}") from error
    except OSError as error:
        raise _no_model(address, os_reason(error)) from error
    except (HTTPException, ValueError) as error:
        raise _no_model(address, error) from error
    if len(content) > most:
        raise RegistryError("What {address} sends is too large for a model.", address=address)
    return bytes(content)


def _no_model(address: str, reason: object) -> RegistryError:
    return RegistryError(
        "The registry does not give the model ({address}): {reason}.", address=address, reason=reason
    )


def _open(address: str, timeout_s: float) -> BinaryIO:
    """Open an http or https address; redirects to other schemes are refused. Raises OSError."""
    return cast(BinaryIO, urllib.request.urlopen(address, timeout=timeout_s))  # noqa: S310 - checked above


def _note_file(folder: Path, registry: str, uri: str) -> Path:
    return folder / f"{quote(f'{registry} {uri}', safe='')[-100:]}.json"


def _is(path: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, content)
    except OSError as error:
        raise RegistryError(
            "Cannot write {path} ({reason}). Free some space and try again.",
            path=path,
            reason=os_reason(error),
        ) from error
