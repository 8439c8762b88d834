"""How long until the program's window is painted, beside a bare PySide6 window's executable; its memory.

`python -m bundle.speed dist/classmood/classmood build/hello/hello/hello [RUNS]`, on an X11 screen with
nothing on it and no window manager (xvfb-run). What counts is what a user sees: a line of the screen is read
every few milliseconds until it holds the colours of stage, cards and ground of the main window, and then a
picture. They take turns; the first run of each only fills the file cache, and tells the memory.
"""

import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtGui import QColor, QGuiApplication, QImage

from desktop.ui.palette import LIGHT

LIMIT: Final = 2.5  # times the bare window
PICTURE_LIMIT_S: Final = 2.0
MEMORY_LIMIT_MB: Final = 260
_PATIENCE_S: Final = 120
_LOOK_S: Final = 0.004
_AT_WORK_S: Final = 15  # after the first picture
_LINE: Final = 200  # of the screen, counted from above: through stage and cards
_MANY: Final = 40  # colours in the line: that is a picture
_DEMO: Final = ("--source", "demo", "--accept-notice")


class SpeedError(Exception):
    """A program did not show what it should; the text says which."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Something that is to be seen on the screen, in its order."""

    name: str
    is_seen: Callable[[set[int]], bool]  # by the colours in the line


def _colours() -> set[int]:
    """Return the colours in the line."""
    screen = QGuiApplication.primaryScreen()
    line = screen.grabWindow(0, 0, _LINE, screen.size().width(), 1).toImage()
    line = line.convertToFormat(QImage.Format.Format_RGB32)
    return {line.pixel(x, 0) & 0xFFFFFF for x in range(0, line.width(), 4)}


def _wait_for_empty_screen() -> None:
    """Wait until the window before is gone."""
    while _colours() != {0}:
        time.sleep(0.1)


def _frame(colours: set[int]) -> bool:
    """Return whether stage, cards and the ground between them are there, in the theme's colours."""
    return {QColor(name).rgb() & 0xFFFFFF for name in (LIGHT.window, LIGHT.surface, LIGHT.stage)} <= colours


HELLO: Final = (Sight("hello", lambda colours: colours != {0}),)
OURS: Final = (Sight("window", _frame), Sight("picture", lambda colours: len(colours) > _MANY))


def seconds_until(
    sights: Sequence[Sight], command: Sequence[str], environment: dict[str, str]
) -> dict[str, float]:
    """Start a program, look until everything was seen, end it; return the seconds of each sight."""
    _wait_for_empty_screen()
    waiting, seen = list(sights), dict[str, float]()
    started = time.perf_counter()
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as program:
        try:
            while waiting:
                colours, now = _colours(), time.perf_counter() - started
                if waiting[0].is_seen(colours):
                    seen[waiting.pop(0).name] = now
                elif now > _PATIENCE_S or program.poll() is not None:
                    raise SpeedError(f"{command[0]} shows no {waiting[0].name}")
                time.sleep(_LOOK_S)
        finally:
            program.kill()
    return seen


def resident_mb(command: Sequence[str], environment: dict[str, str]) -> float:
    """Return the resident memory of a program that has been at work for a while (Linux)."""
    _wait_for_empty_screen()
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as program:
        try:
            while len(_colours()) <= _MANY:
                time.sleep(0.1)
            time.sleep(_AT_WORK_S)
            status = Path(f"/proc/{program.pid}/status").read_text(encoding="ascii", errors="replace")
        finally:
            program.kill()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main(program: str, hello: str, runs: int) -> int:
    """Print medians and ratios; return 1 if one is over its limit. A program may be a command line."""
    application = QGuiApplication(sys.argv[:1])
    found: dict[str, list[float]] = {sight.name: [] for sight in (*HELLO, *OURS)}
    for run in range(runs + 1):
        with tempfile.TemporaryDirectory() as home:
            kept = ("DISPLAY", "XAUTHORITY", "PYTHONPATH")
            environment = {"HOME": home} | {name: os.environ[name] for name in kept if name in os.environ}
            seen = seconds_until(HELLO, shlex.split(hello), environment)
            seen |= seconds_until(OURS, [*shlex.split(program), *_DEMO], environment)
            if not run:
                memory = resident_mb([*shlex.split(program), *_DEMO], environment)
                continue
        for name, seconds in seen.items():
            found[name].append(seconds)
    del application
    medians = {name: statistics.median(values) for name, values in found.items()}
    for name, values in found.items():
        each = " ".join(f"{value:.2f}" for value in values)
        ratio = medians[name] / medians["hello"]
        sys.stdout.write(f"{name:7} {medians[name]:6.2f} s, {ratio:5.2f} times hello; each: {each}\n")
    sys.stdout.write(f"memory  {memory:6.0f} MB resident, {_AT_WORK_S} s after the first picture\n")
    limits = f"window {LIMIT} times hello, picture {PICTURE_LIMIT_S} s, memory {MEMORY_LIMIT_MB} MB"
    sys.stdout.write(f"limits: {limits}\n")
    quick = medians["window"] <= LIMIT * medians["hello"] and medians["picture"] <= PICTURE_LIMIT_S
    return 0 if quick and memory <= MEMORY_LIMIT_MB else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 9))
