"""What the command line asks of the window, read without what reads it all (`desktop.window_command`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.paths import DataDir, data_dir_for

# The options of the window; with anything else the command line has its say before a window is shown.
WITH_VALUE: Final = ("--source", "--run-seconds", "--detector", "--model", "--data-dir", "--database")
FLAGS: Final = ("--loop", "--record", "--fullscreen", "--accept-notice")


@dataclass(frozen=True, slots=True)
class AskedWindow:
    """What the first look of the window depends on."""

    data_dir: DataDir
    fullscreen: bool = False
    detector: str | None = None


def asked_window(arguments: Sequence[str]) -> AskedWindow | None:
    """Return what is asked of the window; None if it is not, or not in words that are known here."""
    values: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in WITH_VALUE:
            values[name] = value if equals else next(rest, "")
        elif argument not in FLAGS:
            return None
    folder = values.get("--data-dir")
    data_dir = data_dir_for(None if folder is None else Path(folder))
    return AskedWindow(data_dir, "--fullscreen" in arguments, values.get("--detector"))
