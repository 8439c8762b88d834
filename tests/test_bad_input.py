"""Bad input through the command line: exit code 1, words that say what to do, no traceback, nothing lost."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

import desktop.emotion_model
from desktop.cli import cli
from desktop.store.schema import REVISION
from tests.onnx_models import write_tiny_model
from tests.program import LONGEST_S, PUPILS, demo_picture, demo_video, environment, run, seconds_recorded

Analyze = Callable[..., Result]


@pytest.fixture
def analyze(tmp_path: Path) -> Analyze:
    """Return what runs `classmood analyze` in this process; an uncaught exception fails the test."""

    def call(*arguments: str | Path) -> Result:
        words = ["analyze", *map(str, arguments)]
        words += ["--out", str(tmp_path / "out"), "--data-dir", str(tmp_path / "data")]
        return CliRunner(env={"COLUMNS": "200"}).invoke(cli, words, catch_exceptions=False)

    return call


def _says(result: Result | subprocess.CompletedProcess[str], *words: str) -> None:
    """Check that a command failed with a message that holds all the words."""
    code = result.exit_code if isinstance(result, Result) else result.returncode
    assert code == 1, result.stderr
    assert result.stderr.startswith("classmood: ")
    assert "Traceback" not in result.stderr and "Error:" not in result.stderr
    for word in words:
        assert word in result.stderr


def _half(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def _written(path: Path, data: bytes = b"") -> Path:
    path.write_bytes(data)
    return path


def _folder(path: Path, *names: str) -> Path:
    path.mkdir()
    for name in names:
        (path / name).write_text("no picture")
    return path


UNREADABLE: dict[str, tuple[Callable[[Path], Path], list[str]]] = {
    "missing file": (lambda at: at / "gone.mp4", ["gone.mp4", "Check the spelling"]),
    "zero-byte video": (lambda at: _written(at / "zero.mp4"), ["zero.mp4 is empty", "Copy it again"]),
    "zero-byte picture": (lambda at: _written(at / "zero.jpg"), ["zero.jpg is empty", "Copy it again"]),
    "text as video": (
        lambda at: _written(at / "notes.mp4", b"Dear diary\n" * 500),
        ["notes.mp4 can not be played", "convert it to MP4"],
    ),
    "text as picture": (
        lambda at: _written(at / "notes.png", b"Dear diary"),
        ["notes.png is damaged", "save it"],
    ),
    "video without its index": (
        lambda at: _half(demo_video(at / "half.mp4", [0.0, 0.1, 0.2, 0.3])),
        ["half.mp4 can not be played", "media player"],
    ),
    "half a picture": (lambda at: _half(demo_picture(at / "half.png")), ["half.png is damaged", "save it"]),
    "folder without pictures": (
        lambda at: _folder(at / "texts", "a.txt", "b.md"),
        ["holds no pictures", "Choose another folder"],
    ),
    "empty folder": (lambda at: _folder(at / "empty"), ["holds no pictures", "Choose another folder"]),
    "no file": (lambda _: Path(os.devnull), ["Give a video, a picture or a folder"]),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_can_not_be_read_is_named(analyze: Analyze, tmp_path: Path, name: str) -> None:
    make, words = UNREADABLE[name]
    _says(analyze(make(tmp_path)), *words)
    assert not list((tmp_path / "out").glob("*"))


def test_all_that_can_be_read_is_read_whatever_else_was_given(analyze: Analyze, tmp_path: Path) -> None:
    bad = [make(tmp_path) for make, _ in UNREADABLE.values()]
    result = analyze(*bad, demo_picture(tmp_path / "good.png"))
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == len(bad)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["good.jsonl"]


def _scaled(picture: np.ndarray, side: int) -> np.ndarray:
    return cv2.resize(picture, (side, side * 9 // 16), interpolation=cv2.INTER_LINEAR)


ODD: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray], int]] = {
    "8K": ("8k.jpg", lambda picture: _scaled(picture, 7680), PUPILS),
    "grey": ("grey.png", lambda picture: cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), PUPILS),
    "RGBA": ("rgba.png", lambda picture: cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA), PUPILS),
    "16 bit": ("deep.png", lambda picture: picture.astype(np.uint16) * 257, PUPILS),
    "16 bit grey": ("deep.tif", lambda picture: picture[:, :, 1].astype(np.uint16) * 257, PUPILS),
    "one-frame GIF": ("one.gif", lambda picture: picture, PUPILS),
    "a single pixel": ("dot.png", lambda picture: picture[:1, :1], 0),
    "a single row": ("row.png", lambda picture: picture[:1], 0),
    "a GIF of 2x3": ("tiny.gif", lambda picture: picture[:3, :2], 0),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_picture_is_read_like_any_other(
    analyze: Analyze, tmp_path: Path, name: str, qapp: object
) -> None:
    file_name, change, faces = ODD[name]
    original = cv2.imread(str(demo_picture(tmp_path / "class.png")))
    assert original is not None
    odd = tmp_path / file_name
    assert cv2.imwrite(str(odd), change(original))
    result = analyze(odd, "--annotate")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"1 frames, {faces}.00 faces" in result.stdout
    annotated = cv2.imread(str(tmp_path / "out" / f"{odd.stem}_annotated.jpg"))
    assert annotated is not None and annotated.shape[:2] == change(original).shape[:2]


def _missing(path: Path) -> None:
    path.unlink(missing_ok=True)


def _truncated(path: Path) -> None:
    path.write_bytes(desktop.emotion_model.BUILT_IN.read_bytes()[:100_000])


def _foreign(path: Path) -> None:
    write_tiny_model(path, metadata={"classmood_format": ""})


@pytest.mark.parametrize("spoil", [_missing, _truncated, _foreign])
def test_a_spoilt_emotion_model_is_named(
    analyze: Analyze, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None]
) -> None:
    model = tmp_path / "emotion.onnx"
    spoil(model)
    monkeypatch.setattr(desktop.emotion_model, "BUILT_IN", model)
    _says(analyze(demo_picture(tmp_path / "class.png")), str(model))
    assert not (tmp_path / "out").exists()


def test_a_window_without_its_model_shows_the_picture_and_says_so(tmp_path: Path) -> None:
    model = tmp_path / "emotion.onnx"
    code = (
        "import sys, pathlib, desktop.emotion_model\n"
        "desktop.emotion_model.BUILT_IN = pathlib.Path(sys.argv.pop(1))\n"
        "from desktop.cli import main; main()"
    )
    data = tmp_path / "data"
    options = ["--source", "demo", "--record", "--run-seconds", "4", "--data-dir", str(data)]
    ended = subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-c", code, str(model), *options],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    _says(ended, str(model))
    with closing(sqlite3.connect(data / "classmood.db")) as connection:
        (frames,) = connection.execute("SELECT sum(frames) FROM interval WHERE faces = 0").fetchone()
    assert frames > 5  # the picture went on all the time
    assert "~/emotion.onnx is missing" in (data / "logs" / "classmood.log").read_text()  # without the home


def test_yunet_without_its_file_says_where_it_comes_from(analyze: Analyze, tmp_path: Path) -> None:
    result = analyze(demo_picture(tmp_path / "class.png"), "--detector", "yunet")
    _says(result, "YuNet", str(tmp_path / "data" / "models"), "https://")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[analysis]\nemotions = 5\n", ["analysis.emotions = 5", "4, 7"]),
        ("[analysis]\nsmoothing = 1\n", ["analysis.smoothing", "Did you mean analysis.smoothing_s?"]),
        ("[camera]\nwidth = 'wide'\n", ["camera.width", "from 160 to 7680"]),
        ("[analysis\n", ["line 1", "move it away"]),
    ],
)
def test_wrong_settings_are_named_with_what_is_allowed(
    analyze: Analyze, tmp_path: Path, text: str, words: list[str]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "settings.toml").write_text(text)
    _says(analyze(demo_picture(tmp_path / "class.png")), "settings.toml", *words)
    assert (tmp_path / "data" / "settings.toml").read_text() == text


def test_a_window_with_wrong_settings_does_not_open(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "settings.toml").write_text("[view]\ntheme = 'pink'\n")
    ended = run("--source", "demo", "--run-seconds", "30", "--data-dir", data, home=tmp_path)
    _says(ended, "view.theme", "light", "dark")


def test_a_data_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    _written(tmp_path / "file", b"not a folder")
    folder = tmp_path / "file" / "data"
    _says(run("--source", "demo", "--run-seconds", "30", "--data-dir", folder, home=tmp_path), str(folder))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"QT_QPA_PLATFORM": ""}, "no screen"),
        ({"QT_QPA_PLATFORM": "", "DISPLAY": ":987"}, ":987"),
        ({"QT_QPA_PLATFORM": "teletext"}, "teletext"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_without_a_screen_the_window_says_so(tmp_path: Path, changed: dict[str, str], reason: str) -> None:
    ended = run("--data-dir", tmp_path / "data", home=tmp_path, env=environment(tmp_path, **changed))
    _says(ended, reason, "classmood analyze")
    assert len(ended.stderr.splitlines()) == 1


def _damaged(database: Path) -> None:
    _written(database, b"no database at all\n" * 1000)


def _newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()


@pytest.mark.parametrize(("spoil", "reason"), [(_damaged, "damaged"), (_newer, f"reads {REVISION}")])
def test_a_lesson_with_an_unusable_database_goes_on_and_says_what_is_wrong(
    tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    database = data / "classmood.db"
    spoil(database)
    before = database.read_bytes()
    ended = run("--source", "demo", "--record", "--run-seconds", "3", "--data-dir", data, home=tmp_path)
    _says(ended, "not saved", reason)
    assert len(ended.stderr.splitlines()) == 1
    assert database.read_bytes() == before  # nobody's data is written over
    assert reason in (data / "logs" / "classmood.log").read_text()
    _says(run("sessions", "list", "--data-dir", data, home=tmp_path), reason)


def test_a_database_that_can_not_be_written_names_the_setting(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "settings.toml").write_text("[storage]\ndatabase = 'sqlite:////no/such/folder/x.db'\n")
    ended = run("--source", "demo", "--record", "--run-seconds", "2", "--data-dir", data, home=tmp_path)
    _says(ended, "/no/such/folder")
    assert seconds_recorded(data / "classmood.db") == 0
