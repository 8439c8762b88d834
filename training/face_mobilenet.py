"""A MobileNet that knows faces (HSE-FaceRes): what to expect of more than FER2013's pictures.

It learned people, their age and gender from the three million pictures of VGGFace2: what is a mouth, an eye,
a brow need not be learned from FER2013 again. Howard et al., "MobileNets: efficient convolutional neural
networks for mobile vision applications" (2017); Savchenko, "Efficient facial representations for age, gender
and identity recognition in organizing photo albums using multi-output ConvNet" (PeerJ Computer Science
5:e197, 2019); weights as the npm package @vladmandic/human (MIT) brings them, in 16 bits.
"""

import json
import tarfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from models.downloads import DownloadableModel
from models.emotion import EMOTIONS
from training.augment import to_input
from training.data import Faces
from training.errors import TrainingError

PACKAGE = DownloadableModel(
    name="faceres",
    file_name="vladmandic-human-3.3.6.tgz",
    url="https://registry.npmjs.org/@vladmandic/human/-/human-3.3.6.tgz",
    sha256="425e9c51dbbca0c8934362b170cb0d54c2529c11c654b3c03092b16e9d6ad3f7",
    size=28_615_417,
    licence="MIT",
)
_WEIGHTS = "package/models/faceres.bin"
_MANIFEST = "package/models/faceres.json"
_MEAN = (103.939, 116.779, 123.68)  # of blue, green and red, 0..255, in what it learned from
_STEM = 32  # channels
_BLOCKS = (  # channels after, and stride
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *((512, 1),) * 5,
    *((1024, 2), (1024, 1)),
)
_EPSILON = 1e-3  # of its normalizations
_LOOKED_AT = 512  # faces that the normalization's statistics are taken from


class FaceMobileNet(nn.Module):  # type: ignore[misc]  # no torch where this is checked
    """Images (n, 3, side, side), 0..1, side a multiple of 32, to logits (n, 7)."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1) / 255)
        layers, before = [_layer(3, _STEM, 3, 2)], _STEM
        for after, stride in _BLOCKS:
            layers += [_layer(before, before, 3, stride, groups=before), _layer(before, after, 1, 1)]
            before = after
        self.layers = nn.Sequential(*layers)
        self.dropout = nn.Dropout()
        self.head = nn.Linear(before, len(EMOTIONS))

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits."""
        logits: Tensor = self.head(self.dropout(self.features(images)))
        return logits

    def features(self, images: Tensor) -> Tensor:
        """Return what the last layer sees, (n, 1024)."""
        features: Tensor = self.layers((images - self.mean) * 255).mean(dim=(2, 3))
        return features


def load_weights(network: FaceMobileNet, package: Path, faces: Faces, side: int) -> None:
    """Give the network what HSE-FaceRes has learned; its last layer begins anew.

    The package holds each normalization folded into a factor and a term of every channel. They become a
    normalization again whose statistics are those of some of the faces, uint8 (n, 48, 48), enlarged to `side`
    pixels: what the network says stays the same. Raises TrainingError if the package can not be read.
    """
    try:
        weights = _read(package)
        for layer, name in zip(network.layers, _names(), strict=True):
            convolution, norm = layer[-3], layer[-2]
            convolution.weight.data.copy_(_filters(weights, name))
            norm.weight.data.fill_(1)
            norm.bias.data.copy_(weights[f"{name}_bn/batchnorm_1/sub"].flatten())
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
    except (OSError, tarfile.TarError, RuntimeError, ValueError, KeyError, IndexError, TypeError) as error:
        raise TrainingError(f"{package} can not be read ({error}). Remove it and train again.") from error
    network.head.weight.data.mul_(0.1)  # at first it prefers nothing
    _normalize(network, [layer[-2] for layer in network.layers], faces, side)


def _layer(before: int, after: int, kernel: int, stride: int, groups: int = 1) -> nn.Sequential:
    """Return a convolution, a normalization, a bend; what halves is padded right and below, as it learned."""
    halves = stride == 2
    return nn.Sequential(
        *([nn.ZeroPad2d((0, 1, 0, 1))] if halves else []),
        nn.Conv2d(before, after, kernel, stride, 0 if halves else kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(after, eps=_EPSILON),
        nn.ReLU6(inplace=True),
    )


def _names() -> list[str]:
    """Return the layers' names in the package, in their order."""
    pairs = [(f"conv_dw_{number}", f"conv_pw_{number}") for number in range(1, len(_BLOCKS) + 1)]
    return ["conv1", *(name for pair in pairs for name in pair)]


def _filters(weights: dict[str, Tensor], name: str) -> Tensor:
    """Return a layer's filters (after, before, height, width), its normalization's factor in them."""
    if "_dw_" not in name:
        return weights[f"{name}/convolution/merged_input"].permute(3, 2, 0, 1)
    filters = weights[f"{name}/depthwise_kernel"].permute(2, 3, 0, 1)
    return filters * weights[f"{name}_bn/batchnorm_1/mul"].view(-1, 1, 1, 1)


def _normalize(network: FaceMobileNet, norms: list[nn.BatchNorm2d], faces: Faces, side: int) -> None:
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
    with tarfile.open(package) as archive:
        raw = _member(archive, _WEIGHTS)
        entries = json.loads(_member(archive, _MANIFEST))["weightsManifest"][0]["weights"]
    tensors, place = {}, 0
    for entry in entries:
        count, packed = int(np.prod(entry["shape"])), entry.get("quantization")
        kind = np.dtype(packed["dtype"] if packed else entry["dtype"])
        values = np.frombuffer(raw, kind, count, place).astype(np.float32)
        tensors[entry["name"]] = torch.from_numpy(values.reshape(entry["shape"]))
        place += count * kind.itemsize
    return tensors


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file.read()
