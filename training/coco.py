"""The weights of ultralytics' YOLOv8 that finds COCO's 80 kinds of things: a network need not begin blind.

What it learned from 118,000 photographs, many of them of people, are edges, textures and parts that FER2013
need not teach again. All layers but the last are those of YOLOv8-cls. Lin et al., "Microsoft COCO: common
objects in context" (2014, arXiv:1405.0312); Jocher et al., "Ultralytics YOLOv8" (2023, AGPL-3.0). ultralytics
keeps the files on GitHub; a package on PyPI, which more networks let through, brings them as well.
"""

import hashlib
import io
import pickle
import tarfile
from pathlib import Path

import torch
from torch import Tensor, nn

from models.downloads import DownloadableModel
from training.errors import TrainingError

PACKAGE = DownloadableModel(
    name="coco",
    file_name="aissemble_inference_yolo-1.5.0.tar.gz",
    url=(
        "https://files.pythonhosted.org/packages/4e/99/e8227756b4a77db050acc4b2bc41283cb47fb24f18244cbe1dad8e0c17b7/"
        "aissemble_inference_yolo-1.5.0.tar.gz"
    ),
    sha256="75eedaae162b15ea20be309fa3c54e2316bf661239e27e508757494fa0dea7c2",
    size=31_981_677,
    licence="AGPL-3.0 (the weights)",
)
_FOLDER = "aissemble_inference_yolo-1.5.0"
_FILES = {"yolov8n-cls": "yolov8n.pt", "yolov8s-cls": "yolov8s.pt"}
SHA256 = {  # of the files in it: what they say of themselves is ultralytics 8.0.0.dev0, coco.yaml
    "yolov8n.pt": "f59b3d833e2ff32e194b5bb8e08d211dc7c5bdf144b90d2c8412c47ccfc83b36",
    "yolov8s.pt": "1f47a78bf100391c2a140b7ac73a1caae18c32779be7d310658112f7ac9aa78a",
}


def load_weights(network: nn.Module, architecture: str, package: Path) -> None:
    """Give a YOLOv8-cls what the detector of its size has learned; its last layer stays as it is.

    Raises TrainingError if the package can not be read.
    """
    name = _FILES[architecture]
    try:
        known = _read(package, name)
        head = f"model.{len(network.model) - 1}."
        network.load_state_dict(
            {key: own if key.startswith(head) else known[key] for key, own in network.state_dict().items()}
        )
    except (
        *(OSError, EOFError, tarfile.TarError, pickle.UnpicklingError),
        *(RuntimeError, ValueError, KeyError, AttributeError, TypeError),
    ) as error:
        raise TrainingError(f"{package} can not be read ({error}). Remove it and train again.") from error


def _read(package: Path, name: str) -> dict[str, Tensor]:
    """Return the weights of one of the package's detectors, float32."""
    with tarfile.open(package) as archive:
        file = archive.extractfile(f"{_FOLDER}/{name}")
        data = b"" if file is None else file.read()
    if hashlib.sha256(data).hexdigest() != SHA256[name]:  # it is unpickled: nothing else may be
        raise ValueError(f"{name} in it is another file than expected")
    weights: dict[str, Tensor] = (
        torch.load(io.BytesIO(data), map_location="cpu", weights_only=False)["model"].float().state_dict()
    )
    return weights
