"""Registering runs in MLflow and promoting models: an SQLite registry in a temporary folder."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import make_server

import numpy as np
import pytest

from models.emotion import EMOTIONS
from tests.onnx_models import write_tiny_model
from tests.test_training_evaluate import run as workshop
from training.data import PUBLIC_TEST, TRAINING, VALIDATION, FaceSet
from training.prepared import save_prepared
from training.recipe import Recipe, write_recipe

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]
ANGRY, HAPPY = EMOTIONS.index("angry"), EMOTIONS.index("happy")
ALWAYS_ANGRY = [0.94] + [0.01] * 6


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the one registry that all tests use: making its tables takes seconds."""
    return tmp_path_factory.mktemp("registry")


@pytest.fixture(scope="module")
def data(place: Path) -> Path:
    """Return prepared faces: light ones are happy, dark ones angry, which the tiny model can tell."""
    rng = np.random.default_rng(0)
    labels = np.arange(90) % 2 * HAPPY + (np.arange(90) + 1) % 2 * ANGRY
    happy = (labels == HAPPY)[:, None, None]
    faces = np.where(happy, rng.integers(150, 250, (90, 48, 48)), 0).astype(np.uint8)
    usages = np.repeat([TRAINING, VALIDATION, PUBLIC_TEST], 30)
    save_prepared(place / "faces.npz", FaceSet(faces, labels, usages))
    return place / "faces.npz"


def address(place: Path) -> str:
    return f"sqlite:///{place / 'mlflow.db'}"


def make_run(folder: Path, **model: Any) -> Path:
    """Return the folder of a finished run, its model a tiny one."""
    write_recipe(folder, Recipe(epochs=2))
    rows = ["epoch,time,train/loss,metrics/accuracy,val/loss", "1,9.5,1.9,0.4,1.8", "2,19,1.2,0.6,1.1"]
    (folder / "results.csv").write_text("\n".join(rows), encoding="utf-8")
    write_tiny_model(folder / "emotion.onnx", **model)
    return folder


@pytest.fixture
def command(
    tmp_path: Path,
    place: Path,
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """Return what runs a command on the registry and gives (exit code, answer, standard error)."""
    from training import registry_commands

    # larger, so plainly slower: of two alike, the clock calls one the slower
    built_in = write_tiny_model(tmp_path / "built-in.onnx", image_size=128)
    monkeypatch.setattr(registry_commands, "SHIPPED_MODEL", built_in)
    monkeypatch.chdir(tmp_path)

    def call(*words: object, tracking: str = address(place)) -> tuple[int, dict[str, Any], str]:
        given = [*words, "--data", data, "--tracking", tracking, "--json"]
        code, out, err = workshop(capsys, monkeypatch, *given)
        return code, json.loads(out.splitlines()[-1]) if out else {}, err

    return call


def test_a_run_is_registered_with_all_that_is_known_of_it(tmp_path: Path, place: Path, command: Any) -> None:
    from mlflow.tracking import MlflowClient

    code, answer, err = command("register", "--run", make_run(tmp_path / "one"))
    assert code == 0, err
    assert (answer["model"], answer["version"]) == ("models:/emotion@challenger", 1)
    assert answer["validation/accuracy_7"] == 1
    client = MlflowClient(address(place))
    version = client.get_model_version_by_alias("emotion", "challenger")
    run = client.get_run(version.run_id)
    assert run.data.params["architecture"] == "yolov8n-cls"
    assert set(run.data.tags) >= {"data", "commit"}
    assert [metric.value for metric in client.get_metric_history(version.run_id, "val/loss")] == [1.8, 1.1]
    figures = {file.path for file in client.list_artifacts(version.run_id, "figures")}
    assert figures >= {"figures/loss.svg", "figures/confusion.svg", "figures/reliability.svg"}
    files = {file.name for file in (place / "mlruns").rglob("*") if file.is_file()}
    assert "model.onnx" in files
    assert not [name for name in files if name.endswith((".pkl", ".pickle", ".pt", ".data"))]
    model = next((place / "mlruns").rglob("MLmodel")).read_text(encoding="utf-8")
    assert "signature" in model
    assert "input_example" in model


def test_the_guard_lets_only_good_models_pass(tmp_path: Path, place: Path, command: Any) -> None:
    """A good challenger becomes champion; planted bad ones are refused by the guard they fail."""
    from mlflow.tracking import MlflowClient

    def champion() -> int:
        client = MlflowClient(address(place))
        return int(client.get_model_version_by_alias("guarded", "champion").version)

    code, _, err = command("promote", "--name", "guarded")
    assert code == 1
    assert "has no challenger of 'guarded'" in err
    assert command("register", "--name", "guarded", "--run", make_run(tmp_path / "good"))[0] == 0
    code, answer, err = command("promote", "--name", "guarded")
    assert (code, answer["promoted"], answer["against"]) == (0, True, "the built-in model"), err
    assert champion() == 1
    assert command("promote", "--name", "guarded")[1]["reason"] == "it is the champion already"

    blind = make_run(tmp_path / "blind", constant=ALWAYS_ANGRY)
    assert command("register", "--name", "guarded", "--run", blind)[0] == 0
    code, answer, err = command("promote", "--name", "guarded")
    assert (code, answer["promoted"], champion()) == (1, False, 1)
    assert not answer["guards"]["accuracy"]["passed"]
    assert "worse than version 1 in accuracy 0.5 against 1" in err

    slow = make_run(tmp_path / "slow", image_size=256)
    assert command("register", "--name", "guarded", "--run", slow)[0] == 0
    code, answer, err = command("promote", "--name", "guarded")
    assert (code, champion()) == (1, 1)
    assert [name for name, guard in answer["guards"].items() if not guard["passed"]] == ["speed"]
    assert "speed" in err


def test_a_champion_that_can_not_be_asked_for_is_not_missing(
    tmp_path: Path, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a challenger would only have to be as good as the built-in model."""
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient

    ask = MlflowClient.get_model_version_by_alias

    def failing(client: MlflowClient, name: str, alias: str) -> Any:
        if alias == "champion":
            raise MlflowException("the database is locked")
        return ask(client, name, alias)

    assert command("register", "--name", "asked", "--run", make_run(tmp_path / "one"))[0] == 0
    monkeypatch.setattr(MlflowClient, "get_model_version_by_alias", failing)
    code, answer, err = command("promote", "--name", "asked")
    assert (code, answer) == (1, {})
    assert "the database is locked" in err


def test_a_run_is_judged_on_the_data_that_it_learned_from(tmp_path: Path, command: Any) -> None:
    folder = make_run(tmp_path / "one")
    (folder / "data.json").write_text('{"fingerprint": "0123"}', encoding="utf-8")
    code, answer, err = command("register", "--run", folder)
    assert (code, answer) == (1, {})
    assert "learned from other data (0123)" in err


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of an MLflow server on this computer."""
    from mlflow.server import app, handlers

    store = f"sqlite:///{tmp_path / 'server.db'}"
    monkeypatch.setenv("_MLFLOW_SERVER_FILE_STORE", store)
    monkeypatch.setenv("_MLFLOW_SERVER_ARTIFACT_ROOT", "mlflow-artifacts:/")
    monkeypatch.setenv("_MLFLOW_SERVER_ARTIFACT_DESTINATION", str(tmp_path / "artifacts"))
    monkeypatch.setenv("_MLFLOW_SERVER_SERVE_ARTIFACTS", "true")
    for known in ("_tracking_store", "_model_registry_store", "_artifact_repo"):
        monkeypatch.setattr(handlers, known, None)
    serving = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    thread.join()
    serving.server_close()


def test_what_a_server_was_given_is_what_the_app_runs(
    tmp_path: Path,
    data: Path,
    server: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: Any,
) -> None:
    from desktop.registry import fetch_registered

    run = make_run(tmp_path / "one")
    for step in (["register", "--run", run], ["promote"]):
        code, out, err = workshop(capsys, monkeypatch, *step, "--data", data, "--tracking", server, "--json")
        assert code == 0, err
        assert json.loads(out)["version"] == 1  # nothing but the answer, though MLflow talks
    found = fetch_registered(server, "models:/emotion@champion", tmp_path / "kept")
    assert (found.version, found.path.read_bytes()) == ("1", (run / "emotion.onnx").read_bytes())


def test_a_registry_that_does_not_answer_is_one_sentence(tmp_path: Path, command: Any) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # nobody listens
        nobody = f"http://127.0.0.1:{silent.getsockname()[1]}"
        for tracking, words in (
            (nobody, "does not answer"),
            (f"sqlite:///{tmp_path}/none/mlflow.db", "there is no folder"),
            ("elsewhere", "is no registry"),
        ):
            code, answer, err = command("register", "--run", make_run(tmp_path / "one"), tracking=tracking)
            assert (code, answer) == (1, {})
            assert words in err
            assert "Traceback" not in err


def test_a_folder_without_a_run_or_a_model_is_named(tmp_path: Path, command: Any) -> None:
    code, _, err = command("register", "--run", tmp_path)
    assert (code, "recipe.json is not there" in err) == (1, True)
    folder = make_run(tmp_path / "one")
    (folder / "emotion.onnx").unlink()
    code, _, err = command("register", "--run", folder)
    assert (code, "emotion.onnx is missing" in err) == (1, True)
