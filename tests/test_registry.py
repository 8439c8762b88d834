"""The emotion model of an MLflow registry: fetched once, checked, kept; the built-in one where that fails."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from desktop.assembly import build_pipeline
from desktop.cli import cli
from desktop.emotion_model import EmotionModels, open_emotion_model, with_model
from desktop.registry import RegistryError, fetch_registered, kept_model
from desktop.settings import AnalysisSettings, ModelSettings, Settings, SettingsError
from tests.onnx_models import write_tiny_model

CHAMPION = "models:/emotion@champion"


class Registry:
    """Answers as an MLflow server does, on this computer."""

    def __init__(self, model: Path) -> None:
        self.content = model.read_bytes()
        self.version = "3"
        self.tags = [{"key": "sha256", "value": hashlib.sha256(self.content).hexdigest()}]
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, query: dict[str, list[str]]) -> bytes | None:
        """Return what is sent, None for an error."""
        self.asked.append(path)
        if path == "/model-versions/get-artifact":
            known = query == {"path": ["model.onnx"], "name": ["emotion"], "version": [self.version]}
            return self.content if known else None
        known = query in (
            {"name": ["emotion"], "alias": ["champion"]},
            {"name": ["emotion"], "version": [self.version]},
        )
        version = {"name": "emotion", "version": self.version, "tags": self.tags}
        return json.dumps({"model_version": version}).encode() if known else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                where = urlsplit(self.path)
                content = registry.answer(where.path, parse_qs(where.query))
                self.send_response(404 if content is None else 200)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    server = Registry(write_tiny_model(tmp_path / "theirs.onnx", metadata={"name": "theirs"}))
    yield server
    server.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def named(registry: Registry, name: str = CHAMPION) -> ModelSettings:
    return ModelSettings(registry=registry.address, name=name)


@pytest.mark.parametrize("name", [CHAMPION, "models:/emotion/3"])
def test_the_registry_s_model_is_run(registry: Registry, folder: Path, name: str) -> None:
    opened = open_emotion_model(named(registry, name), folder)
    assert (opened.classifier.name, opened.notice) == ("theirs", None)


def test_a_model_is_fetched_once(registry: Registry, folder: Path) -> None:
    models = EmotionModels(folder)
    assert models.name(named(registry)) == "theirs 0.0.1"  # a lesson may begin before it is run
    models.open(named(registry))
    models.open(named(registry))
    assert models.name(named(registry)) == "theirs 0.0.1"
    assert len(registry.asked) == 2  # which version, and its file
    open_emotion_model(named(registry), folder)  # the next start
    assert registry.asked[2:] == ["/api/2.0/mlflow/registered-models/alias"]


def test_the_kept_model_serves_while_nobody_answers(registry: Registry, folder: Path) -> None:
    settings = named(registry)
    open_emotion_model(settings, folder)
    registry.stop()
    opened = open_emotion_model(settings, folder)
    assert opened.classifier.name == "theirs"
    assert "version 3" in str(opened.notice)
    (kept,) = (folder / "registry").glob("*.onnx")
    kept.write_bytes(kept.read_bytes()[:-9])  # damaged since
    opened = open_emotion_model(settings, folder)
    assert opened.classifier.name != "theirs"
    assert str(opened.notice).startswith("The built-in model is used instead of the registry's.")


def test_a_new_version_replaces_the_old_one(registry: Registry, folder: Path, tmp_path: Path) -> None:
    open_emotion_model(named(registry), folder)
    registry.content = write_tiny_model(tmp_path / "b.onnx", metadata={"name": "newer"}).read_bytes()
    registry.version = "4"
    registry.tags = [{"key": "sha256", "value": hashlib.sha256(registry.content).hexdigest()}]
    assert open_emotion_model(named(registry), folder).classifier.name == "newer"
    kept = kept_model(registry.address, CHAMPION, folder / "registry")
    assert kept is not None
    assert kept.version == "4"


def test_what_is_not_the_registered_file_is_refused(registry: Registry, folder: Path) -> None:
    registry.content += b"!"
    with pytest.raises(RegistryError, match="its SHA-256 differs"):
        fetch_registered(registry.address, CHAMPION, folder)
    assert not list(folder.glob("*"))
    registry.tags = []
    with pytest.raises(RegistryError, match="without its SHA-256"):
        fetch_registered(registry.address, CHAMPION, folder)


def test_a_model_that_is_not_ours_falls_back(registry: Registry, folder: Path) -> None:
    registry.content = b"no ONNX file"
    registry.tags = [{"key": "sha256", "value": hashlib.sha256(registry.content).hexdigest()}]
    opened = open_emotion_model(named(registry), folder)
    assert opened.classifier.name.startswith("emotion")
    assert "no ONNX file" in str(opened.notice)


@pytest.mark.parametrize(
    ("address", "name", "words"),
    [
        ("", "models:/emotion@nobody", r"does not have the model .*alias=nobody\). Register one and promote"),
        ("http://127.0.0.1:9", CHAMPION, r"get\?name=emotion|alias.*: nobody answers there\.$"),
        ("", "models:/emotion", "names no model"),
        ("ftp://there", CHAMPION, "must begin with http"),
        ("/there/mlflow.db", CHAMPION, "mlflow server"),
        ("http://", CHAMPION, "is no address of a registry"),
    ],
)
def test_what_can_not_be_asked_is_named(
    registry: Registry, folder: Path, address: str, name: str, words: str
) -> None:
    with pytest.raises(RegistryError, match=words):
        fetch_registered(address or registry.address, name, folder)


def test_another_server_is_told_from_a_registry(
    registry: Registry, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in (b"<html>", b"[]", b'{"model_version": 3}', b"\xff"):
        monkeypatch.setattr(registry, "answer", lambda *_, content=content: content)
        with pytest.raises(RegistryError, match="not as an MLflow registry"):
            fetch_registered(registry.address, CHAMPION, folder)


def test_the_pipeline_carries_the_notice(folder: Path) -> None:
    nobody = ModelSettings(registry="http://127.0.0.1:9")
    pipeline = build_pipeline(AnalysisSettings(), folder, live=False, model=nobody)
    pipeline.close()
    assert "The built-in model is used" in str(pipeline.notice)


def test_the_command_line_names_a_model() -> None:
    stored = Settings(model=ModelSettings(registry="http://there:5000"))
    assert with_model(stored, None) is stored
    assert with_model(stored, "models:/emotion/7").model.name == "models:/emotion/7"
    assert stored.model.name == CHAMPION
    for settings, name, words in (
        (stored, "emotion.onnx", "names no model"),
        (Settings(), CHAMPION, "the settings name none"),
    ):
        with pytest.raises(SettingsError, match=words):
            with_model(settings, name)


def test_analyze_says_which_model_is_used(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "settings.toml").write_text('[model]\nregistry = "http://127.0.0.1:9"\n', encoding="utf-8")
    words = ["analyze", str(tmp_path / "none.png"), "--out", str(tmp_path / "out"), "--data-dir", str(data)]
    done = CliRunner().invoke(cli, words)
    assert "note: The built-in model is used instead of the registry's." in done.stderr
