"""How long until the window is on the screen, beside a bare PySide6 window's executable, in turns.

`python -m bundle.speed dist/classmood/classmood build/hello/hello/hello [RUNS]`, under X11; needs xev
(x11-utils). The moment is that of X11's MapNotify; the first run of each only fills the file cache.
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
    """A program showed no window; the text says which."""


def seconds_to_window(command: Sequence[str], environment: dict[str, str]) -> float:
    """Start a program, wait for its first window, end it; return the seconds."""
    watch = ["xev", "-root", "-event", "substructure"]
    with subprocess.Popen(watch, stdout=subprocess.PIPE, text=True) as xev:
        assert xev.stdout is not None
        time.sleep(0.3)  # until it listens
        started = time.monotonic()
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as program:
            signal.alarm(_PATIENCE_S)
            try:
                for line in xev.stdout:
                    if line.startswith("MapNotify"):
                        return time.monotonic() - started
                raise SpeedError(f"{command[0]} showed no window")
            finally:
                signal.alarm(0)
                program.kill()
                xev.kill()


def main(program: Path, hello: Path, runs: int) -> int:
    """Print the medians and their ratio; return 1 if it is over the limit."""
    signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(SpeedError("no window in two minutes")))
    with tempfile.TemporaryDirectory() as home:
        environment = {"DISPLAY": os.environ["DISPLAY"], "HOME": home}
        environment |= {name: os.environ[name] for name in ("XAUTHORITY",) if name in os.environ}
        commands = {"hello": [str(hello)], "classmood": [str(program), *_DEMO]}
        found: dict[str, list[float]] = {name: [] for name in commands}
        for run in range(runs + 1):
            for name, command in commands.items():
                seconds = seconds_to_window(command, environment)
                if run:
                    found[name].append(seconds)
    medians = {name: statistics.median(values) for name, values in found.items()}
    ratio = medians["classmood"] / medians["hello"]
    for name, values in found.items():
        each = " ".join(f"{value:.2f}" for value in values)
        sys.stdout.write(f"{name:10} {medians[name]:.2f} s, the median of {each}\n")
    sys.stdout.write(f"ratio      {ratio:.2f}, limit {LIMIT}\n")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 9))
