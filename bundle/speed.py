"""How long until something is on the screen, beside a bare PySide6 window's executable, in turns.

`python -m bundle.speed dist/classmood/classmood build/hello/hello/hello [RUNS]`, under X11 without a window
manager (xvfb-run); needs xev (x11-utils). The moments are those of X11's MapNotify, of the splash and of the
window itself; the first run of each only fills the file cache.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

LIMIT: Final = 2.5
_PATIENCE_S: Final = 120
_DEMO: Final = ("--source", "demo", "--accept-notice")


class SpeedError(Exception):
    """A program did not show its windows; the text says which."""


def seconds_to_windows(command: Sequence[str], environment: dict[str, str], windows: int) -> list[float]:
    """Start a program, wait until it has shown so many windows, end it; return the seconds of each."""
    watch = ["xev", "-root", "-event", "substructure"]
    with subprocess.Popen(watch, stdout=subprocess.PIPE, text=True) as xev:
        assert xev.stdout is not None
        time.sleep(0.3)  # until it listens
        started = time.monotonic()
        shown: list[float] = []
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as program:
            signal.alarm(_PATIENCE_S)
            try:
                for line in xev.stdout:
                    if line.startswith("MapNotify"):
                        shown.append(time.monotonic() - started)
                    if len(shown) == windows:
                        return shown
                raise SpeedError(f"{command[0]} showed {len(shown)} of {windows} windows")
            finally:
                signal.alarm(0)
                program.kill()
                xev.kill()


def main(program: Path, hello: Path, runs: int) -> int:
    """Print the medians and their ratios; return 1 if the splash is over the limit."""
    signal.signal(signal.SIGALRM, _give_up)
    found: dict[str, list[float]] = {"hello": [], "splash": [], "window": []}
    for run in range(runs + 1):
        with tempfile.TemporaryDirectory() as home:
            environment = {"DISPLAY": os.environ["DISPLAY"], "HOME": home}
            environment |= {name: os.environ[name] for name in ("XAUTHORITY",) if name in os.environ}
            (bare,) = seconds_to_windows([str(hello)], environment, 1)
            splash, window = seconds_to_windows([str(program), *_DEMO], environment, 2)
        if run:
            for name, seconds in (("hello", bare), ("splash", splash), ("window", window)):
                found[name].append(seconds)
    medians = {name: statistics.median(values) for name, values in found.items()}
    for name, values in found.items():
        each = " ".join(f"{value:.2f}" for value in values)
        ratio = medians[name] / medians["hello"]
        sys.stdout.write(f"{name:7} {medians[name]:6.2f} s, {ratio:5.2f} times hello; each: {each}\n")
    sys.stdout.write(f"limit of the splash: {LIMIT} times\n")
    return 0 if medians["splash"] <= LIMIT * medians["hello"] else 1


def _give_up(*_: object) -> None:
    raise SpeedError("two minutes without a window")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 9))
