"""Training of the face detector: ultralytics' detection trainer fed with pictures composed on the way."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, Sampler
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils.callbacks.base import get_default_callbacks

from training.detector_compose import HEIGHT, WIDTH, Composer
from training.detector_data import Pictures
from training.errors import TrainingError

NETWORK = Path(__file__).with_name("face_detector.yaml")
_VALIDATION_SEED = 10_000  # the validation's pictures are the same after every epoch


@dataclass(frozen=True, slots=True)
class DetectorRecipe:
    """Everything that decides how a run ends, apart from its pictures."""

    epochs: int = 40
    hours: float | None = None  # fit as many epochs as there is time for instead
    pictures: int = 3072  # composed for one epoch
    validation_pictures: int = 300
    batch: int = 16
    learning_rate: float = 0.003
    weight_decay: float = 0.0005
    seed: int = 0
    freeze: int = 0  # stages from the first one that keep their weights: the large pictures cost most


class ComposedPictures(Dataset):  # type: ignore[misc]  # no torch where this is checked
    """The composer's pictures as ultralytics wants its samples."""

    def __init__(self, composer: Composer, count: int) -> None:
        self._composer = composer
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> dict[str, Any]:
        """Return picture `number`; numbers beyond the length give further pictures."""
        cv2.setNumThreads(1)
        image, faces = self._composer.compose(number)
        centres = (faces[:, :2] + faces[:, 2:]) / 2
        boxes = np.concatenate([centres, faces[:, 2:] - faces[:, :2]], axis=1)
        boxes /= (WIDTH, HEIGHT, WIDTH, HEIGHT)
        return {
            "img": torch.from_numpy(np.ascontiguousarray(image[:, :, ::-1].transpose(2, 0, 1))),
            "bboxes": torch.from_numpy(boxes.astype(np.float32)),
        }


class _FurtherPictures(Sampler):  # type: ignore[misc]  # no torch where this is checked
    """Every epoch has pictures of its own, in a run that went on after a stop too."""

    def __init__(self, count: int) -> None:
        self.epoch = 0
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.epoch * self._count, (self.epoch + 1) * self._count))


class FaceNetwork(DetectionModel):  # type: ignore[misc]  # ultralytics has no types
    """YOLOv8 that trains in bfloat16, 1.6 times as fast here; its loss stays float32."""

    def loss(self, batch: dict[str, Any], preds: Any = None) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Return the three losses of ultralytics, and the same without gradients."""
        if preds is None:
            with torch.autocast(batch["img"].device.type, torch.bfloat16):
                preds = self.predict(batch["img"])
            preds = {
                name: [level.float() for level in value] if isinstance(value, list) else value.float()
                for name, value in preds.items()
            }
        loss: tuple[torch.Tensor, dict[str, torch.Tensor]] = super().loss(batch, preds)
        return loss


class FaceDetectorTrainer(DetectionTrainer):  # type: ignore[misc]  # ultralytics has no types
    """Ultralytics' trainer with its data sets replaced by the composer."""

    def __init__(
        self,
        overrides: dict[str, Any],
        train: Pictures,
        validation: Pictures,
        recipe: DetectorRecipe,
        workers: int = 1,
    ) -> None:
        self._recipe = recipe
        self._workers = workers
        self._train_data = ComposedPictures(Composer(train, recipe.seed), recipe.pictures)
        self._validation_data = ComposedPictures(
            Composer(validation, recipe.seed + _VALIDATION_SEED), recipe.validation_pictures
        )
        self._sampler = _FurtherPictures(recipe.pictures)
        super().__init__(overrides=overrides)
        self.callbacks = get_default_callbacks()  # without the services that ultralytics adds where installed
        self.add_callback("on_train_epoch_start", lambda trainer: self._start_epoch(trainer.epoch))

    def get_dataset(self) -> dict[str, Any]:
        """Return the names that ultralytics wants to know; the pictures come from the composer."""
        return {"train": "", "val": "", "test": "", "nc": 1, "names": {0: "face"}, "channels": 3}

    def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = True) -> FaceNetwork:
        """Return the network, its memory laid out channels last."""
        model = FaceNetwork(cfg, nc=1, ch=3, verbose=verbose)
        if weights is not None:
            model.load(weights)
        laid_out: FaceNetwork = model.to(memory_format=torch.channels_last)
        return laid_out

    def get_dataloader(
        self,
        dataset_path: str,  # noqa: ARG002 - ultralytics' signature
        batch_size: int = 16,
        rank: int = 0,  # noqa: ARG002
        mode: str = "train",
    ) -> DataLoader:
        """Return batches of composed pictures."""
        if mode == "train":
            return DataLoader(
                self._train_data,
                batch_size,
                sampler=self._sampler,
                collate_fn=_collate,
                num_workers=self._workers,
                drop_last=True,
            )
        return DataLoader(self._validation_data, batch_size, collate_fn=_collate, num_workers=self._workers)

    def preprocess_batch(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return the batch on the trainer's device, pictures 0..1."""
        batch = super().preprocess_batch(batch)
        batch["img"] = batch["img"].contiguous(memory_format=torch.channels_last)
        return batch

    def final_eval(self) -> None:
        """Leave the checkpoints as they are, so that a run can be looked at or resumed."""

    def _start_epoch(self, epoch: int) -> None:
        self._sampler.epoch = epoch


def train_detector(
    train: Pictures,
    validation: Pictures,
    recipe: DetectorRecipe,
    run: Path,
    *,
    start: Path | None = None,
    device: str = "cpu",
    threads: int = 2,
    workers: int = 1,
) -> Path:
    """Train into the folder `run` and return the last checkpoint; a run that stopped there goes on.

    A new run begins with the weights of the checkpoint `start`, if there is one, instead of random ones.
    Raises TrainingError if the folder holds a run of another recipe.
    """
    last = run / "weights" / "last.pt"
    recipe_path = run / "recipe.json"
    overrides = _overrides(recipe, run, device)
    if last.exists():
        begun = _read_recipe(recipe_path)
        if begun != recipe:
            raise TrainingError(f"{run} holds a run of another recipe ({begun}). Give another folder.")
        saved = torch.load(last, map_location="cpu", weights_only=False)
        if saved["epoch"] + 1 >= recipe.epochs or saved["epoch"] < 0:
            return last
        overrides["resume"] = str(last)
    else:
        if start is not None:
            overrides["pretrained"] = str(start)
        run.mkdir(parents=True, exist_ok=True)
        recipe_path.write_text(json.dumps(asdict(recipe), indent=2) + "\n", encoding="utf-8")
    trainer = FaceDetectorTrainer(overrides, train, validation, recipe, workers)
    if device == "cpu":
        torch.set_num_threads(threads)  # ultralytics leaves one core out
    trainer.train()
    return last


def load_face_network(checkpoint: Path) -> DetectionModel:
    """Return the averaged weights of a checkpoint, float32, ready to predict."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=False)
    model: DetectionModel = saved["ema"].float().eval()
    return model


def _read_recipe(path: Path) -> DetectorRecipe:
    try:
        return DetectorRecipe(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(f"{path} can not be read ({error}). Train again into an empty folder.") from error


def _overrides(recipe: DetectorRecipe, run: Path, device: str) -> dict[str, Any]:
    """Return the recipe in ultralytics' words."""
    return {
        "model": str(NETWORK),
        "data": "composed",
        "imgsz": WIDTH,
        "epochs": recipe.epochs,
        "time": recipe.hours,
        "batch": recipe.batch,
        "nbs": recipe.batch,
        "optimizer": "AdamW",
        "lr0": recipe.learning_rate,
        "lrf": 0.01,
        "cos_lr": True,
        "warmup_epochs": 1,
        "warmup_bias_lr": 0.0,
        "weight_decay": recipe.weight_decay,
        "seed": recipe.seed,
        "freeze": recipe.freeze,
        "patience": recipe.epochs,
        "device": device,
        "amp": False,  # the network does it itself: ultralytics has no bfloat16 on a CPU
        "pretrained": False,
        "single_cls": True,
        "close_mosaic": 0,
        "plots": False,
        "verbose": False,
        "save_dir": str(run),
        "exist_ok": True,
    }


def _collate(samples: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one batch; its box rows say by "batch_idx" which picture they belong to."""
    boxes = [sample["bboxes"] for sample in samples]
    rows = torch.cat([torch.full((len(part),), float(index)) for index, part in enumerate(boxes)])
    return {
        "img": torch.stack([sample["img"] for sample in samples]),
        "bboxes": torch.cat(boxes),
        "cls": torch.zeros(len(rows), 1),
        "batch_idx": rows,
        "im_file": [""] * len(samples),
        "ori_shape": [(HEIGHT, WIDTH)] * len(samples),
        "ratio_pad": [((1.0, 1.0), (0.0, 0.0))] * len(samples),
    }
