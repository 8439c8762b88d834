"""What a webcam does to a face, on batches of tensors: geometry, light, blur, few pixels, occlusion."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.emotion import FACE_SIZE
from training.data import Faces
from training.recipe import Augmentation


def to_input(faces: Tensor, side: int) -> Tensor:
    """Return uint8 (n, 48, 48) as float (n, 3, side, side), 0..1: `to_network_input` of the app."""
    batch = faces[:, None].float() / 255
    return _grey_to_rgb(_resize(batch, side))


def augment(faces: Tensor, settings: Augmentation, side: int) -> Tensor:
    """Return uint8 (n, 48, 48) as randomly changed network input, float (n, 3, side, side), 0..1."""
    batch = _move(faces[:, None].float() / 255, settings, side)
    batch = _relight(batch, settings)
    batch = _blur(batch, settings.blur)
    batch = _shrink(batch, settings)
    noisy = _chosen(batch, settings.noise)[:, None, None, None]
    batch = batch + noisy * torch.randn_like(batch) * torch.rand_like(batch[:, :1, :1, :1]) * 0.06
    return _grey_to_rgb(_cut_out(batch, settings.cut_out).clamp(0, 1))


def copies_of(faces: Faces, count: int, settings: Augmentation, seed: int) -> list[Faces]:
    """Return so many changed copies of uint8 (n, 48, 48) faces."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return [
            np.concatenate(
                [
                    (augment(part, settings, FACE_SIZE)[:, 0] * 255).round().to(torch.uint8).numpy()
                    for part in torch.from_numpy(faces).split(512)
                ]
            )
            for _ in range(count)
        ]


def _move(batch: Tensor, settings: Augmentation, side: int) -> Tensor:
    """Flip, rotate, scale and shift, sampled at the network's size; the edge is repeated outside."""
    n = len(batch)
    angle = torch.deg2rad(_uniform(batch, -settings.rotation, settings.rotation))
    scale = torch.exp(_uniform(batch, -settings.scale, settings.scale))
    flip = torch.where(_chosen(batch, 0.5), -1.0, 1.0)
    matrix = torch.zeros(n, 2, 3, device=batch.device)
    matrix[:, 0, 0] = scale * angle.cos() * flip
    matrix[:, 0, 1] = -scale * angle.sin()
    matrix[:, 1, 0] = scale * angle.sin() * flip
    matrix[:, 1, 1] = scale * angle.cos()
    matrix[:, :, 2] = torch.empty(n, 2, device=batch.device).uniform_(-2 * settings.shift, 2 * settings.shift)
    grid = functional.affine_grid(matrix, [n, 1, side, side], align_corners=False)
    return functional.grid_sample(batch, grid, padding_mode="border", align_corners=False)


def _relight(batch: Tensor, settings: Augmentation) -> Tensor:
    gamma = torch.exp(_uniform(batch, -settings.gamma, settings.gamma))[:, None, None, None]
    contrast = 1 + _uniform(batch, -settings.contrast, settings.contrast)[:, None, None, None]
    brightness = _uniform(batch, -settings.brightness, settings.brightness)[:, None, None, None]
    mean = batch.mean(dim=(2, 3), keepdim=True)
    batch = ((batch - mean) * contrast + mean + brightness).clamp(0, 1) ** gamma
    ramp = torch.linspace(-1, 1, batch.shape[-1], device=batch.device)[None, None, None, :]
    strength = _uniform(batch, -0.5, 0.5) * _chosen(batch, settings.side_light)
    return batch * (1 + strength[:, None, None, None] * ramp)


def _blur(batch: Tensor, share: float) -> Tensor:
    chosen = _chosen(batch, share)
    if not chosen.any():
        return batch
    sigma = float(torch.empty(1).uniform_(0.6, 2.0))
    steps = torch.arange(-4, 5, device=batch.device, dtype=batch.dtype)
    kernel = torch.exp(-(steps**2) / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    padded = functional.pad(batch[chosen], (4, 4, 4, 4), mode="replicate")
    rows = functional.conv2d(padded, kernel.view(1, 1, 1, -1))
    batch = batch.clone()
    batch[chosen] = functional.conv2d(rows, kernel.view(1, 1, -1, 1))
    return batch


def _shrink(batch: Tensor, settings: Augmentation) -> Tensor:
    """Show some faces as a camera with few pixels on them: shrunk by area, enlarged as in the app."""
    groups = 4  # a batch holds faces of this many reduced sizes
    batch = batch.clone()
    for _ in range(groups):
        chosen = _chosen(batch, settings.small / groups)
        size = int(torch.randint(settings.small_sizes[0], settings.small_sizes[1], (1,)))
        if chosen.any():
            small = functional.interpolate(batch[chosen], size=(size, size), mode="area")
            batch[chosen] = _resize(_resize(small, FACE_SIZE), batch.shape[-1])
    return batch


def _cut_out(batch: Tensor, share: float) -> Tensor:
    """Cover a rectangle of 12 to 45 % of either side with one grey, as hands and heads in front do."""
    n, side = len(batch), batch.shape[-1]
    places = torch.arange(side, device=batch.device)
    inside = torch.ones(n, 1, 1, 1, dtype=torch.bool, device=batch.device)
    for shape in ((1, 1, side, 1), (1, 1, 1, side)):
        centre = _uniform(batch, 0, side)[:, None, None, None]
        half = _uniform(batch, 0.06 * side, 0.225 * side)[:, None, None, None]
        inside = inside & ((places.view(shape) - centre).abs() <= half)
    covered = inside & _chosen(batch, share)[:, None, None, None]
    return torch.where(covered, torch.rand(n, 1, 1, 1, device=batch.device), batch)


def _resize(batch: Tensor, side: int) -> Tensor:
    return functional.interpolate(batch, size=(side, side), mode="bilinear", align_corners=False)


def _grey_to_rgb(batch: Tensor) -> Tensor:
    return batch.expand(-1, 3, -1, -1)


def _uniform(batch: Tensor, low: float, high: float) -> Tensor:
    return torch.empty(len(batch), device=batch.device).uniform_(low, high)


def _chosen(batch: Tensor, share: float) -> Tensor:
    return torch.rand(len(batch), device=batch.device) < share
