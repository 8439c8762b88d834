"""Tiny ONNX files for tests: the interfaces of the real models without their weights."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.emotion import EMOTIONS, FACE_SIZE
from models.learned import BINS, STRIDES


def write_tiny_model(
    path: Path,
    *,
    names: Sequence[str] = EMOTIONS,
    image_size: int = 64,
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


def write_tiny_detector(path: Path, *, metadata: dict[str, str] | None = None) -> Path:
    """Write a face detector that sees a face of two strides' size at every place that is white.

    `metadata` replaces single entries; the value "" leaves one out.
    """
    nodes, scores = [], []
    for stride in STRIDES:
        name = f"at{stride}"
        nodes += [
            helper.make_node(
                "AveragePool", ["images"], [f"{name}.mean"], kernel_shape=[stride] * 2, strides=[stride] * 2
            ),
            helper.make_node("ReduceMean", [f"{name}.mean"], [f"{name}.grey"], axes=[1]),
            helper.make_node("Reshape", [f"{name}.grey", "row"], [name]),
        ]
        scores.append(name)
    nodes += [
        helper.make_node("Concat", scores, ["all"], axis=2),
        helper.make_node("Squeeze", ["all", "one"], ["scores"]),
        helper.make_node("Mul", ["all", "nothing"], ["zeros"]),
        helper.make_node("Add", ["zeros", "distances"], ["logits"]),
    ]
    distances = np.zeros((4, BINS, 1), np.float32)
    distances[:, 1] = 50.0
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, "height", "width"])],
        [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 4 * BINS, "places"]),
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, "places"]),
        ],
        [
            numpy_helper.from_array(np.array([1, 1, -1]), "row"),
            numpy_helper.from_array(np.array([1]), "one"),
            numpy_helper.from_array(np.zeros(1, np.float32), "nothing"),
            numpy_helper.from_array(distances.reshape(1, 4 * BINS, 1), "distances"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    entries = {
        "classmood_format": "1",
        "task": "faces",
        "strides": json.dumps(STRIDES),
        "bins": str(BINS),
        "image_size": "320",
        "version": "0.0.1",
    } | (metadata or {})
    helper.set_model_props(model, {key: value for key, value in entries.items() if value})
    onnx.save(model, str(path))
    return path


def write_tiny_check(path: Path, *, metadata: dict[str, str] | None = None) -> Path:
    """Write a face check that takes whatever is red for a face; `metadata` as for the tiny detector."""
    graph = helper.make_graph(
        [
            helper.make_node("Slice", ["places", "zero", "one", "one"], ["red"]),
            helper.make_node("ReduceMean", ["red"], ["redness"], axes=[1, 2, 3], keepdims=0),
            helper.make_node("Mul", ["scores", "nothing"], ["zeros"]),
            helper.make_node("Add", ["redness", "zeros"], ["checked"]),
        ],
        "tiny",
        [
            helper.make_tensor_value_info("places", TensorProto.FLOAT, ["n", 3, 32, 32]),
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n"]),
        ],
        [helper.make_tensor_value_info("checked", TensorProto.FLOAT, ["n"])],
        [
            numpy_helper.from_array(np.array([0]), "zero"),
            numpy_helper.from_array(np.array([1]), "one"),
            numpy_helper.from_array(np.zeros(1, np.float32), "nothing"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    entries = {"classmood_format": "1", "task": "face check", "version": "0.0.1"} | (metadata or {})
    helper.set_model_props(model, {key: value for key, value in entries.items() if value})
    onnx.save(model, str(path))
    return path
