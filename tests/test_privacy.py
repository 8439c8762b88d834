"""What is never done: no picture, box, track or embedding of anybody is left on the disk by a lesson."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.emotion import EMOTIONS
from tests.program import demo_picture, demo_video, run, sockets_asked_for, without_sockets

# Every column that the database may have. A new one belongs here only if it can hold nothing of one person.
ALLOWED_COLUMNS = {
    "session": {"id", "started_at", "ended_at", "course", "group", "teacher", "note", "model", "source"},
    "interval": {"session_id", "second", "frames", "dropped", "faces", "unsure", "brightness", *EMOTIONS},
    "marker": {"session_id", "second", "kind"},
    "summary": {
        *("session_id", "seconds", "seconds_with_faces", "frames", "dropped", "faces_mean", "unsure"),
        *("brightness", *EMOTIONS),
    },
    "kind_summary": {"session_id", "kind", "seconds", *EMOTIONS},
    "alembic_version": {"version_num"},
}
LONGEST_TEXT = 500  # characters; a face of 48x48 pixels takes 2304 bytes
BYTES_OF_A_SECOND = 1000  # what one recorded second may take on the disk, indexes and log files included
BYTES_OF_NOTHING = 150_000  # an empty database with its log file, and what Qt writes

PICTURES = {
    "JPEG": rb"\xff\xd8\xff[\xdb\xe0-\xef\xfe]\x00",
    "PNG": rb"\x89PNG\r\n",
    "GIF": rb"GIF8[79]a",
    "BMP": rb"BM.{4}\x00{4}.{4}[\x0c\x28\x6c\x7c]\x00{3}",
    "WebP, AVI": rb"RIFF.{4}(WEBP|AVI )",
    "TIFF": rb"II\*\x00.{3}\x00|MM\x00\*\x00",
    "MP4, AVIF": rb"ftyp(isom|iso2|mp4|avc|avif|qt  |M4V)",
    "Matroska": rb"\x1a\x45\xdf\xa3",
    "NumPy": rb"\x93NUMPY",
    "pickle": rb"\x80[\x03-\x05]\x95.{4}\x00{4}",
    "base64 of JPEG or PNG": rb"/9j/4AAQ|iVBORw0KGgo",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home folder in which a lesson was recorded and files were analysed."""
    folder = tmp_path_factory.mktemp("home")
    data = folder / "data"
    env = without_sockets(folder)
    lesson = ("--source", "demo", "--record", "--run-seconds", "3", "--data-dir", data)
    recorded = run(*lesson, home=folder, env=env, umask=0)  # of a careless user
    assert (recorded.returncode, recorded.stderr) == (0, "")
    inputs = folder / "inputs"
    inputs.mkdir()
    demo_picture(inputs / "class.jpg")
    demo_video(inputs / "class.mp4", times_s=(0.0, 0.1, 0.2))
    analysed = run(
        *("analyze", inputs / "class.jpg", inputs / "class.mp4", inputs),
        *("--out", folder / "results", "--data-dir", data),
        home=folder,
        env=env,
    )
    assert analysed.returncode == 0, analysed.stderr
    return folder


def test_a_lesson_leaves_statistics_of_the_class_and_nothing_else(home: Path) -> None:
    assert _findings(home / "data") == []


def test_a_lesson_takes_a_few_bytes_a_second(home: Path) -> None:
    files = [path for path in (home / "data").rglob("*") if path.is_file()]
    with closing(sqlite3.connect(home / "data" / "classmood.db")) as connection:
        (seconds,) = connection.execute("SELECT count(*) FROM interval").fetchone()
    assert seconds >= 2
    assert sum(path.stat().st_size for path in files) < BYTES_OF_NOTHING + seconds * BYTES_OF_A_SECOND


def test_no_picture_is_left_anywhere_in_the_users_folders(home: Path) -> None:
    inputs = home / "inputs"
    written = [path for path in home.rglob("*") if path.is_file() and inputs not in path.parents]
    assert [(path, kinds) for path in written if (kinds := _pictures(path))] == []
    assert {path.suffix for path in (home / "results").iterdir()} == {".jsonl", ".csv"}


def test_the_log_speaks_of_no_face(home: Path) -> None:
    log = "".join(path.read_text() for path in (home / "data" / "logs").iterdir())
    assert not re.search(r"\b(track|box|embedding|probabilit)", log, re.IGNORECASE)


def test_no_library_leaves_anything_outside_the_data_folder(home: Path) -> None:
    """ONNX Runtime keeps a device id and events to be sent in ~/.cache unless it is told not to."""
    ours = [home / name for name in ("data", "inputs", "results", "hooks")]
    left = [path for path in home.rglob("*") if path.is_file() and not set(ours) & set(path.parents)]
    assert [path for path in left if "fontconfig" not in path.parts] == []


def test_no_socket_was_asked_for(home: Path) -> None:
    assert sockets_asked_for(home) == []


def test_only_the_owner_can_read_what_was_recorded(home: Path) -> None:
    for path in (home / "data", *(home / "data").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_analyze_leaves_no_trace_in_the_data_folder(home: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    analysed = run(
        *("analyze", home / "inputs" / "class.jpg"),
        *("--out", tmp_path / "out", "--data-dir", data),
        home=home,
    )
    assert analysed.returncode == 0
    assert not data.exists()
    assert json.loads((tmp_path / "out" / "class.jsonl").read_text())["faces"]


@pytest.mark.parametrize(
    "leak",
    [
        "CREATE TABLE face (session_id TEXT, second INTEGER, box TEXT)",
        "ALTER TABLE interval ADD COLUMN track_id INTEGER",
        "ALTER TABLE interval ADD COLUMN thumbnail BLOB",
        "UPDATE session SET note = zeroblob(100)",
        "UPDATE session SET note = hex(randomblob(2000))",
        "UPDATE session SET source = '/9j/4AAQSkZJRgABAQ'",
        "CREATE VIEW pupil AS SELECT * FROM interval",
    ],
)
def test_a_leak_would_be_noticed(home: Path, tmp_path: Path, leak: str) -> None:
    with (
        closing(sqlite3.connect(home / "data" / "classmood.db")) as original,
        closing(sqlite3.connect(tmp_path / "classmood.db")) as copy,
    ):
        original.backup(copy)
        copy.execute(leak)
        copy.commit()
    (tmp_path / "classmood.db").chmod(0o600)
    assert _findings(tmp_path) != []


@pytest.mark.parametrize("name", ["face.jpg", "logs.bin", "x.npy"])
def test_a_picture_would_be_noticed(tmp_path: Path, name: str) -> None:
    picture = demo_picture(tmp_path / "class.jpg").read_bytes()
    (tmp_path / "class.jpg").rename(tmp_path / name)
    (tmp_path / name).write_bytes(b"2026-11-22 harmless\n" + picture)
    assert _findings(tmp_path) != []


def _findings(folder: Path) -> list[str]:
    """Return what lies in the folder that could be of one person."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            found += [f"{path.name} holds {kind}" for kind in _pictures(path)]
            if path.suffix == ".db":
                found += _suspicious_cells(path)
            elif not path.name.endswith((".log", ".toml", ".db-wal", ".db-shm")):
                found.append(f"{path.name} is no file of ours")
    return found


def _pictures(path: Path) -> list[str]:
    data = path.read_bytes()
    return [kind for kind, magic in PICTURES.items() if re.search(magic, data, re.DOTALL)]


def _suspicious_cells(database: Path) -> Iterator[str]:
    with closing(sqlite3.connect(database)) as connection:
        schema = connection.execute("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view')")
        for kind, table in schema.fetchall():
            if kind != "table" or table not in ALLOWED_COLUMNS:
                yield f"the {kind} {table} is not known"
                continue
            for _, column, *_ in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
                if column not in ALLOWED_COLUMNS[table]:
                    yield f"the column {table}.{column} is not known"
                cells = connection.execute(f'SELECT "{column}" FROM "{table}"').fetchall()  # noqa: S608
                if any(isinstance(cell, bytes) or len(str(cell)) > LONGEST_TEXT for (cell,) in cells):
                    yield f"a cell of {table}.{column} could hold a picture"
