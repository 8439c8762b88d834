"""ONNX files of ours: read whole, checked against their checksum, opened for one thread."""

import hashlib
from pathlib import Path

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from models.errors import ModelError, Sentence, os_reason, said

MOST_BYTES = 200_000_000  # of a model file; ours have 2 and 6 million
REMEDY = said("Put the model file of this program's release back in its place.")
RUN_ERRORS = (
    ort_errors.EPFail,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,  # weights in a file of their own
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    RuntimeError,
    UnicodeDecodeError,  # ONNX Runtime has something to say of a name that is no text
)


def open_model(path: Path, what: Sentence) -> tuple[ort.InferenceSession, dict[str, str]]:
    """Return the session and the metadata of the ONNX file at `path`; `what` names it in errors.

    Raises ModelError if the file is missing, damaged or no ONNX file.
    """
    session = _open_session(_read_model(path, what), path, what)
    try:
        for place in (*session.get_inputs(), *session.get_outputs()):
            str((place.name, place.shape))  # decoded here
        return session, dict(session.get_modelmeta().custom_metadata_map)
    except UnicodeDecodeError as error:  # ONNX Runtime loads names that are no text
        raise _no_model(path, what) from error


def unusable(path: Path, what: Sentence) -> ModelError:
    """Return what to raise when a network of ours was opened and can not be run."""
    return ModelError(
        "The {what} {model_path} can not be run. {remedy}", what=what, model_path=path, remedy=REMEDY
    )


def foreign(path: Path, what: Sentence, problem: str) -> ModelError:
    """Return what to raise when a file is a model, but not the one that belongs there."""
    return ModelError(
        "{path} is not a {what} of this program ({problem}). {remedy}",
        path=path,
        what=what,
        problem=problem,
        remedy=REMEDY,
    )


def image_size(meta: dict[str, str], sides: range) -> int:
    """Return the input's side that the metadata names, 0 if it names none of `sides`."""
    text = meta.get("image_size", "")
    side = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0
    return side if side in sides else 0


def _read_model(path: Path, what: Sentence) -> bytes:
    """Return the file's bytes, checked against SHA256SUMS beside it: ONNX Runtime would load flipped bits."""
    try:
        too_large = path.stat().st_size > MOST_BYTES
        data = b"" if too_large else path.read_bytes()
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
    if too_large:
        raise _no_model(path, what)
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
    options.enable_mem_pattern = False  # a plan for each size of input, 4 MB, and nothing faster
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # what goes wrong is said by our own error
    try:
        session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except RUN_ERRORS as error:
        raise _no_model(path, what) from error
    session._model_bytes = None  # else kept for good, in case another provider were tried: 7 MB
    return session


def _no_model(path: Path, what: Sentence) -> ModelError:
    return ModelError(
        "The {what} {path} is cut off or no ONNX file. {remedy}", what=what, path=path, remedy=REMEDY
    )
