"""dlib's residual network of 29 layers, which tells people apart, to begin a teacher of emotions with.

It learned from three million faces: what is a mouth, an eye, a brow need not be learned from FER2013 again.
He et al., "Deep residual learning for image recognition" (2016); weights by Davis King, dedicated to the
public domain, as the npm package @vladmandic/face-api (MIT) brings them, most of them in eight bits.
"""

import json
import tarfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.downloads import DownloadableModel, fetch
from models.emotion import EMOTIONS
from models.errors import ModelError
from training.augment import to_input
from training.data import Faces
from training.errors import TrainingError

PACKAGE = DownloadableModel(
    name="face-resnet",
    file_name="vladmandic-face-api-1.7.15.tgz",
    url="https://registry.npmjs.org/@vladmandic/face-api/-/face-api-1.7.15.tgz",
    sha256="0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031",
    size=12_677_476,
    licence="MIT",
)
_WEIGHTS = "package/model/face_recognition_model.bin"
_MANIFEST = "package/model/face_recognition_model-weights_manifest.json"
_MEAN = (122.782, 117.001, 104.298)  # of red, green and blue, 0..255, in what it learned from
_STEM = 32  # channels
_BLOCKS = (  # name in the package, channels before and after
    *((f"conv32_{number}", 32, 32) for number in (1, 2, 3)),
    ("conv64_down", 32, 64),
    *((f"conv64_{number}", 64, 64) for number in (1, 2, 3)),
    ("conv128_down", 64, 128),
    *((f"conv128_{number}", 128, 128) for number in (1, 2)),
    ("conv256_down", 128, 256),
    *((f"conv256_{number}", 256, 256) for number in (1, 2)),
    ("conv256_down_out", 256, 256),
)
_LOOKED_AT = 512  # faces that the normalization's statistics are taken from


class FaceResNet(nn.Module):  # type: ignore[misc]  # no torch where this is checked
    """Images (n, 3, side, side), 0..1, side at least 112, to logits (n, 7)."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1) / 255)
        self.stem = nn.Sequential(
            nn.Conv2d(3, _STEM, 7, 2, bias=False), nn.BatchNorm2d(_STEM), nn.ReLU(inplace=True)
        )
        self.blocks = nn.Sequential(
            *(Block(before, after, halves="down" in name) for name, before, after in _BLOCKS)
        )
        self.dropout = nn.Dropout()
        self.head = nn.Linear(_BLOCKS[-1][2], len(EMOTIONS))

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits."""
        logits: Tensor = self.head(self.dropout(self.features(images)))
        return logits

    def features(self, images: Tensor) -> Tensor:
        """Return what the last layer sees, (n, 256)."""
        seen = functional.max_pool2d(self.stem(images - self.mean), 3, 2)
        features: Tensor = self.blocks(seen).mean(dim=(2, 3))
        return features


class Block(nn.Module):  # type: ignore[misc]
    """Two convolutions beside a shortcut; one that halves the side pools its shortcut, as dlib does."""

    def __init__(self, before: int, after: int, *, halves: bool) -> None:
        super().__init__()
        self.halves = halves
        self.conv1 = nn.Conv2d(before, after, 3, 2 if halves else 1, 0 if halves else 1, bias=False)
        self.norm1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(after)

    def forward(self, before: Tensor) -> Tensor:
        """Return features (n, channels, side, side), the side halved or not."""
        after = self.norm2(self.conv2(functional.relu(self.norm1(self.conv1(before)))))
        if self.halves:
            before = functional.avg_pool2d(before, 2, 2)
            missing = before.shape[2] - after.shape[2]
            after = functional.pad(after, (0, missing, 0, missing))
            before = functional.pad(before, (0, 0, 0, 0, 0, after.shape[1] - before.shape[1]))
        return functional.relu(before + after)


def fetch_package(folder: Path) -> Path:
    """Return the package in `folder`, downloaded if it is not there; raises TrainingError."""
    try:
        return fetch(PACKAGE, folder)
    except ModelError as error:
        raise TrainingError(str(error)) from error


def load_face_weights(network: FaceResNet, package: Path, faces: Faces, side: int) -> None:
    """Give the network what dlib's has learned; its last layer begins anew.

    The package holds each normalization folded into a factor and a term of every channel. They become a
    normalization again whose statistics are those of some of the faces, uint8 (n, 48, 48), enlarged to `side`
    pixels: what the network says stays the same. Raises TrainingError if the package can not be read.
    """
    weights = _read(package)
    norms = {"conv32_down": (network.stem[0], network.stem[1])}
    for block, (name, _, _) in zip(network.blocks, _BLOCKS, strict=True):
        norms |= {f"{name}/conv1": (block.conv1, block.norm1), f"{name}/conv2": (block.conv2, block.norm2)}
    for name, (convolution, norm) in norms.items():
        factor = weights[f"{name}/scale/weights"]
        convolution.weight.data.copy_(weights[f"{name}/conv/filters"].permute(3, 2, 0, 1))
        norm.weight.data.copy_(factor)
        norm.bias.data.copy_(weights[f"{name}/scale/biases"] + factor * weights[f"{name}/conv/bias"])
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
    network.head.weight.data.mul_(0.1)  # at first it prefers nothing
    _normalize(network, [norm for _, norm in norms.values()], faces, side)


def _normalize(network: FaceResNet, norms: list[nn.BatchNorm2d], faces: Faces, side: int) -> None:
    """Replace mean 0 and variance 1 by those of what each normalization is given, with the same result."""
    chosen = np.random.default_rng(0).permutation(len(faces))[:_LOOKED_AT]
    seen: dict[nn.BatchNorm2d, tuple[Tensor, Tensor]] = {}

    def note(norm: nn.BatchNorm2d, given: tuple[Tensor], _: Tensor) -> None:
        seen[norm] = given[0].mean((0, 2, 3)), given[0].var((0, 2, 3), unbiased=False)

    hooks = [norm.register_forward_hook(note) for norm in norms]
    network.eval()
    with torch.no_grad():
        network(to_input(torch.from_numpy(faces[chosen]), side))
    for hook in hooks:
        hook.remove()
    for norm, (mean, variance) in seen.items():
        factor = norm.weight.data.clone()
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.data.mul_((variance + norm.eps).sqrt())
        norm.bias.data.add_(factor * mean)


def _read(package: Path) -> dict[str, Tensor]:
    """Return the package's tensors by name, float32; filters are (height, width, before, after)."""
    try:
        with tarfile.open(package) as archive:
            raw = _member(archive, _WEIGHTS)
            entries = json.loads(_member(archive, _MANIFEST))[0]["weights"]
        tensors, place = {}, 0
        for entry in entries:
            count, packed = int(np.prod(entry["shape"])), entry.get("quantization")
            kind = np.dtype(np.uint8 if packed else np.float32)
            values = np.frombuffer(raw, kind, count, place).astype(np.float32)
            if packed:
                values = values * np.float32(packed["scale"]) + np.float32(packed["min"])
            tensors[entry["name"]] = torch.from_numpy(values.reshape(entry["shape"]))
            place += count * kind.itemsize
    except (OSError, tarfile.TarError, ValueError, KeyError, IndexError, TypeError) as error:
        raise TrainingError(f"{package} can not be read ({error}). Remove it and train again.") from error
    return tensors


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file.read()
