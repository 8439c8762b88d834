"""The comparison: every recipe trained, exported and judged on one split; what is done is not done again."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnx

from training.data import PUBLIC_TEST, FaceSet
from training.errors import TrainingError
from training.evaluate import Conditions, evaluate_file, open_classifier
from training.files import sha256_of, write_whole
from training.promotion import SMALL, milliseconds_per_face
from training.recipe import PACKAGES, Recipe, load_recipe
from training.runs import export_run
from training.train import MODEL_FILE, Machine, check_data, epochs_of, is_finished, train

Progress = Callable[[int, int], object]
_COLUMNS = (
    ("name", "recipe"),
    ("labels", "learned from"),
    ("plus_accuracy_7", "FER+ 7"),
    ("plus_accuracy_4", "FER+ 4"),
    ("accuracy_7", "FER2013 7"),
    ("accuracy_4", "FER2013 4"),
    ("own_split", "its own split"),
    ("epochs", "epochs"),
    ("parameters", "parameters"),
    ("ms_per_face", "ms a face"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; accuracies are of the test rows, None where there is nothing to say."""

    name: str
    labels: str
    accuracy_7: float | None
    accuracy_4: float
    plus_accuracy_7: float | None
    plus_accuracy_4: float | None
    ece: float | None
    small_faces: float | None  # accuracy at 24 pixels
    own_split: float | None  # the figure that the recipe's author would have reported
    parameters: int | None
    ms_per_face: float | None
    epochs: int | None
    sha256: str  # of the model file, "" where there is none


def in_order(names: Iterable[str]) -> list[str]:
    """Return recipes with those that they start with or learn from, which come first."""
    found: list[str] = []

    def add(name: str, asked_by: tuple[str, ...]) -> None:
        if name in asked_by:
            raise TrainingError(f"The recipe {name!r} needs itself to be trained first.")
        if not name or name in found or name in PACKAGES or name.endswith((".onnx", ".pt")):
            return
        recipe = load_recipe(name)
        for other in (recipe.start, *recipe.teachers, *recipe.mentors):
            add(other, (*asked_by, name))
        found.append(name)

    for name in names:
        add(name, ())
    return found


def run_folder(runs: Path, name: str) -> Path:
    """Return where a recipe's run lies; one of your own is named as its file is."""
    return runs / (Path(name).stem if name.endswith(".toml") else name)


def compare_recipe(
    name: str,
    recipe: Recipe,
    faces: FaceSet,
    runs: Path,
    machine: Machine | None,
) -> Row:
    """Return a recipe's row; without a machine only finished runs are looked at."""
    run = run_folder(runs, name)
    if machine is not None:
        train(faces, recipe, run, machine)
    elif not is_finished(run):
        raise TrainingError(f"{run} holds no finished run.")
    check_data(run, faces)
    model = run / MODEL_FILE
    best = run / "weights" / "best.pt"
    if not model.exists() or model.stat().st_mtime_ns < best.stat().st_mtime_ns:
        export_run(run, faces, model, "0")
    epochs = epochs_of(run)
    own = max((epoch["metrics/accuracy"] for epoch in epochs), default=None) if recipe.leak else None
    labels = "FER2013" if recipe.labels == "fer2013" else "FER+"
    return judge(name, model, faces, labels, own_split=own, epochs=len(epochs))


def judge(
    name: str,
    model: Path,
    faces: FaceSet,
    labels: str,
    progress: Progress | None = None,
    *,
    own_split: float | None = None,
    epochs: int | None = None,
) -> Row:
    """Return the row of a model file."""
    test = faces.of_usage(PUBLIC_TEST)
    figures = evaluate_file(model, test, Conditions(sizes=(SMALL,)), progress).figures
    content = model.read_bytes()
    (ms_per_face,) = milliseconds_per_face([open_classifier(model)], test.faces)

    def number(key: str) -> float | None:
        value = figures.get(key)
        return float(value) if isinstance(value, int | float) else None

    by_size = figures["accuracy_7_by_size"]
    return Row(
        name=name,
        labels=labels,
        accuracy_7=number("accuracy_7"),
        accuracy_4=number("accuracy_4") or 0.0,
        plus_accuracy_7=number("plus_accuracy_7"),
        plus_accuracy_4=number("plus_accuracy_4"),
        ece=number("ece"),
        small_faces=by_size[str(SMALL)] if isinstance(by_size, dict) else None,
        own_split=own_split,
        parameters=count_numbers(content),
        ms_per_face=round(ms_per_face, 3),
        epochs=epochs,
        sha256=sha256_of(content),
    )


def count_numbers(content: bytes) -> int:
    """Return how many learned numbers an ONNX file holds."""
    model = onnx.load_from_string(content)
    return sum(int(np.prod(weight.dims)) for weight in model.graph.initializer)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table, best first."""
    shown = sorted(rows, key=lambda row: row.plus_accuracy_7 or row.accuracy_4, reverse=True)
    lines = ["| " + " | ".join(title for _, title in _COLUMNS) + " |", "| --- " * len(_COLUMNS) + "|"]
    for row in shown:
        values = asdict(row)
        lines.append("| " + " | ".join(_shown(key, values[key]) for key, _ in _COLUMNS) + " |")
    return "\n".join(lines) + "\n"


def read_rows(path: Path, fingerprint: str) -> list[Row]:
    """Return the rows of a comparison's JSON file, none if it is not there.

    Raises TrainingError if it can not be read or compares on other data.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        known, rows = content["data"], [Row(**row) for row in content["rows"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} can not be read ({error}). Remove it and compare again.") from error
    if known != fingerprint:
        raise TrainingError(f"{path} compares on other data ({known}). Give another folder with --out.")
    return rows


def write_rows(folder: Path, rows: Sequence[Row], fingerprint: str) -> None:
    """Write compare.json and compare.md."""
    content = {"data": fingerprint, "usage": PUBLIC_TEST, "rows": [asdict(row) for row in rows]}
    write_whole(folder / "compare.json", (json.dumps(content, indent=2) + "\n").encode())
    write_whole(folder / "compare.md", table(rows).encode())


def merged(rows: Sequence[Row], row: Row) -> list[Row]:
    """Return the rows with this one in the place of an older one of its name."""
    return [*(known for known in rows if known.name != row.name), row]


def _shown(key: str, value: object) -> str:
    if value is None:
        return ""
    if key == "parameters" and isinstance(value, int):
        return f"{value / 1e6:.2f} M"
    if key == "ms_per_face" and isinstance(value, float):
        return f"{value:.2f}"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
