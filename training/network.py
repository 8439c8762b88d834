"""Ultralytics' trainer, extended: faces from memory, soft labels, webcam augmentation, balanced classes."""

import contextlib
import logging
import math
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler
from ultralytics.engine.trainer import BaseTrainer
from ultralytics.models.yolo.classify import ClassificationTrainer
from ultralytics.utils import LOGGER
from ultralytics.utils.callbacks.base import get_default_callbacks
from ultralytics.utils.torch_utils import select_device

from models.emotion import EMOTIONS
from training.architectures import EmotionNetwork, build_network
from training.augment import augment, to_input
from training.data import Faces, Targets
from training.errors import TrainingError
from training.mentor import Mentors
from training.recipe import Recipe


class Validator:
    """Accuracy and cross-entropy of the averaged weights on the validation split, after every epoch."""

    def __init__(self, faces: Faces, targets: Targets) -> None:
        self.metrics = SimpleNamespace(keys=["metrics/accuracy", "val/loss"])  # what the trainer asks for
        self._faces = torch.from_numpy(faces)
        self._targets = torch.from_numpy(targets)

    def __call__(self, trainer: ClassificationTrainer) -> dict[str, float]:
        """Return the figures; "fitness", which picks the best epoch, is the likelihood of the labels.

        Between one epoch and the next, accuracy is mostly chance: a few faces that change sides.
        """
        logits = predict_logits(trainer.ema.ema, self._faces)
        loss = float(functional.cross_entropy(logits, self._targets))
        accuracy = float((logits.argmax(1) == self._targets.argmax(1)).float().mean())
        return {"metrics/accuracy": accuracy, "val/loss": round(loss, 5), "fitness": math.exp(-loss)}


class EmotionTrainer(ClassificationTrainer):  # type: ignore[misc]  # ultralytics has no types
    """Ultralytics' trainer with its networks, data loaders, augmentation and validator replaced by ours."""

    def __init__(
        self,
        overrides: dict[str, Any],
        recipe: Recipe,
        train: tuple[Faces, Targets],
        validation: tuple[Faces, Targets],
        mentors: Mentors | None = None,
    ) -> None:
        self._recipe = recipe
        self._mentors = mentors
        self._train_data = train
        self._validation_data = validation
        super().__init__(overrides=overrides)
        self.callbacks = get_default_callbacks()  # without the services that ultralytics adds where installed

    def get_dataset(self) -> dict[str, Any]:
        """Return the names that ultralytics wants to know; the faces come from memory."""
        names = dict(enumerate(EMOTIONS))
        return {"train": "", "val": "", "test": "", "nc": len(names), "names": names, "channels": 3}

    def setup_model(self) -> Any:
        """Build the network, or read it from the checkpoint of a stopped run."""
        return BaseTrainer.setup_model(self)  # the classification trainer's would fit a new last layer

    def get_model(
        self,
        cfg: Any = None,  # noqa: ARG002 - ultralytics' signature
        weights: Any = None,
        verbose: bool = True,  # noqa: ARG002
    ) -> EmotionNetwork:
        """Return the recipe's network, with the weights of a checkpoint if there is one."""
        recipe = self._recipe
        network = build_network(recipe.architecture, recipe.image_size, recipe.dropout)
        if self._mentors is not None and recipe.hint_weight:
            network.learn_from_hints(self._mentors.features, recipe.hint_weight)
        if weights is not None:
            known = weights.state_dict().items()
            known = {key: value for key, value in known if self.resume or not key.startswith("guess.")}
            network.load_state_dict({**network.state_dict(), **known})
        return network

    def get_dataloader(
        self,
        dataset_path: str,  # noqa: ARG002
        batch_size: int = 16,
        rank: int = 0,  # noqa: ARG002
        mode: str = "train",
    ) -> DataLoader:
        """Return batches of uint8 faces and their targets."""
        faces, targets = self._train_data if mode == "train" else self._validation_data
        dataset = TensorDataset(torch.from_numpy(faces), torch.from_numpy(targets))
        if mode != "train":
            return DataLoader(dataset, batch_size, collate_fn=_collate)
        if not self._recipe.balance:
            return DataLoader(dataset, batch_size, shuffle=True, collate_fn=_collate)
        weights = sampling_weights(torch.from_numpy(targets), self._recipe.balance)
        sampler = WeightedRandomSampler(weights, len(dataset))
        return DataLoader(dataset, batch_size, sampler=sampler, collate_fn=_collate)

    def preprocess_batch(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return the batch on the trainer's device, its faces augmented into network input.

        The mentors' opinion of the augmented faces is mixed into their targets.
        """
        recipe, faces = self._recipe, batch["img"].to(self.device)
        if recipe.augmentation is None:
            images = to_input(faces, recipe.image_size)
        else:
            images = augment(faces, recipe.augmentation, recipe.image_size)
        images = images.contiguous(memory_format=torch.channels_last)
        targets = batch["cls"].to(self.device)
        if self._mentors is None:
            return {"img": images, "cls": targets}
        opinion, features = self._mentors.look_at(images)
        share = recipe.mentor_share
        return {"img": images, "cls": (1 - share) * targets + share * opinion, "hint": features}

    def get_validator(self) -> Validator:
        """Return the validator for the validation split."""
        return Validator(*self._validation_data)

    def final_eval(self) -> None:
        """Leave the checkpoints as they are, so that a run can be looked at or resumed."""


@contextlib.contextmanager
def say_on_stderr() -> Iterator[None]:
    """Let ultralytics talk on standard error: standard output is for results."""
    handlers = [handler for handler in LOGGER.handlers if isinstance(handler, logging.StreamHandler)]
    before = [handler.setStream(sys.stderr) for handler in handlers]
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        for handler, stream in zip(handlers, before, strict=True):
            if stream is not None:
                handler.setStream(stream)


def check_device(device: str) -> None:
    """Raise TrainingError if there is no such device."""
    try:
        select_device(device, verbose=False)
    except (ValueError, AssertionError, RuntimeError) as error:
        raise TrainingError(
            f"There is no device {device!r}: torch sees {torch.cuda.device_count()} GPUs. Give --device cpu."
        ) from error


def sampling_weights(targets: Tensor, balance: float) -> Tensor:
    """Return how often each row is drawn: its emotion's frequency to the power of -balance."""
    labels = targets.argmax(1)
    return torch.bincount(labels, minlength=len(EMOTIONS)).clamp(min=1).double()[labels] ** -balance


def predict_logits(model: EmotionNetwork, faces: Tensor, batch_size: int = 512) -> Tensor:
    """Return the logits, float32 (n, 7) on the CPU, of uint8 (n, 48, 48) faces."""
    device = next(model.parameters()).device
    side = model.image_size
    model.eval()
    with torch.no_grad():
        outputs = [
            model(to_input(part.to(device), side))[1].float().cpu() for part in faces.split(batch_size)
        ]
    return torch.cat(outputs)


def load_network(checkpoint: Path) -> EmotionNetwork:
    """Return the averaged weights of a checkpoint, float32, ready to predict.

    Raises TrainingError if the file is missing or no checkpoint.
    """
    try:
        saved = torch.load(checkpoint, map_location="cpu", weights_only=False)
        model: EmotionNetwork = saved["ema"].float().eval()
        model.forget_hints()
    except FileNotFoundError:
        raise TrainingError(
            f"{checkpoint} is not there. Give a checkpoint, such as runs/.../best.pt."
        ) from None
    except (OSError, RuntimeError, KeyError, EOFError, AttributeError, pickle.UnpicklingError) as error:
        raise TrainingError(f"{checkpoint} is not a checkpoint of `train` ({error}).") from error
    return model


def _collate(rows: list[tuple[Tensor, Tensor]]) -> dict[str, Tensor]:
    faces, targets = zip(*rows, strict=True)
    return {"img": torch.stack(faces), "cls": torch.stack(targets)}
