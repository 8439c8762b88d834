"""Runs in MLflow: parameters, figures after each epoch, evaluation, data, commit, and the model itself."""

import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

# Before MLflow is imported: it gives a silent server up soon.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

import mlflow
import numpy as np
import onnx
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient
from sqlalchemy.exc import SQLAlchemyError

from models.emotion import EMOTIONS, FACE_SIZE, to_network_input
from training.console import aside
from training.errors import TrainingError
from training.evaluate import open_classifier
from training.files import sha256_of

DEFAULT_TRACKING = "sqlite:///mlflow.db"
EXPERIMENT = "classmood"
CHALLENGER, CHAMPION = "challenger", "champion"
_ANSWER_S = 5.0
_SQLITE = "sqlite:///"
_NO_SUCH = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")  # model, alias


@dataclass(frozen=True, slots=True)
class Tracked:
    """What is known of a run when it is registered."""

    run: str  # its name
    parameters: Mapping[str, object]
    epochs: list[dict[str, float]]
    metrics: Mapping[str, float]
    figures: Mapping[str, str]  # SVG by name
    tags: Mapping[str, str]
    model: Path  # the ONNX file


@contextmanager
def registry(tracking: str) -> Iterator[MlflowClient]:
    """Give a client of a tracking server or of an SQLite file; raises TrainingError if it does not answer."""
    _check_answers(tracking)
    try:
        mlflow.set_tracking_uri(tracking)
        yield MlflowClient(tracking)
    except (MlflowException, SQLAlchemyError, OSError) as error:
        first = str(error).strip().splitlines()[0]
        raise TrainingError(f"The registry {tracking} can not do it: {first}") from error


def track(client: MlflowClient, tracked: Tracked, name: str) -> int:
    """Write a run into the registry, register its model as `name`, and return the model's version."""
    model = onnx.load(str(tracked.model))
    sha256 = sha256_of(model.SerializeToString())
    images, probabilities = _example(tracked.model)
    experiment = _experiment(client)
    with aside(), mlflow.start_run(experiment_id=experiment, run_name=tracked.run) as active:
        mlflow.log_params({key: str(value)[:500] for key, value in tracked.parameters.items()})
        mlflow.set_tags(dict(tracked.tags))
        for epoch in tracked.epochs:
            values = {key: value for key, value in epoch.items() if key != "epoch" and np.isfinite(value)}
            mlflow.log_metrics(values, step=int(epoch["epoch"]))
        mlflow.log_metrics(dict(tracked.metrics))
        for figure, drawing in tracked.figures.items():
            mlflow.log_text(drawing, f"figures/{figure}.svg")
        logged = mlflow.onnx.log_model(
            model,
            name="model",
            signature=infer_signature(images, probabilities),
            input_example=images,
            save_as_external_data=False,
            onnx_execution_providers=["CPUExecutionProvider"],
            pip_requirements=["onnxruntime", "numpy"],
        )
    _ensure_model(client, name)
    tags = {"sha256": sha256, "labels": ",".join(EMOTIONS), **tracked.tags}
    version = client.create_model_version(
        name, logged.model_uri, active.info.run_id, tags, model_id=logged.model_id
    )
    return int(version.version)


def aliased(client: MlflowClient, name: str, alias: str) -> int | None:
    """Return the version that an alias of a model names, None if there is no such model or alias."""
    try:
        return int(client.get_model_version_by_alias(name, alias).version)
    except MlflowException as error:
        if error.error_code in _NO_SUCH:
            return None
        raise  # a champion that can not be asked for is not one that is missing


def download(client: MlflowClient, name: str, version: int, folder: Path) -> Path:
    """Fetch the ONNX file of a version; raises TrainingError if its SHA-256 is not the registered one."""
    found = client.get_model_version(name, str(version))
    source = client.get_model_version_download_uri(name, str(version))
    path = Path(mlflow.artifacts.download_artifacts(f"{source}/model.onnx", dst_path=str(folder)))
    if sha256_of(path.read_bytes()) != found.tags.get("sha256"):
        raise TrainingError(f"Version {version} of {name} is not what was registered: its SHA-256 differs.")
    return path


def git_commit() -> str:
    """Return the commit of the workshop's code, with a plus sign if files differ from it; else unknown."""
    where = ["git", "-C", str(Path(__file__).parent)]
    try:
        commit = _output([*where, "rev-parse", "--short=12", "HEAD"])
        changed = _output([*where, "status", "--porcelain", "--untracked-files=no"])
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return f"{commit}+" if changed else commit


def _output(words: list[str]) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20)  # noqa: S603
    return done.stdout.strip()


def _check_answers(tracking: str) -> None:
    """Raise TrainingError at once where MLflow would try for minutes."""
    if tracking.startswith(("http://", "https://")):
        try:
            with urllib.request.urlopen(f"{tracking.rstrip('/')}/health", timeout=_ANSWER_S):  # noqa: S310
                return
        except (OSError, HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise TrainingError(
                f"The registry {tracking} does not answer ({reason}). Start it with `mlflow server`, check "
                f"the address, or leave --tracking out to use {DEFAULT_TRACKING}."
            ) from error
    if tracking.startswith(_SQLITE):
        folder = Path(tracking.removeprefix(_SQLITE)).absolute().parent
        if not folder.is_dir():
            raise TrainingError(f"The registry {tracking} can not be opened: there is no folder {folder}.")
    elif "://" not in tracking:
        raise TrainingError(f"{tracking!r} is no registry: give http://SERVER:PORT or {_SQLITE}FILE.")


def _experiment(client: MlflowClient) -> str:
    """Return the experiment's id; beside an SQLite file the models lie in a folder of their own."""
    known = client.get_experiment_by_name(EXPERIMENT)
    if known is not None:
        return str(known.experiment_id)
    place = None
    tracking = mlflow.get_tracking_uri()
    if tracking.startswith(_SQLITE):
        database = Path(tracking.removeprefix(_SQLITE)).absolute()
        place = (database.parent / "mlruns").as_uri()
    return str(client.create_experiment(EXPERIMENT, artifact_location=place))


def _ensure_model(client: MlflowClient, name: str) -> None:
    try:
        client.get_registered_model(name)
    except MlflowException:
        client.create_registered_model(name, description="Emotion of a face; see models/weights/emotion.md.")


def _example(model: Path) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return (images, probabilities) of a grey face: what goes in and what comes out."""
    classifier = open_classifier(model)
    faces = [np.full((FACE_SIZE, FACE_SIZE), 128, np.uint8)]
    return to_network_input(faces, classifier.image_size), classifier.classify(faces)
