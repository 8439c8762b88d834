"""Fetching model files: only right files arrive, whatever the network does."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from urllib.error import URLError

import pytest

from models.downloads import DOWNLOADS, YUNET, DownloadableModel, fetch, is_present, open_https
from models.errors import ModelError

CONTENT = b"a network" * 20_000
MODEL = DownloadableModel(
    name="toy",
    file_name="toy.onnx",
    url="https://example.org/toy.onnx",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    licence="MIT",
)


class Server:
    """Answers with the given bytes and remembers what it was asked."""

    def __init__(self, content: bytes, fails_after: int | None = None) -> None:
        self.content = content
        self.fails_after = fails_after
        self.asked: list[str] = []

    def __call__(self, url: str, timeout_s: float) -> BinaryIO:
        assert 0 < timeout_s < 120
        self.asked.append(url)
        return Answer(self.content, self.fails_after)


class Answer(io.BytesIO):
    """A connection that may break."""

    def __init__(self, content: bytes, fails_after: int | None) -> None:
        super().__init__(content)
        self.fails_after = fails_after

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert size > 0
        if self.fails_after is not None and self.tell() >= self.fails_after:
            raise ConnectionResetError("the line was cut")
        return super().read(size)


def test_the_file_arrives_under_its_name(tmp_path: Path) -> None:
    path = fetch(MODEL, tmp_path / "models", Server(CONTENT))
    assert path == tmp_path / "models" / "toy.onnx"
    assert path.read_bytes() == CONTENT
    assert [p.name for p in path.parent.iterdir()] == ["toy.onnx"]


def test_a_file_that_is_right_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "toy.onnx").write_bytes(CONTENT)
    server = Server(CONTENT)
    fetch(MODEL, tmp_path, server)
    assert server.asked == []


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "toy.onnx").write_bytes(CONTENT[:-1] + b"?")
    assert not is_present(MODEL, tmp_path)
    fetch(MODEL, tmp_path, Server(CONTENT))
    assert is_present(MODEL, tmp_path)


@pytest.mark.parametrize(
    "content", [b"", CONTENT[:-1], CONTENT[:-1] + b"?", CONTENT + b"more", b"<html>Please log in</html>"]
)
def test_a_wrong_file_never_gets_the_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ModelError, match="not the file that was expected"):
        fetch(MODEL, tmp_path, Server(content))
    assert list(tmp_path.iterdir()) == []


def test_an_endless_answer_is_cut_off(tmp_path: Path) -> None:
    server = Server(b"x" * 100 * len(CONTENT))
    answer = server("https://example.org", 1)
    with pytest.raises(ModelError):
        fetch(MODEL, tmp_path, lambda *_: answer)
    assert answer.closed


def test_a_broken_line_keeps_the_old_file_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "toy.onnx").write_bytes(b"old")
    with pytest.raises(ModelError, match=r"line was cut.*Check the network"):
        fetch(MODEL, tmp_path, Server(CONTENT, fails_after=70_000))
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


def test_plain_http_is_refused_without_asking(tmp_path: Path) -> None:
    server = Server(CONTENT)
    with pytest.raises(ModelError, match="only https"):
        fetch(replace(MODEL, url="http://example.org/toy.onnx"), tmp_path, server)
    assert server.asked == []


def test_the_real_opener_knows_no_other_scheme(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    for address in (secret.as_uri(), "http://127.0.0.1:9/x"):
        with pytest.raises(URLError, match="unknown url type"):
            open_https(address, 1.0)


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match="Cannot write into"):
        fetch(MODEL, tmp_path / "file", Server(CONTENT))


@pytest.mark.data
def test_the_table_describes_the_real_yunet(shared_data: Path) -> None:
    assert is_present(YUNET, shared_data / "models")
    assert all(model.url.startswith("https://") for model in DOWNLOADS.values())
