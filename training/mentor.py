"""A mentor: a network that sees every face as its pupil does, turned, dimmed or covered, and says what it is.

An opinion that was formed of the picture as it was would tell a pupil to be sure of what can not be seen any
more. Beyer et al., "Knowledge distillation: a good teacher is patient and consistent" (2022,
arXiv:2106.05237).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.architectures import EmotionNetwork
from training.augment import to_input
from training.calibration import fit_temperature
from training.data import Faces, Targets

_BATCH = 256


class Mentor:
    """Another network's calibrated opinion of images, and what its last layer sees of them."""

    def __init__(self, network: EmotionNetwork, calibration: tuple[Faces, Targets]) -> None:
        """Calibrate the network on faces that it did not learn from, uint8 (n, 48, 48), and their targets."""
        self._network = network.eval()
        faces, targets = calibration
        parts = [
            self._see(to_input(part, network.image_size)) for part in torch.from_numpy(faces).split(_BATCH)
        ]
        logits, features = (torch.cat(column) for column in zip(*parts, strict=True))
        self._temperature = fit_temperature(logits, torch.from_numpy(targets.argmax(axis=1)))
        self._mean, self._deviation = features.mean(dim=0), features.std(dim=0).clamp(min=1e-3)
        self.features = features.shape[1]

    def look_at(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return probabilities, (n, 7), and features, (n, features), of images (n, 3, side, side), 0..1.

        Each feature has mean 0 and standard deviation 1 over the faces of the calibration.
        """
        device = images.device
        self._network.to(device)
        side = self._network.image_size
        if images.shape[-1] != side:
            images = functional.interpolate(images, size=(side, side), mode="bilinear", align_corners=False)
        logits, features = self._see(images)
        features = (features - self._mean.to(device)) / self._deviation.to(device)
        return functional.softmax(logits / self._temperature, dim=1), features

    def _see(self, images: Tensor) -> tuple[Tensor, Tensor]:
        network, seen = self._network, list[Tensor]()

        def note(_: nn.Module, given: tuple[Tensor, ...]) -> None:
            seen.append(given[0].float())

        hook = network.last_linear().register_forward_pre_hook(note)
        try:
            with torch.no_grad(), network.precision(images):
                logits = network(images.contiguous(memory_format=torch.channels_last))[1]
        finally:
            hook.remove()
        return logits.float(), seen[0]


class Mentors:
    """The mean opinion of several mentors, and what the first of them sees."""

    def __init__(self, mentors: Sequence[Mentor]) -> None:
        self._mentors = mentors
        self.features = mentors[0].features

    def look_at(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return probabilities, (n, 7), and the first mentor's features, (n, features), as a mentor does."""
        opinions, features = zip(*(mentor.look_at(images) for mentor in self._mentors), strict=True)
        return torch.stack(opinions).mean(dim=0), features[0]
