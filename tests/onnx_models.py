"""Tiny ONNX files for tests: the interface of the real emotion model without its weights."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.emotion import EMOTIONS, FACE_SIZE, IMAGE_SIZE


def write_tiny_model(
    path: Path,
    *,
    names: Sequence[str] = EMOTIONS,
    image_size: int = IMAGE_SIZE,
    metadata: dict[str, str] | None = None,
    constant: Sequence[float] | None = None,
) -> Path:
    """Write a model that reads brightness: the lighter the face, the happier; or one of `constant` output.

    `metadata` replaces single entries; the value "" leaves one out.
    """
    count = len(names)
    weights = np.zeros((3, count), np.float32)
    if constant is None:
        weights[:, names.index("happy") if "happy" in names else 0] = 4.0
        last = [helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1)]
        bias = np.zeros(count, np.float32)
    else:
        last = [helper.make_node("Identity", ["scores"], ["probabilities"])]
        bias = np.asarray(constant, np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("GlobalAveragePool", ["images"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["flat"]),
            helper.make_node("Gemm", ["flat", "weights", "bias"], ["scores"]),
            *last,
        ],
        "tiny",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, image_size, image_size])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", count])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    entries = {
        "classmood_format": "1",
        "names": json.dumps(list(names)),
        "image_size": str(image_size),
        "face_size": str(FACE_SIZE),
        "version": "0.0.1",
        "name": "tiny",
    } | (metadata or {})
    helper.set_model_props(model, {key: value for key, value in entries.items() if value})
    onnx.save(model, str(path))
    return path
