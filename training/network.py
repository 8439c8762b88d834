"""YOLOv8-cls and its trainer, extended: faces from memory, soft labels, webcam augmentation, bfloat16."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("YOLO_OFFLINE", "1")  # ultralytics looks neither for updates nor for packages
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
# a thread that waits lends its core: four times faster where others use the cores
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset
from ultralytics.models.yolo.classify import ClassificationTrainer
from ultralytics.nn.tasks import ClassificationModel
from ultralytics.utils.callbacks.base import get_default_callbacks

from models.emotion import EMOTIONS
from training.augment import Augmentation, augment, to_input
from training.data import Faces, Targets


class EmotionNetwork(ClassificationModel):  # type: ignore[misc]  # ultralytics has no types
    """YOLOv8-cls that trains in bfloat16, twice as fast here; its loss stays float32."""

    image_size: int  # side of its input in pixels

    def loss(self, batch: dict[str, Tensor], preds: Any = None) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the cross-entropy against soft targets in `batch["cls"]`, (n, 7)."""
        if preds is None:
            with torch.autocast(batch["img"].device.type, torch.bfloat16):
                preds = self.predict(batch["img"])
        loss: tuple[Tensor, dict[str, Tensor]] = super().loss(batch, preds.float())
        return loss


class Validator:
    """Accuracy and cross-entropy of the averaged weights on the validation split, after every epoch."""

    def __init__(self, faces: Faces, targets: Targets) -> None:
        self.metrics = SimpleNamespace(keys=["metrics/accuracy", "val/loss"])  # what the trainer asks for
        self._faces = torch.from_numpy(faces)
        self._targets = torch.from_numpy(targets)

    def __call__(self, trainer: ClassificationTrainer) -> dict[str, float]:
        """Return the figures; "fitness", which picks the best epoch, is the accuracy."""
        logits = predict_logits(trainer.ema.ema, self._faces)
        loss = float(functional.cross_entropy(logits, self._targets))
        accuracy = float((logits.argmax(1) == self._targets.argmax(1)).float().mean())
        return {"metrics/accuracy": accuracy, "val/loss": round(loss, 5), "fitness": accuracy}


class EmotionTrainer(ClassificationTrainer):  # type: ignore[misc]  # ultralytics has no types
    """Ultralytics' trainer with its data loaders, augmentation and validator replaced by ours."""

    def __init__(
        self,
        overrides: dict[str, Any],
        train: tuple[Faces, Targets],
        validation: tuple[Faces, Targets],
        augmentation: Augmentation,
    ) -> None:
        self._train_data = train
        self._validation_data = validation
        self._augmentation = augmentation
        super().__init__(overrides=overrides)
        self.callbacks = get_default_callbacks()  # without the services that ultralytics adds where installed

    def get_dataset(self) -> dict[str, Any]:
        """Return the names that ultralytics wants to know; the faces come from memory."""
        names = dict(enumerate(EMOTIONS))
        return {"train": "", "val": "", "test": "", "nc": len(names), "names": names, "channels": 3}

    def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = True) -> EmotionNetwork:
        """Return the network, its memory laid out channels last (a sixth faster here)."""
        model = EmotionNetwork(cfg, nc=len(EMOTIONS), ch=3, verbose=verbose)
        if weights is not None:
            model.load(weights)
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = self.args.dropout
        model.image_size = self.args.imgsz
        laid_out: EmotionNetwork = model.to(memory_format=torch.channels_last)
        return laid_out

    def get_dataloader(
        self,
        dataset_path: str,  # noqa: ARG002 - ultralytics' signature
        batch_size: int = 16,
        rank: int = 0,  # noqa: ARG002
        mode: str = "train",
    ) -> DataLoader:
        """Return batches of uint8 faces and their targets."""
        faces, targets = self._train_data if mode == "train" else self._validation_data
        dataset = TensorDataset(torch.from_numpy(faces), torch.from_numpy(targets))
        return DataLoader(dataset, batch_size, shuffle=mode == "train", collate_fn=_collate)

    def preprocess_batch(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return the batch on the trainer's device, its faces augmented into network input."""
        images = augment(batch["img"].to(self.device), self._augmentation, self.args.imgsz)
        images = images.contiguous(memory_format=torch.channels_last)
        return {"img": images, "cls": batch["cls"].to(self.device)}

    def get_validator(self) -> Validator:
        """Return the validator for the validation split."""
        return Validator(*self._validation_data)

    def final_eval(self) -> None:
        """Leave the checkpoints as they are, so that a run can be looked at or resumed."""


def predict_logits(model: EmotionNetwork, faces: Tensor, batch_size: int = 512) -> Tensor:
    """Return the logits, float32 (n, 7) on the CPU, of uint8 (n, 48, 48) faces."""
    device = next(model.parameters()).device
    model.eval()
    with torch.no_grad():
        outputs = [
            model(to_input(part.to(device), model.image_size))[1].float().cpu()
            for part in faces.split(batch_size)
        ]
    return torch.cat(outputs)


def load_network(checkpoint: Path) -> EmotionNetwork:
    """Return the averaged weights of a checkpoint, float32, ready to predict."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=False)
    model: EmotionNetwork = saved["ema"].float().eval()
    return model


def _collate(rows: list[tuple[Tensor, Tensor]]) -> dict[str, Tensor]:
    faces, targets = zip(*rows, strict=True)
    return {"img": torch.stack(faces), "cls": torch.stack(targets)}
