"""From a checkpoint to the ONNX file that the app runs: calibrated, described, checked against torch."""

import hashlib
import io
import json
import pickle
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch.nn import functional

from models.emotion import EMOTIONS, FACE_SIZE
from training.data import Faces, Targets
from training.errors import TrainingError
from training.network import EmotionNetwork, load_network, predict_logits

NAME = "emotion-yolov8n"
LICENCE = "AGPL-3.0-or-later"
PARITY = 1e-4  # largest difference of a probability between ONNX Runtime and torch
_OPSET = 17


@dataclass(frozen=True, slots=True)
class Exported:
    """An ONNX file and what was measured while it was made."""

    path: Path
    sha256: str
    temperature: float
    largest_difference: float  # of a probability, against torch


class _Probabilities(torch.nn.Module):  # type: ignore[misc]  # no torch where this is checked
    """Give only the softmax: YOLOv8-cls gives it together with the logits."""

    def __init__(self, network: EmotionNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        probabilities: torch.Tensor = self.network(images)[0]
        return probabilities


def export(checkpoint: Path, out: Path, *, version: str, calibration: tuple[Faces, Targets]) -> Exported:
    """Write the averaged weights of `checkpoint` as ONNX, calibrated on faces that it did not learn from.

    Raises TrainingError if the checkpoint can not be read or ONNX Runtime does not agree with torch; `out` is
    then left as it was.
    """
    try:
        network = load_network(checkpoint)
    except FileNotFoundError:
        raise TrainingError(
            f"{checkpoint} is not there. Give a checkpoint, such as runs/.../best.pt."
        ) from None
    except (OSError, RuntimeError, KeyError, EOFError, AttributeError, pickle.UnpicklingError) as error:
        raise TrainingError(f"{checkpoint} is not a checkpoint of `train` ({error}).") from error
    faces, targets = calibration
    logits = predict_logits(network, torch.from_numpy(faces))
    temperature = fit_temperature(logits, torch.from_numpy(targets.argmax(axis=1)))
    fold_temperature(network, temperature)
    model = _to_onnx(network)
    _describe(model, version, temperature, network.image_size)
    content = model.SerializeToString()
    difference = _difference(network, content)
    if difference > PARITY:
        raise TrainingError(f"ONNX Runtime differs from torch by {difference:.1e}, more than {PARITY:.0e}.")
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_suffix(".tmp")
    beside.write_bytes(content)
    beside.replace(out)
    return Exported(out, hashlib.sha256(content).hexdigest(), temperature, difference)


def fit_temperature(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """Return the temperature with the least cross-entropy (Guo et al. 2017, arXiv:1706.04599)."""
    candidates = torch.logspace(-1, 1, 401)
    losses = torch.stack([functional.cross_entropy(logits / t, labels) for t in candidates])
    return float(candidates[losses.argmin()])


def fold_temperature(network: EmotionNetwork, temperature: float) -> None:
    """Divide the last layer by the temperature, so that the softmax itself is calibrated."""
    linear = network.model[-1].linear
    with torch.no_grad():
        linear.weight /= temperature
        linear.bias /= temperature


def _to_onnx(network: EmotionNetwork) -> Any:
    """Return the network as an ONNX model: "images" (n, 3, side, side) to "probabilities" (n, 7)."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the older exporter needs no further package and says it is older
        torch.onnx.export(
            _Probabilities(network).eval(),
            (torch.zeros(2, 3, network.image_size, network.image_size),),
            buffer,
            input_names=["images"],
            output_names=["probabilities"],
            dynamic_axes={"images": {0: "n"}, "probabilities": {0: "n"}},
            opset_version=_OPSET,
            dynamo=False,
        )
    return onnx.load_from_string(buffer.getvalue())


def _describe(model: Any, version: str, temperature: float, image_size: int) -> None:
    """Write what the app must know into the file's metadata; nothing of this machine."""
    about = {
        "classmood_format": "1",
        "name": NAME,
        "version": version,
        "names": json.dumps(EMOTIONS),
        "image_size": str(image_size),
        "face_size": str(FACE_SIZE),
        "temperature": f"{temperature:.4f}",  # already in the weights
        "licence": LICENCE,
    }
    model.doc_string = ""
    del model.metadata_props[:]
    for key, value in about.items():
        model.metadata_props.add(key=key, value=value)


def _difference(network: EmotionNetwork, content: bytes) -> float:
    """Return the largest difference of a probability between torch and ONNX Runtime on noise."""
    session = ort.InferenceSession(content, providers=["CPUExecutionProvider"])
    largest = 0.0
    generator = torch.Generator().manual_seed(0)
    side = network.image_size
    for count in (1, 2, 9):
        images = torch.rand(count, 3, side, side, generator=generator)
        images *= torch.rand(count, 1, 1, 1, generator=generator)
        with torch.no_grad():
            expected = network(images)[0].numpy()
        (found,) = session.run(None, {"images": images.numpy()})
        largest = max(largest, float(np.abs(expected - found).max()))
    return largest
