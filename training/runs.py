"""What a run's folder becomes: the exported model."""

from pathlib import Path

from training.data import VALIDATION, FaceSet
from training.export import Exported, export
from training.recipe import read_recipe
from training.targets import labelled, split_data
from training.train import check_data


def export_run(run: Path, faces: FaceSet, out: Path, version: str) -> Exported:
    """Export a run's best epoch, calibrated on the validation rows of the data that it learned from."""
    recipe = read_recipe(run)
    faces = split_data(faces)
    check_data(run, faces)
    held_out, targets = labelled(faces.of_usage(VALIDATION), recipe)
    name = f"emotion-{recipe.architecture.removesuffix('-cls')}"
    best = run / "weights" / "best.pt"
    return export(best, out, version=version, calibration=(held_out.faces, targets), name=name)
