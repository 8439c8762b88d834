"""ONNX files of ours: read whole, checked against their checksum, opened for one thread."""

import hashlib
from pathlib import Path

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from models.errors import ModelError, Sentence, os_reason, said

REMEDY = said("Put the model file of this program's release back in its place.")
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


def open_model(path: Path, what: Sentence) -> tuple[ort.InferenceSession, dict[str, str]]:
    """Return the session and the metadata of the ONNX file at `path`; `what` names it in errors.

    Raises ModelError if the file is missing, damaged or no ONNX file.
    """
    session = _open_session(_read_model(path, what), path, what)
    return session, dict(session.get_modelmeta().custom_metadata_map)


def _read_model(path: Path, what: Sentence) -> bytes:
    """Return the file's bytes, checked against SHA256SUMS beside it: ONNX Runtime would load flipped bits."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(
            "The {what} {path} is missing. {remedy}", what=what, path=path, remedy=REMEDY
        ) from error
    except OSError as error:
        raise ModelError(
            "The {what} {path} can not be read ({reason}). {remedy}",
            what=what,
            path=path,
            reason=os_reason(error),
            remedy=REMEDY,
        ) from error
    if not data:
        raise ModelError("The {what} {path} is empty. {remedy}", what=what, path=path, remedy=REMEDY)
    sums = path.with_name("SHA256SUMS")
    if sums.is_file():
        lines = [line.split() for line in sums.read_text(encoding="utf-8", errors="replace").splitlines()]
        expected = {parts[1].lstrip("*"): parts[0] for parts in lines if len(parts) == 2}.get(path.name)
        if expected is not None and hashlib.sha256(data).hexdigest() != expected:
            raise ModelError(
                "The {what} {path} is damaged: SHA256SUMS beside it describes another file. {remedy}",
                what=what,
                path=path,
                remedy=REMEDY,
            )
    return data


def _open_session(data: bytes, path: Path, what: Sentence) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # what goes wrong is said by our own error
    try:
        return ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except RUN_ERRORS as error:
        raise ModelError(
            "The {what} {path} is cut off or no ONNX file. {remedy}", what=what, path=path, remedy=REMEDY
        ) from error
