"""The program as its user runs it: a process of its own, a home folder of its own, files to give it."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import cv2

from desktop.capture.demo import DemoSource

ROOT = Path(__file__).resolve().parents[1]
PICTURE_SIZE = (640, 360)  # of the demo pictures and videos made here
PUPILS = 8
LONGEST_S = 120  # a program that takes longer hangs, however busy the machine is


def environment(home: Path, **changed: str) -> dict[str, str]:
    """Return what the program sees of the system: nothing of this user's folders, and no screen."""
    needed = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
    kept = {name: os.environ[name] for name in needed if name in os.environ}
    folders = {"HOME": home, "USERPROFILE": home, "TMPDIR": home / "tmp", "XDG_RUNTIME_DIR": home / "run"}
    for folder in folders.values():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        **kept,
        **{name: str(folder) for name, folder in folders.items()},
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
        **changed,
    }


def without_sockets(home: Path) -> dict[str, str]:
    """Return an environment in which Python refuses every socket and name look-up, and notes who asked."""
    hooks = home / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "sitecustomize.py").write_text(_NO_SOCKETS)
    env = environment(home, CLASSMOOD_TEST_SOCKETS=str(hooks / "asked"))
    return {**env, "PYTHONPATH": f"{hooks}{os.pathsep}{env['PYTHONPATH']}"}


def sockets_asked_for(home: Path) -> list[str]:
    """Return what `without_sockets` refused."""
    asked = home / "hooks" / "asked"
    return asked.read_text().splitlines() if asked.exists() else []


_NO_SOCKETS = """
import os, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname"):
        with open(os.environ["CLASSMOOD_TEST_SOCKETS"], "a") as asked:
            print(event, arguments, file=asked)
        raise OSError("no network in this test")
sys.addaudithook(refuse)
"""


def command(*arguments: str | Path) -> list[str]:
    """Return the command line that starts the program."""
    return [sys.executable, "-m", "desktop", *map(str, arguments)]


def run(
    *arguments: str | Path,
    home: Path,
    env: dict[str, str] | None = None,
    under: Sequence[str] = (),
    umask: int = -1,
) -> subprocess.CompletedProcess[str]:
    """Run the program to its end, if need be under another that watches it."""
    return subprocess.run(  # noqa: S603  (our own program)
        [*under, *command(*arguments)],
        env=environment(home) if env is None else env,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
        umask=umask,
    )


def seconds_recorded(database: Path) -> int:
    """Return how many intervals are stored, while the program may still be writing."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database)) as connection:
        try:
            (count,) = connection.execute("SELECT count(*) FROM interval").fetchone()
        except sqlite3.OperationalError:  # the tables are just being made
            return 0
    return int(count)


def wait_for_seconds(process: subprocess.Popen[str], database: Path, seconds: int) -> None:
    """Wait until so many seconds are stored; the process must be running all the while."""
    for _ in range(LONGEST_S * 5):
        if seconds_recorded(database) >= seconds:
            return
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"no {seconds} seconds recorded; the program's exit code is {process.poll()}")


def demo_picture(path: Path, time_s: float = 3.0) -> Path:
    """Write a picture of the demo classroom, all of whose PUPILS are found in it."""
    cv2.imwrite(str(path), _classroom().render(time_s))
    return path


def demo_video(path: Path, times_s: Sequence[float], fps: float = 10.0) -> Path:
    """Write a video of the demo classroom, a frame for each of the times; the ending chooses the format."""
    codec = {".mp4": "mp4v", ".avi": "MJPG"}[path.suffix]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, PICTURE_SIZE)
    for time_s in times_s:
        writer.write(_classroom().render(time_s))
    writer.release()
    return path


@cache
def _classroom() -> DemoSource:
    width, height = PICTURE_SIZE
    return DemoSource(width=width, height=height)
