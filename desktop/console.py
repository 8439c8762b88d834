"""What all commands share on the terminal: errors in one sentence, and text that can not harm it."""

import io
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

from desktop import alert
from desktop.capture.frame import CaptureError
from desktop.paths import DataDirError
from desktop.settings import SettingsError
from desktop.store import StoreError
from models.errors import ModelError

if TYPE_CHECKING:
    from rich.console import Console

# Shown as escapes: control and format characters (terminal escapes, bidirectional overrides), halves of
# surrogate pairs, separators that break lines.
_UNSAFE = ("Cc", "Cf", "Cs", "Zl", "Zp")
_PIPE_WIDTH = 200  # characters
_JOINERS = "\u200c\u200d"  # ordinary parts of words and emoji


def tolerate_any_text() -> None:
    """Let stdout and stderr escape what their code page does not have (Ukrainian in a Windows pipe)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def terminal() -> "Console":
    """Return what tables are printed on; a pipe or file has no width, so that little is cut for its sake."""
    from rich.console import Console  # noqa: PLC0415  (3 MB of memory, of no use to the window)

    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_WIDTH)


def fail(message: str) -> NoReturn:
    """Say on stderr what happened and what to do, and end the command with exit code 1."""
    alert.say(printable(message, lines=True))
    raise typer.Exit(1)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn this program's own errors into a sentence and exit code 1. Also a decorator: `@plain_errors()`."""
    try:
        yield
    except (CaptureError, ModelError, StoreError, SettingsError, DataDirError) as error:
        fail(str(error))


def printable(text: str, *, lines: bool = False) -> str:
    """Return `text` with everything escaped that a terminal would obey; `lines` keeps line breaks."""
    return "".join(
        character if _harmless(character) or (lines and character == "\n") else _escaped(character)
        for character in text
    )


def _harmless(character: str) -> bool:
    return unicodedata.category(character) not in _UNSAFE or character in _JOINERS


def _escaped(character: str) -> str:
    return ascii(character)[1:-1]
