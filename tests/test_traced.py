"""The program under the eyes of the system: what it connects to, and that what it writes holds no picture.

Needs strace; the pixels of a picture that is shown all the time are looked for in every file written.
"""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.chaos import CHAOS, report
from tests.program import demo_picture, run, without_sockets
from tests.test_privacy import PICTURES

pytestmark = CHAOS
NEEDLE = 24  # bytes in a row of a picture: 8 pixels in colour
NETWORK = re.compile(r"\b(?:connect|sendto|sendmsg|bind)\(.*sa_family=AF_INET|\bsocket\(AF_INET")
OPENED = re.compile(r'\b(?:openat|open|creat)\((?:[^,"]*, )?"([^"]+)", ([^)]*)\)\s+= \d')
WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")


@dataclass(frozen=True, slots=True)
class Run:
    """A whole lesson: recorded, reported, compared and exported."""

    home: Path
    shown: Path  # the picture that was the source
    commands: int
    connections: list[str]
    written: set[Path]


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return what strace saw of a lesson and of what comes after it."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    home = tmp_path_factory.mktemp("home")
    shown = demo_picture(home / "class.png")
    data, out = home / "data", home / "out"
    out.mkdir()
    folder = ("--data-dir", data)
    env = {**without_sockets(home), "PYTHONDONTWRITEBYTECODE": "1"}
    connections: list[str] = []
    written: set[Path] = set()
    commands: list[Sequence[str | Path]] = [
        ("--source", shown, "--loop", "--record", "--run-seconds", "4", "--accept-notice", *folder),
        ("--source", "demo", "--record", "--run-seconds", "4", *folder),
        ("sessions", "list", "--json", *folder),
        ("sessions", "export", "--all", "--format", "xlsx", "--out", out / "lessons.xlsx", *folder),
        ("doctor", *folder),
    ]
    for number, arguments in enumerate(commands):
        trace = home / f"trace-{number}"
        under = (
            strace,
            "-f",
            "-qq",
            "-s",
            "4096",
            "-e",
            "trace=%network,open,openat,creat",
            "-o",
            str(trace),
        )
        done = run(*arguments, home=home, env=env, under=under)
        assert "Traceback" not in done.stderr, done.stderr
        if arguments[:2] == ("sessions", "list"):
            ids = [session["id"] for session in json.loads(done.stdout)]
            commands += [("report", each, "--out", out / f"{each}.pdf", *folder) for each in ids]
        calls = trace.read_text(errors="replace")
        trace.unlink()
        connections += [line for line in calls.splitlines() if NETWORK.search(line)]
        written |= {Path(name) for name, flags in OPENED.findall(calls) if WRITING.search(flags)}
    return Run(home, shown, len(commands), connections, written)


def test_nothing_is_connected_to(lesson: Run) -> None:
    report(f"{lesson.commands} commands traced, {len(lesson.connections)} internet sockets")
    assert lesson.connections == []


def test_everything_written_lies_in_the_users_folders(lesson: Run) -> None:
    outside = {path for path in lesson.written if path.is_absolute() and lesson.home not in path.parents}
    assert {path for path in outside if path.parts[1] not in ("dev", "proc", "sys")} == set()


def test_no_file_holds_a_picture(lesson: Run) -> None:
    image = cv2.imread(str(lesson.shown))
    assert image is not None
    needles = set(_needles(image))
    assert len(needles) > 1000
    files = [path for path in lesson.home.rglob("*") if path.is_file() and path != lesson.shown]
    assert len(files) >= 5
    size = sum(path.stat().st_size for path in files)
    report(f"{len(files)} files, {size / 1e6:.1f} MB searched for {len(needles)} pieces of the picture")
    for path in files:
        data = path.read_bytes()
        found = [kind for kind, magic in PICTURES.items() if re.search(magic, data, re.DOTALL)]
        assert not found or path.suffix in (".pdf", ".pyc"), (path, found)
        assert not _holds(data, needles), path


def test_a_crop_that_was_written_would_be_found(lesson: Run, tmp_path: Path) -> None:
    image = cv2.imread(str(lesson.shown))
    assert image is not None
    needles = set(_needles(image))
    face = image[100:164, 100:164]
    for name, pixels in {"colour": face, "turned": face[:, :, ::-1], "grey": _grey(face)}.items():
        assert _holds(b"something before" + np.ascontiguousarray(pixels).tobytes(), needles), name


def _needles(image: np.ndarray) -> Iterator[bytes]:
    """Yield pieces of the rows of a picture in colour, with its colours turned, and in grey."""
    for pixels in (image, image[:, :, ::-1], _grey(image)):
        channels = pixels.shape[2] if pixels.ndim == 3 else 1
        for row in pixels:
            data = np.ascontiguousarray(row).tobytes()
            for start in range(0, len(data) - NEEDLE, channels):
                piece = data[start : start + NEEDLE]
                if len(set(piece)) > NEEDLE // 2:  # no plain wall: that is found anywhere
                    yield piece


def _holds(data: bytes, needles: set[bytes]) -> bool:
    return any(data[start : start + NEEDLE] in needles for start in range(len(data) - NEEDLE))


def _grey(image: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_BGR2GRAY))
