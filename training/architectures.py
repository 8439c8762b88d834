"""The networks that can be trained: YOLOv8-cls, two of torchvision, one that knew faces, a plain one."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision import models as torchvision_models
from ultralytics.nn.tasks import ClassificationModel

from models.emotion import EMOTIONS
from training.face_mobilenet import FaceMobileNet
from training.recipe import Architecture


class EmotionNetwork(ClassificationModel):  # type: ignore[misc]  # ultralytics has no types
    """YOLOv8-cls that trains in bfloat16, twice as fast here; its loss stays float32.

    Training it gives logits, otherwise (probabilities, logits).
    """

    image_size: int  # side of its input in pixels
    bfloat16 = True  # what it trains in; its loss is float32
    guess: nn.Linear | None  # from what its last layer sees to what its mentor's does; only to learn
    hint_weight: float

    def loss(self, batch: dict[str, Tensor], preds: Any = None) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the cross-entropy against soft targets in `batch["cls"]`, (n, 7).

        While it learns from hints, `batch["hint"]`, (n, features), the mean squared error of its guess is
        added, times its weight.
        """
        if self.guess is not None and preds is None:
            return self._loss_with_hints(batch, self.guess)
        if preds is None:
            with self.precision(batch["img"]):
                preds = self.predict(batch["img"])
        loss: tuple[Tensor, dict[str, Tensor]] = super().loss(batch, preds.float())
        return loss

    def _loss_with_hints(
        self, batch: dict[str, Tensor], guess: nn.Linear
    ) -> tuple[Tensor, dict[str, Tensor]]:
        seen: list[Tensor] = []  # by the last layer, before dropout, which works in place
        pool = self.model[-1].pool.register_forward_hook(lambda _, __, output: seen.append(output.clone()))
        try:
            with self.precision(batch["img"]):
                logits = self.predict(batch["img"])
                guessed = guess(seen[0].flatten(1))
        finally:
            pool.remove()
        loss, items = super().loss(batch, logits.float())
        return loss + self.hint_weight * functional.mse_loss(guessed.float(), batch["hint"]), items

    def precision(self, images: Tensor) -> torch.autocast:
        """Return the context in which the network runs when it trains, or looks on as a mentor."""
        return torch.autocast(images.device.type, torch.bfloat16, enabled=self.bfloat16)

    def learn_from_hints(self, features: int, weight: float) -> None:
        """Have it guess another network's features as well, which only `loss` sees.

        These are hints in the sense of Romero et al., "FitNets: hints for thin deep nets" (2015,
        arXiv:1412.6550).
        """
        self.guess = nn.Linear(self.last_linear().in_features, features)
        self.hint_weight = weight

    def forget_hints(self) -> None:
        """Leave what is there only to learn."""
        self.guess, self.hint_weight = None, 0.0

    def last_linear(self) -> nn.Linear:
        """Return the layer that gives the logits."""
        linear = [module for module in self.modules() if isinstance(module, nn.Linear)]
        return [module for module in linear if module is not self.guess][-1]


class OtherNetwork(EmotionNetwork):
    """Any network from images to logits, in the form that ultralytics' trainer works with."""

    def __init__(self, network: nn.Module, architecture: Architecture) -> None:
        nn.Module.__init__(self)  # not ultralytics' own, which reads a YAML file
        self.model = nn.ModuleList([network])
        self.save: list[int] = []
        self.yaml = {"architecture": architecture}
        self.stride = torch.Tensor([1])
        self.names = dict(enumerate(EMOTIONS))
        self.bfloat16 = architecture != "efficientnet_b0"  # which takes 9.6 ms a face with it, 5.6 without

    def predict(self, x: Tensor, *_: Any, **__: Any) -> Any:
        """Return logits, or (probabilities, logits) when not training."""
        logits = self.model[0](x)
        return logits if self.training else (functional.softmax(logits, dim=1), logits)


def build_network(architecture: Architecture, image_size: int, dropout: float) -> EmotionNetwork:
    """Return an untrained network of seven emotions, laid out channels last (a sixth faster here)."""
    network: EmotionNetwork
    if architecture.startswith("yolov8"):
        network = EmotionNetwork(f"{architecture}.yaml", nc=len(EMOTIONS), ch=3, verbose=False)
    else:
        network = OtherNetwork(_OTHERS[architecture](image_size), architecture)
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = dropout
    network.image_size = image_size
    network.forget_hints()
    laid_out: EmotionNetwork = network.to(memory_format=torch.channels_last)
    return laid_out


def count_parameters(network: nn.Module) -> int:
    """Return how many numbers a network has learned."""
    return sum(parameter.numel() for parameter in network.parameters())


def _plain_cnn(image_size: int) -> nn.Module:
    """Return four pairs of convolution and pooling and two dense layers."""
    layers: list[nn.Module] = []
    channels = 3
    for wider in (32, 64, 128, 128):
        layers += [nn.Conv2d(channels, wider, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        channels = wider
    features = channels * (image_size // 16) ** 2
    layers += [nn.Flatten(), nn.Linear(features, 256), nn.ReLU(), nn.Dropout(), nn.Linear(256, len(EMOTIONS))]
    return nn.Sequential(*layers)


_OTHERS: dict[str, Callable[[int], nn.Module]] = {
    "resnet18": lambda _: torchvision_models.resnet18(weights=None, num_classes=len(EMOTIONS)),
    "efficientnet_b0": lambda _: torchvision_models.efficientnet_b0(weights=None, num_classes=len(EMOTIONS)),
    "plain-cnn": _plain_cnn,
    "face-mobilenet": lambda _: FaceMobileNet(),
}
