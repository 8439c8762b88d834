"""Recipes: everything that decides how a run ends apart from its data; one TOML file each in recipes/."""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from training.errors import TrainingError
from training.files import write_whole

RECIPES = Path(__file__).parent / "recipes"
BASE = "base"  # needs nothing but data: what is trained where no recipe is named
Architecture = Literal[
    "yolov8n-cls", "yolov8s-cls", "resnet18", "efficientnet_b0", "plain-cnn", "face-mobilenet"
]
FACERES = "faceres"  # a package with weights that know faces
COCO = "coco"  # one with weights that know COCO's things
PACKAGES: dict[str, tuple[str, ...]] = {  # what may start with them
    FACERES: ("face-mobilenet",),
    COCO: ("yolov8n-cls", "yolov8s-cls"),
}
Pixels = Annotated[int, Field(ge=1, le=256)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Augmentation(_Strict):
    """How far and how often each change goes; shares of the face's side unless a unit is named."""

    rotation: float = Field(default=15.0, ge=0, le=90)  # degrees either way
    scale: Share = 0.15
    shift: Share = 0.08
    brightness: Share = 0.2  # of full scale
    contrast: Share = 0.4
    gamma: Share = 0.4  # exponent is e**(+-gamma)
    side_light: Share = 0.3  # how often one side is darker
    small: Share = 0.3  # how often a face has only `small_sizes` pixels
    small_sizes: tuple[Pixels, Pixels] = (16, 48)  # from, and up to without it
    blur: Share = 0.15
    noise: Share = 0.2
    cut_out: Share = 0.3

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.small_sizes[0] >= self.small_sizes[1]:
            raise ValueError("the first of small_sizes must be smaller than the second")
        return self


class Recipe(_Strict):
    """How a network is made."""

    architecture: Architecture = "yolov8n-cls"
    start: str = ""  # recipe or checkpoint whose weights it begins with, or a package; "": from scratch
    # at 96 pixels it sees each of a face's 48: its first layer halves
    image_size: int = Field(default=96, ge=32, le=256)
    emotions: Literal[4, 7] = 7  # 4: learns only from happy, neutral, sad, surprise
    labels: Literal["fer+", "fer2013"] = "fer+"
    label_votes: int = Field(default=1, ge=0, le=10)  # FER2013's label counts as so many of FER+'s taggers
    balance: Share = 0.0  # 0: emotions as often as they are; 1: all equally often
    epochs: int = Field(default=60, ge=1)
    patience: int = Field(default=0, ge=0)  # epochs without a better figure before it ends; 0: never
    batch: int = Field(default=128, ge=2)
    learning_rate: float = Field(default=0.002, gt=0)
    weight_decay: float = Field(default=0.025, ge=0)
    dropout: Share = 0.2
    seed: int = Field(default=0, ge=0, lt=2**32)  # what NumPy takes
    teachers: tuple[str, ...] = ()  # recipes or model files whose mean opinion is mixed into the labels
    teacher_share: Share = 0.5
    teacher_temperature: float = Field(default=2.0, gt=0)  # a teacher is too sure of what it learned by heart
    mentors: tuple[str, ...] = ()  # recipes or checkpoints that see each face as it was changed for the pupil
    mentor_share: Share = 0.6  # of their mean opinion of it, in the labels
    hint_weight: float = Field(default=0.0, ge=0)  # of guessing what the last layer of the first of them sees
    copies_before_split: int = Field(default=0, ge=0)  # the article's way: changed copies of each
    leak: bool = False  # its mistake: the copies are split, not the pictures
    augmentation: Augmentation | None = Augmentation()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.leak and not self.copies_before_split:
            raise ValueError("leak needs copies_before_split: without copies there is nothing to leak")
        if self.hint_weight and not (self.mentors and self.architecture.startswith("yolov8")):
            raise ValueError("hint_weight needs a mentor, and a YOLOv8 as its pupil")
        able = PACKAGES.get(self.start, (self.architecture,))
        if self.architecture not in able:
            raise ValueError(f"only {' and '.join(able)} can start with {self.start!r}")
        return self


def recipe_names() -> list[str]:
    """Return the names of all recipes of the workshop."""
    return sorted(path.stem for path in RECIPES.glob("*.toml"))


def load_recipe(name: str, **changes: object) -> Recipe:
    """Return a recipe of the workshop by its name, or one of your own by its TOML file.

    `changes` replaces single values; None leaves one as it is. Raises TrainingError naming what is wrong.
    """
    path = Path(name) if name.endswith(".toml") else RECIPES / f"{name}.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TrainingError(
            f"There is no recipe {name!r}. There are: {', '.join(recipe_names())}; or give a TOML file."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrainingError(f"{path} can not be read as a recipe ({error}).") from error
    return _checked({**values, **{key: value for key, value in changes.items() if value is not None}}, path)


def read_recipe(run: Path) -> Recipe:
    """Return the recipe of a run's folder; raises TrainingError if it holds none."""
    path = run / "recipe.json"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TrainingError(f"{path} is not there. Give a folder that `train` has written.") from None
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} can not be read ({error}). Train again into an empty folder.") from error
    return _checked(values, path)


def write_recipe(run: Path, recipe: Recipe) -> None:
    """Note the recipe in a run's folder."""
    write_whole(run / "recipe.json", (recipe.model_dump_json(indent=2) + "\n").encode())


def _checked(values: object, path: Path) -> Recipe:
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or "the recipe"
        raise TrainingError(f"{path}: {where}: {problem['msg']}.") from error
