"""Commands about the registry: register, promote."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from training.console import AsJson, Data, Votes, answer, aside, bar, passing_bar, read
from training.data import VALIDATION
from training.errors import TrainingError
from training.evaluate import BLURS, LIGHTS, SIZES, Conditions, evaluate_file
from training.figures import evaluation_figures, run_figures
from training.files import SHIPPED_MODEL
from training.promotion import compare_models
from training.promotion import summary as summary_of
from training.recipe import read_recipe

MODEL_NAME = "emotion"
Tracking = Annotated[
    str,
    typer.Option(
        "--tracking",
        envvar="MLFLOW_TRACKING_URI",
        help="MLflow: http://SERVER:PORT, or sqlite:///FILE.",
    ),
]
Name = Annotated[str, typer.Option("--name", help="Name of the model in the registry.")]


def register(
    data: Data,
    run: Annotated[Path, typer.Option("--run", help="Folder that `train` has written.")],
    model: Annotated[
        Path | None, typer.Option("--model", help="Its ONNX file; default: emotion.onnx in the run's folder.")
    ] = None,
    votes: Votes = None,
    tracking: Tracking = "sqlite:///mlflow.db",
    name: Name = MODEL_NAME,
    as_json: AsJson = False,
) -> None:
    """Write a run and its model into MLflow, judged on the validation rows; it becomes the challenger."""
    with aside():
        from training import tracking as mlflow  # noqa: PLC0415 - takes seconds
        from training.targets import split_data  # noqa: PLC0415
        from training.train import MODEL_FILE, check_data, epochs_of  # noqa: PLC0415

    recipe, epochs = read_recipe(run), epochs_of(run)
    file = model or run / MODEL_FILE
    with mlflow.registry(tracking) as client:
        with passing_bar("looking for copies") as progress:
            faces = split_data(read(data, votes), progress)
        check_data(run, faces)
        with bar("faces") as progress:
            conditions = Conditions(SIZES, BLURS, LIGHTS)
            evaluation = evaluate_file(file, faces.of_usage(VALIDATION), conditions, progress)
        metrics = numbers(evaluation.figures, "validation") | _judged(run)
        version = mlflow.track(
            client,
            mlflow.Tracked(
                run=run.name,
                parameters=recipe.model_dump(),
                epochs=epochs,
                metrics=metrics,
                figures=run_figures(epochs) | evaluation_figures(evaluation),
                tags={"data": faces.fingerprint(), "commit": mlflow.git_commit()},
                model=file,
            ),
            name,
        )
        client.set_registered_model_alias(name, mlflow.CHALLENGER, str(version))
    answer({"model": f"models:/{name}@{mlflow.CHALLENGER}", "version": version, **metrics}, as_json)


def promote(
    data: Data,
    votes: Votes = None,
    tracking: Tracking = "sqlite:///mlflow.db",
    name: Name = MODEL_NAME,
    as_json: AsJson = False,
) -> None:
    """Make the challenger the champion, unless it is worse on any guard; both are judged on validation rows.

    Where there is no champion yet, the model that Classmood ships with is what it must not be worse than.
    """
    with aside():
        from training import tracking as mlflow  # noqa: PLC0415 - takes seconds
        from training.targets import split_data  # noqa: PLC0415

    with mlflow.registry(tracking) as client, tempfile.TemporaryDirectory() as folder:
        challenger = mlflow.aliased(client, name, mlflow.CHALLENGER)
        if challenger is None:
            raise TrainingError(f"{tracking} has no challenger of {name!r}. Register a run first.")
        champion = mlflow.aliased(client, name, mlflow.CHAMPION)
        if champion == challenger:
            reason = "it is the champion already"
            answer({"promoted": False, "version": challenger, "reason": reason}, as_json)
            return
        with passing_bar("looking for copies") as progress:
            faces = split_data(read(data, votes), progress).of_usage(VALIDATION)
        new = mlflow.download(client, name, challenger, Path(folder) / "challenger")
        old = SHIPPED_MODEL
        if champion is not None:
            old = mlflow.download(client, name, champion, Path(folder) / "champion")
        with bar("judging both"):
            guards = compare_models(new, old, faces)
        worse = [guard for guard in guards if not guard.passed]
        if not worse:
            client.set_registered_model_alias(name, mlflow.CHAMPION, str(challenger))
        result = {
            "promoted": not worse,
            "version": challenger,
            "against": "the built-in model" if champion is None else f"version {champion}",
            "guards": summary_of(guards),
        }
        client.set_model_version_tag(name, str(challenger), "guards", json.dumps(result["guards"]))
    answer(result, as_json)
    if worse:
        raise TrainingError(
            f"Version {challenger} was not promoted; it is worse than {result['against']} in "
            f"{'; '.join(map(str, worse))}."
        )


def numbers(figures: dict[str, object], prefix: str) -> dict[str, float]:
    """Return the numbers among figures, those of inner dictionaries too, each with a name of its own."""
    found: dict[str, float] = {}
    for key, value in figures.items():
        if isinstance(value, dict):
            found |= numbers(value, f"{prefix}/{key}")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found[f"{prefix}/{key}"] = float(value)
    return found


def _judged(run: Path) -> dict[str, float]:
    """Return the test figures that `evaluate --out RUN` has left in a run's folder, if it has."""
    path = run / "evaluation.json"
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
        return numbers(figures, str(figures["usage"]))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} can not be read ({error}). Evaluate again.") from error
