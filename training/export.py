"""From a checkpoint to the ONNX file that the app runs: calibrated, described, checked against torch."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
from torch.nn import functional

from models.emotion import EMOTIONS, FACE_SIZE
from training.architectures import EmotionNetwork, count_parameters
from training.calibration import fit_temperature
from training.data import Faces, Targets
from training.network import load_network, predict_logits
from training.onnx_file import Axes, describe, to_onnx, write_checked

PARITY = 1e-4  # largest difference of a probability between ONNX Runtime and torch
_AXES = Axes(["images"], ["probabilities"], {"images": {0: "n"}, "probabilities": {0: "n"}})


@dataclass(frozen=True, slots=True)
class Exported:
    """An ONNX file and what was measured while it was made."""

    path: Path
    sha256: str
    parameters: int
    temperature: float
    largest_difference: float  # of a probability, against torch


class _Probabilities(torch.nn.Module):  # type: ignore[misc]  # no torch where this is checked
    """Give only the softmax: the networks give it together with the logits."""

    def __init__(self, network: EmotionNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        probabilities: torch.Tensor = self.network(images)[0]
        return probabilities


def export(
    checkpoint: Path, out: Path, *, version: str, calibration: tuple[Faces, Targets], name: str = "emotion"
) -> Exported:
    """Write the averaged weights of `checkpoint` as ONNX, calibrated on faces that it did not learn from.

    Raises TrainingError if the checkpoint can not be read or ONNX Runtime does not agree with torch; `out` is
    then left as it was.
    """
    network = load_network(checkpoint)
    faces, targets = calibration
    logits = predict_logits(network, torch.from_numpy(faces))
    temperature = fit_temperature(logits, torch.from_numpy(targets.argmax(axis=1)))
    fold_temperature(network, temperature)
    side = network.image_size
    model = to_onnx(_Probabilities(network).eval(), torch.zeros(2, 3, side, side), _AXES)
    about = {
        "name": name,
        "version": version,
        "names": json.dumps(EMOTIONS),
        "image_size": str(side),
        "face_size": str(FACE_SIZE),
        "temperature": f"{temperature:.4f}",  # already in the weights
        "reference": json.dumps(reference(faces, functional.softmax(logits / temperature, dim=1))),
    }
    describe(model, about)
    content = model.SerializeToString()
    difference = _difference(network, content)
    sha256 = write_checked(content, out, difference, PARITY)
    return Exported(out, sha256, count_parameters(network), temperature, difference)


def fold_temperature(network: EmotionNetwork, temperature: float) -> None:
    """Divide the last layer by the temperature, so that the softmax itself is calibrated."""
    linear = network.last_linear()
    with torch.no_grad():
        linear.weight /= temperature
        linear.bias /= temperature


def reference(faces: Faces, probabilities: torch.Tensor) -> dict[str, object]:
    """Return what held-out faces are like and what is said of them: what later data is compared with."""
    brightness, contrast = faces.mean(axis=(1, 2)), faces.std(axis=(1, 2))
    confidence = probabilities.max(dim=1).values.numpy()
    found = {"brightness": brightness, "contrast": contrast, "confidence": confidence}
    shares = probabilities.mean(dim=0).tolist()
    return {
        "n": len(faces),
        "shares": [round(share, 4) for share in shares],  # in the order of the names
        **{key: [round(float(x), 4) for x in (each.mean(), each.std())] for key, each in found.items()},
    }


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
