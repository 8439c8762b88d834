"""Training of the face check: a small network that tells faces from what the detector takes for faces."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from torch.nn import functional

from models.face_check import SIDE, logit, to_check_input
from training.detector_export import halve_weights
from training.face_check_data import Places
from training.onnx_file import Axes, describe, to_onnx, write_checked

NAME = "face-check"
PARITY = 1e-3  # largest difference of a score between ONNX Runtime and torch
_AXES = Axes(
    ["places", "scores"],
    ["checked"],
    {"places": {0: "n"}, "scores": {0: "n"}, "checked": {0: "n"}},
)
_SMOOTHED = 0.02  # of the labels
_KEPT = 0.997  # of the averaged weights at a step


@dataclass(frozen=True, slots=True)
class CheckRecipe:
    """Everything that decides how the check ends, apart from its places."""

    steps: int = 6000
    batch: int = 128
    learning_rate: float = 0.003
    weight_decay: float = 0.02
    seed: int = 0


@dataclass(frozen=True, slots=True)
class ExportedCheck:
    """An ONNX file and what was measured while it was made."""

    path: Path
    sha256: str
    size_bytes: int
    parameters: int
    largest_difference: float  # of a score, against torch


class CheckNetwork(nn.Module):  # type: ignore[misc]  # no torch where this is checked
    """Four convolutions; gives the logit that a place holds a face."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _block(3, 16, 4, 2),
            _block(16, 32),
            nn.MaxPool2d(2),
            _block(32, 48),
            nn.MaxPool2d(2),
            _block(48, 64),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(64 * (SIDE // 8) ** 2, 48),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Linear(48, 1),
        )

    def forward(self, places: Tensor) -> Tensor:
        """Return logits (n,) of places (n, 3, 32, 32), 0..1."""
        logits: Tensor = self.layers(places)[:, 0]
        return logits


def train_check(learned_from: Places, recipe: CheckRecipe, progress: Callable[[int], None]) -> CheckNetwork:
    """Return a network that has learned from the places, averaged over the last few hundred steps."""
    torch.manual_seed(recipe.seed)
    network = CheckNetwork().to(memory_format=torch.channels_last)
    averaged: CheckNetwork = deepcopy(network).eval()
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 60) * (0.51 + 0.49 * cos(pi * step / recipe.steps))
    )
    chance = torch.Generator().manual_seed(recipe.seed)
    faces = torch.from_numpy(learned_from.faces.astype(np.float32))
    targets = faces * (1 - 2 * _SMOOTHED) + _SMOOTHED
    rows = torch.zeros(0, dtype=torch.long)
    for step in range(recipe.steps):
        if len(rows) < recipe.batch:
            rows = torch.randperm(len(faces), generator=chance)
        chosen, rows = rows[: recipe.batch], rows[recipe.batch :]
        images = torch.from_numpy(to_check_input(learned_from.images[chosen.numpy()]))
        images = _vary(images, chance).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(images)
        loss = functional.binary_cross_entropy_with_logits(logits.float(), targets[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        _average(averaged, network, min(_KEPT, (2 + step) / (11 + step)))
        progress(step + 1)
    return averaged


def weigh(network: CheckNetwork, held_out: Places) -> npt.NDArray[np.float64]:
    """Return how much detector's logit, check's logit and a constant count, by logistic regression."""
    rows = held_out.scores >= 0
    opinions = np.stack(
        [logit(held_out.scores[rows]), _opinions(network, held_out.images[rows]), np.ones(rows.sum())],
        axis=1,
    )
    # its weights are held back a little, and so finite where nothing is doubtful
    fit = LogisticRegression(fit_intercept=False, tol=1e-8, max_iter=1000)
    weights: npt.NDArray[np.float64] = fit.fit(opinions, held_out.faces[rows]).coef_[0]
    return weights


def export_check(
    network: CheckNetwork, weights: npt.NDArray[np.float64], out: Path, *, version: str, threshold: float
) -> ExportedCheck:
    """Write the check as ONNX; what the weighed opinions call `threshold` becomes 0.5.

    Raises TrainingError if ONNX Runtime does not agree with torch.
    """
    shifted = weights - (0, 0, np.log(threshold / (1 - threshold)))
    joined = _Joined(network, shifted).eval()
    parameters = sum(parameter.numel() for parameter in network.parameters())
    example = (torch.zeros(2, 3, SIDE, SIDE), torch.full((2,), 0.5))
    model = to_onnx(joined, example, _AXES)
    halve_weights(model)
    describe(
        model,
        {"task": "face check", "name": NAME, "version": version, "threshold": f"{threshold:.2f}"},
    )
    onnx.checker.check_model(model)
    content = model.SerializeToString()
    difference = _difference(joined, content)
    sha256 = write_checked(content, out, difference, PARITY)
    return ExportedCheck(out, sha256, len(content), parameters, difference)


class _Joined(nn.Module):  # type: ignore[misc]  # no torch where this is checked
    """The check's opinion and the detector's, weighed."""

    def __init__(self, network: CheckNetwork, weights: npt.NDArray[np.float64]) -> None:
        super().__init__()
        self.network = network
        self.weights = [float(weight) for weight in weights]

    def forward(self, places: Tensor, scores: Tensor) -> Tensor:
        sure = scores.clamp(1e-6, 1 - 1e-6)
        before = torch.log(sure / (1 - sure))
        joined: Tensor = self.weights[0] * before + self.weights[1] * self.network(places) + self.weights[2]
        return joined.sigmoid()


def _block(before: int, after: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )


def _vary(images: Tensor, chance: torch.Generator) -> Tensor:
    """Return the places moved, under another light, in other colours, some of them grey."""
    count = len(images)

    def normal(spread: float, channels: int = 1) -> Tensor:
        return spread * torch.randn(count, channels, 1, 1, generator=chance)

    images = _move(images, chance)
    grey = images.mean(1, keepdim=True)
    without_colour = torch.rand(count, 1, 1, 1, generator=chance) < 0.15
    light, paint = torch.exp(normal(0.2)), torch.where(without_colour, 0.0, torch.exp(normal(0.3)))
    shift = 0.5 - 0.5 * light + normal(0.08) + normal(0.05, 3)
    return (images * (light * paint) + grey * (light * (1 - paint)) + shift).clamp(0, 1)


def _move(images: Tensor, chance: torch.Generator) -> Tensor:
    """Return the places shifted and resized, all alike, a fifth of them coarse, half of them mirrored."""
    left, top, right, bottom = torch.randint(0, SIDE // 12 + 1, (4,), generator=chance).tolist()
    inner = images[:, :, top : SIDE - bottom, left : SIDE - right]
    coarse = len(images) // 5
    small = functional.interpolate(inner[:coarse], size=(SIDE // 2, SIDE // 2), mode="area")
    parts = [
        functional.interpolate(one, size=(SIDE, SIDE), mode="bilinear") for one in (small, inner[coarse:])
    ]
    moved = torch.cat(parts)
    mirrored = torch.rand(len(images), 1, 1, 1, generator=chance) < 0.5
    return torch.where(mirrored, moved.flip(3), moved)


def _average(averaged: nn.Module, network: nn.Module, kept: float) -> None:
    """Move the averaged weights towards the network's."""
    with torch.no_grad():
        for mean, now in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
            if mean.dtype.is_floating_point:
                mean.mul_(kept).add_(now, alpha=1 - kept)
            else:
                mean.copy_(now)


def _opinions(network: CheckNetwork, images: Any) -> npt.NDArray[np.float64]:
    """Return the check's logits."""
    with torch.no_grad():
        parts = [
            network(torch.from_numpy(to_check_input(images[start : start + 512])))
            for start in range(0, len(images), 512)
        ]
    logits: npt.NDArray[np.float64] = torch.cat(parts).numpy().astype(np.float64)
    return logits


def _difference(joined: _Joined, content: bytes) -> float:
    """Return the largest difference of a score between torch and ONNX Runtime on noise."""
    session = ort.InferenceSession(content, providers=["CPUExecutionProvider"])
    generator = torch.Generator().manual_seed(0)
    places = torch.rand(64, 3, SIDE, SIDE, generator=generator)
    scores = torch.rand(64, generator=generator)
    with torch.no_grad():
        wanted = joined(places, scores).numpy()
    (found,) = session.run(None, {"places": places.numpy(), "scores": scores.numpy()})
    return float(np.abs(wanted - found).max())
