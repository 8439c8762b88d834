"""ONNX files of ours: read whole, checked against their checksum, opened for one thread."""

import hashlib
from pathlib import Path

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from models.errors import ModelError

REMEDY = "Put the model file of this program's release back in its place."
RUN_ERRORS = (
    ort_errors.EPFail,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    RuntimeError,
)


def open_model(path: Path, what: str) -> tuple[ort.InferenceSession, dict[str, str]]:
    """Return the session and the metadata of the ONNX file at `path`; `what` names it in errors.

    Raises ModelError if the file is missing, damaged or no ONNX file.
    """
    session = _open_session(_read_model(path, what), path, what)
    return session, dict(session.get_modelmeta().custom_metadata_map)


def _read_model(path: Path, what: str) -> bytes:
    """Return the file's bytes, checked against SHA256SUMS beside it: ONNX Runtime would load flipped bits."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"The {what} {path} is missing. {REMEDY}") from error
    except OSError as error:
        raise ModelError(f"The {what} {path} can not be read ({error.strerror}). {REMEDY}") from error
    if not data:
        raise ModelError(f"The {what} {path} is empty. {REMEDY}")
    sums = path.with_name("SHA256SUMS")
    if sums.is_file():
        lines = [line.split() for line in sums.read_text(encoding="utf-8", errors="replace").splitlines()]
        expected = {parts[1].lstrip("*"): parts[0] for parts in lines if len(parts) == 2}.get(path.name)
        if expected is not None and hashlib.sha256(data).hexdigest() != expected:
            raise ModelError(
                f"The {what} {path} is damaged: SHA256SUMS beside it describes another file. {REMEDY}"
            )
    return data


def _open_session(data: bytes, path: Path, what: str) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # what goes wrong is said by our own error
    try:
        return ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except RUN_ERRORS as error:
        raise ModelError(f"The {what} {path} is cut off or no ONNX file. {REMEDY}") from error
