"""Writing ONNX files: from a torch network to a file that says what it is and nothing of this machine."""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch

from training.errors import TrainingError
from training.files import sha256_of, write_whole

LICENCE = "AGPL-3.0-or-later"
_OPSET = 17


@dataclass(frozen=True, slots=True)
class Axes:
    """Names of inputs and outputs, and which of their dimensions are free."""

    inputs: list[str]
    outputs: list[str]
    free: dict[str, dict[int, str]]


def to_onnx(network: torch.nn.Module, example: Any, axes: Axes, **options: Any) -> Any:
    """Return a network as an ONNX model; `example` is its input, or a tuple of them."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the older exporter needs no further package and says it is older
        torch.onnx.export(
            network,
            example if isinstance(example, tuple) else (example,),
            buffer,
            input_names=axes.inputs,
            output_names=axes.outputs,
            dynamic_axes=axes.free,
            opset_version=_OPSET,
            dynamo=False,
            **options,
        )
    return onnx.load_from_string(buffer.getvalue())


def describe(model: Any, about: Mapping[str, str]) -> None:
    """Write what the app must know into the metadata, and remove where the model was made."""
    model.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
    del model.metadata_props[:]
    for key, value in {"classmood_format": "1", **about, "licence": LICENCE}.items():
        model.metadata_props.add(key=key, value=value)


def write_checked(content: bytes, out: Path, difference: float, parity: float) -> str:
    """Write a model that agrees with torch and return its SHA-256; raises TrainingError if it does not."""
    if not difference <= parity:
        raise TrainingError(f"ONNX Runtime differs from torch by {difference:.1e}, more than {parity:.0e}.")
    write_whole(out, content)
    return sha256_of(content)
