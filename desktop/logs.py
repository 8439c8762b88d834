"""The log file: rotating, readable by its owner only, and without anything that names a person."""

import builtins
import logging
import logging.handlers
import os
import re
import threading
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Final

LOG_BYTES: Final = 500_000
COPIES: Final = 3
_SHORTEST = 3  # characters: hiding a shorter word would riddle the log
_HIDDEN = "(hidden)"
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")  # user:password@ of a stream or a database
_HOMES = re.compile(r"(?<![\w.])(?:/home/|/Users/)[^/\s'\":,)]+|[A-Za-z]:[\\/]+Users[\\/]+[^\\/\s'\":,)]+")
_QUOTED = re.compile(r"(?<!\w)(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
# What a terminal obeys that shows the log: control characters, and marks that turn the direction of the text.
_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_FRAME = '  File "'
_TYPES = frozenset(dir(builtins)) | {"NoneType", "function", "method", "module", "ndarray", "utf", "ascii"}
_REMOVABLE = re.compile(r"(?<=/media/)[^/\s]+(?=/)")  # /media/USER/STICK


class Redaction:
    """Takes out of a text what may name a person: home folders, passwords, and the words it was told to hide.

    May be called by any thread.
    """

    def __init__(self, home: Path | None = None) -> None:
        self._home = _variants(home or Path.home())
        self._words: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def hide(self, *texts: str) -> None:
        """Hide these texts from now on: what a teacher typed, which file was opened."""
        parts = {part.strip() for text in texts for part in (text, *text.splitlines(), repr(text)[1:-1])}
        with self._lock:
            self._words |= {part for part in parts if len(part) >= _SHORTEST}
            longest_first = sorted(self._words, key=len, reverse=True)
            if longest_first:
                words = "|".join(map(re.escape, longest_first))
                self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """Return the text without them."""
        if self._home is not None:
            text = self._home.sub("~", text)
        text = _USER_INFO.sub("", text)
        text = _HOMES.sub("~", text)
        text = _REMOVABLE.sub("*", text)
        return text if self._pattern is None else self._pattern.sub(_HIDDEN, text)


class _Form(logging.Formatter):
    """A line of the log, or several for a traceback, redacted as a whole."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text; nothing in it steers a terminal."""
        return _STEERING.sub(lambda found: ascii(found[0])[1:-1], self._redact(super().format(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        """Return the message, its further lines set in: none can be taken for a record of its own."""
        return super().formatMessage(record).replace("\n", "\n    ")

    def formatException(  # noqa: N802  (logging's name)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Return the traceback of an error."""
        return "" if ei[1] is None else trace_of(ei[1])


class _PrivateLog(logging.handlers.RotatingFileHandler):
    """A log that only its owner can read, also after it was rotated and in a folder that others may enter."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), self.encoding, self.errors)


def trace_of(error: BaseException) -> str:
    """Return the traceback of an error without the values that its messages quote."""
    lines = "".join(traceback.TracebackException.from_exception(error).format()).splitlines()
    return "\n".join(_without_values(lines))


def log_file(folder: Path) -> Path:
    """Return where the log of this data folder is."""
    return folder / "classmood.log"


def log_to_file(folder: Path, redact: Redaction) -> None:
    """Send the log of the whole program to a file in `folder`, which exists.

    A log that can not be written disturbs nothing: a lesson is worth more than its log.
    """
    logging.raiseExceptions = False
    handler = _PrivateLog(
        log_file(folder), maxBytes=LOG_BYTES, backupCount=COPIES, encoding="utf-8", delay=True
    )
    handler.setFormatter(_Form(redact))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def logs_to_file() -> bool:
    """Return whether `log_to_file` was called before."""
    return any(isinstance(handler, _PrivateLog) for handler in logging.getLogger().handlers)


def _without_values(lines: Sequence[str]) -> list[str]:
    """Take quoted values out of messages, unless the program's own lines or Python's types say them too.

    What a teacher typed stands in messages in quotes ("invalid literal for int(): 'Anna'"); in frames, there
    is only the program itself.
    """
    frames = [index for index, line in enumerate(lines) if line.startswith(_FRAME)]
    code = " ".join(lines[index + 1] for index in frames if index + 1 < len(lines))
    known = _TYPES | set(re.findall(r"\w+", code))

    def mask(match: re.Match[str]) -> str:
        return match[0] if set(re.findall(r"\w+", match[0])) <= known else f"{match[0][0]}...{match[0][0]}"

    return [line if line.startswith(_FRAME) else _QUOTED.sub(mask, line) for line in lines]


def _variants(home: Path) -> re.Pattern[str] | None:
    """Return what finds the home folder as systems and Python's repr write it; None if it is the root."""
    folders = {home, home.resolve()} - {Path(home.anchor)}
    if not folders:
        return None
    written = {form for path in folders for form in (str(path), path.as_posix(), repr(str(path))[1:-1])}
    longest_first = sorted(written, key=len, reverse=True)
    pattern = "|".join(re.escape(form) + r"(?![\w-])" for form in longest_first)
    return re.compile(pattern, re.IGNORECASE if os.name == "nt" else 0)
