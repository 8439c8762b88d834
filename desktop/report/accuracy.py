"""How good the shipped model was measured to be: the figures that the workshop wrote beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FIGURES_FILE = "emotion.json"  # beside emotion.onnx


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Share of faces that the model reads as people do, with its 95 % interval."""

    model: str  # name and version, as sessions have it
    data: str  # which faces
    faces: int
    accuracy: float  # of seven emotions, 0..1
    low: float
    high: float
    recall: Mapping[str, float]  # of the faces of each emotion, how many are read as such, 0..1


def measured_accuracy(weights: Path) -> Accuracy | None:
    """Return the figures in the folder of weights, or None if there are none that can be read."""
    try:
        told = json.loads((weights / FIGURES_FILE).read_text(encoding="utf-8"))
        low, high = told["plus_accuracy_7_interval"]
        return Accuracy(
            model=f"{told['name']} {told['version']}",
            data=str(told["data"]),
            faces=int(told["plus_n"]),
            accuracy=float(told["plus_accuracy_7"]),
            low=float(low),
            high=float(high),
            recall={str(name): float(share) for name, share in told.get("plus_recall", {}).items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
