"""A wider YOLOv8-cls that begins with what a narrower one has learned.

Chen et al., "Net2Net: accelerating learning via knowledge transfer" (2016): new channels are copies of old
ones, and what reads them shares an old channel's weight among its copies, so that the wide network says what
the narrow one does.
"""

import torch
from torch import Tensor
from ultralytics.nn.modules.block import C2f
from ultralytics.nn.modules.conv import Conv
from ultralytics.nn.modules.head import Classify

from training.architectures import EmotionNetwork
from training.errors import TrainingError

_NOISE = 0.05  # of a layer's spread: copies that stay alike learn alike


def widen(narrow: EmotionNetwork, wide: EmotionNetwork, seed: int = 0) -> None:
    """Give `wide` the weights of `narrow`, a network of as many layers with fewer channels.

    Raises TrainingError if they are not two such YOLOv8-cls.
    """
    chance = torch.Generator().manual_seed(seed)
    seen = torch.arange(3)  # the old channel of each channel that a layer sees
    pairs = list(zip(narrow.model, wide.model, strict=False))
    kinds = [tuple(type(layer) for layer in network.model) for network in (narrow, wide)]
    if kinds[0] != kinds[1] or not set(kinds[0]) <= {Conv, C2f, Classify}:
        raise TrainingError("Only a YOLOv8-cls can be widened, and only into another of as many layers.")
    with torch.no_grad():
        for old, new in pairs:
            if isinstance(old, Conv):
                seen = _convolution(old, new, seen, _copies(old, new, chance), chance)
            elif isinstance(old, C2f):
                seen = _c2f(old, new, seen, chance)
            else:
                _convolution(old.conv, new.conv, seen, torch.arange(old.conv.conv.out_channels), chance)
                new.linear.load_state_dict(old.linear.state_dict())


def _copies(old: Conv, new: Conv, chance: torch.Generator, parts: int = 1) -> Tensor:
    """Return the old channel of each new one, of each of so many equal parts: all once, then some again."""
    before, after = old.conv.out_channels // parts, new.conv.out_channels // parts
    if after < before:
        raise TrainingError("A network can not be widened into a narrower one.")
    found = []
    for part in range(parts):
        again = torch.randint(before, (after - before,), generator=chance)
        found.append(torch.cat([torch.arange(before), again]) + part * before)
    return torch.cat(found)


def _convolution(old: Conv, new: Conv, seen: Tensor, given: Tensor, chance: torch.Generator) -> Tensor:
    """Fill `new`, which sees and gives copies of old channels; return those that it gives."""
    times = torch.bincount(seen, minlength=old.conv.in_channels)[seen]
    weights = old.conv.weight[given][:, seen] / times[None, :, None, None]
    noise = _NOISE * weights.std() * torch.randn(weights.shape, generator=chance)
    new.conv.weight.copy_(weights + noise * (times > 1)[None, :, None, None])
    for name, values in old.bn.state_dict().items():
        target = new.bn.state_dict()[name]
        target.copy_(values[given] if values.ndim else values)
    return given


def _c2f(old: C2f, new: C2f, seen: Tensor, chance: torch.Generator) -> Tensor:
    """Fill a block whose halves and bottlenecks are all read by its last convolution."""
    halves = _convolution(old.cv1, new.cv1, seen, _copies(old.cv1, new.cv1, chance, parts=2), chance)
    inner = halves[len(halves) // 2 :] - old.c
    read = [halves]
    for place, (before, after) in enumerate(zip(old.m, new.m, strict=True)):
        between = _convolution(before.cv1, after.cv1, inner, _copies(before.cv1, after.cv1, chance), chance)
        _convolution(before.cv2, after.cv2, between, inner, chance)  # added to what the bottleneck sees
        read.append(inner + (2 + place) * old.c)
    return _convolution(old.cv2, new.cv2, torch.cat(read), _copies(old.cv2, new.cv2, chance), chance)
