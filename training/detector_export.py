"""From a checkpoint of the face detector to the ONNX file that the app runs: small, described, checked."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch

from models.learned import BINS, STRIDES
from training.detector import load_face_network
from training.onnx_file import Axes, describe, to_onnx, write_checked

NAME = "face-yolov8"
PARITY = 1e-3  # largest difference of a score between ONNX Runtime and torch
_AXES = Axes(  # "images" (1, 3, h, w) to "logits" (1, 4 * bins, places) and "scores" (1, places)
    ["images"],
    ["logits", "scores"],
    {"images": {2: "height", 3: "width"}, "logits": {2: "places"}, "scores": {1: "places"}},
)
_HALVED_FROM = 64  # elements of a weight from which it is stored in 16 bits


@dataclass(frozen=True, slots=True)
class ExportedDetector:
    """An ONNX file and what was measured while it was made."""

    path: Path
    sha256: str
    size_bytes: int
    parameters: int
    largest_difference: float  # of a score, against torch


class _RawOutputs(torch.nn.Module):  # type: ignore[misc]  # no torch where this is checked
    """Give the distributions and scores of all places; boxes are made of the few good ones outside."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network
        network.model[-1].training = True  # the head gives its raw outputs only so; it has no other state

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        raw = self.network(images)
        return raw["boxes"], raw["scores"].sigmoid()[:, 0]


def export_detector(
    checkpoint: Path, out: Path, *, version: str, image_size: int, threshold: float, checked: bool = False
) -> ExportedDetector:
    """Write the averaged weights of `checkpoint` as ONNX, for pictures whose longer side is `image_size`.

    Scores are shifted so that what was `threshold` is 0.5. Weights are stored in 16 bits and run in 32.
    Raises TrainingError if ONNX Runtime does not agree with torch.
    """
    network = load_face_network(checkpoint)
    network.fuse(verbose=False)
    _shift_scores(network, threshold)
    parameters = 0
    for parameter in network.parameters():
        parameter.requires_grad_(False)
        parameters += parameter.numel()
        if parameter.numel() >= _HALVED_FROM:
            parameter.copy_(parameter.half().float())
    raw = _RawOutputs(network)
    model = to_onnx(raw, torch.zeros(1, 3, 192, 320), _AXES, training=torch.onnx.TrainingMode.PRESERVE)
    halve_weights(model)
    describe(model, _about(version, image_size, threshold, checked=checked))
    onnx.checker.check_model(model)
    content = model.SerializeToString()
    difference = _difference(raw, content)
    sha256 = write_checked(content, out, difference, PARITY)
    return ExportedDetector(out, sha256, len(content), parameters, difference)


def _shift_scores(network: Any, threshold: float) -> None:
    """Move the scores' logits so that `threshold` becomes 0.5."""
    with torch.no_grad():
        for branch in network.model[-1].cv3:
            branch[-1].bias -= math.log(threshold / (1 - threshold))


def halve_weights(model: Any) -> None:
    """Store the large weights as float16, each with a Cast that ONNX Runtime folds away when it loads."""
    casts = []
    for weight in model.graph.initializer:
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < _HALVED_FROM:
            continue
        name = weight.name
        weight.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _about(version: str, image_size: int, threshold: float, *, checked: bool) -> dict[str, str]:
    """Return what the app must know of the model."""
    return {
        "task": "faces",
        "name": NAME,
        "version": version,
        "image_size": str(image_size),
        "strides": json.dumps(STRIDES),
        "bins": str(BINS),
        "threshold": f"{threshold:.2f}",  # already in the weights: scores of 0.5 and more are faces
        "checked": str(int(checked)),  # whether face_check.onnx beside it looks at what it proposes
    }


def _difference(network: _RawOutputs, content: bytes) -> float:
    """Return the largest difference of a score or distribution between torch and ONNX Runtime on noise."""
    session = ort.InferenceSession(content, providers=["CPUExecutionProvider"])
    largest = 0.0
    generator = torch.Generator().manual_seed(0)
    for height, width in ((192, 320), (256, 416), (64, 64), (320, 192)):
        images = torch.rand(1, 3, height, width, generator=generator)
        with torch.no_grad():
            logits, scores = network(images)
        found = session.run(None, {"images": images.numpy()})
        largest = max(
            largest,
            float(np.abs(torch.softmax(logits, 1).numpy() - _softmax(found[0])).max()),
            float(np.abs(scores.numpy() - found[1]).max()),
        )
    return largest


def _softmax(values: Any) -> Any:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
