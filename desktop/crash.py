"""What happens to an error that nobody caught: it is logged, told once, and never shown as a traceback."""

import logging
import platform
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

from desktop import __version__
from desktop.logs import Redaction, log_file, log_to_file, logs_to_file, trace_of
from desktop.paths import data_dir_for

log = logging.getLogger(__name__)

_DEPTH: Final = 30  # frames of the way to an error
_KINDS: Final = 100  # errors that are told apart; a program that has more is past help


@dataclass(frozen=True, slots=True)
class CrashReport:
    """One error that nobody caught, without anything that names a person."""

    summary: str  # what and where, on one line
    details: str  # for whoever repairs it: versions, time, traceback


class CrashGuard:
    """Logs every uncaught error and tells the first of each kind to `tell`, from whichever thread."""

    def __init__(self, redact: Redaction, tell: Callable[[CrashReport], object]) -> None:
        self._redact = redact
        self._tell = tell
        self._seen: Counter[tuple[object, ...]] = Counter()
        self._lock = threading.Lock()

    def install(self) -> None:
        """Hear of errors of the main thread, slots, overridden methods, threads and destructors."""
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error
        sys.unraisablehook = self._on_unraisable

    def uninstall(self) -> None:
        """Leave errors to Python again, before what they would be told to is gone, and let go of that.

        Python remembers a thread of Qt that asked for its name, and with it the hook of that time, until
        another thread comes by the same number: a window behind the hook would be destroyed there.
        """
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        self._tell = _tell_nobody

    def report(self, error: BaseException) -> None:
        """Take an error: log it and, if it is the first of its kind, tell it."""
        times = self._count(error)
        if str(times).strip("0") != "1":  # told are 1, 10, 100: one in a paint event comes with every picture
            return
        report = describe(error, self._redact)
        if times == 1:
            log.critical("uncaught error\n%s", report.details)
            self._tell(report)
        else:
            log.critical("uncaught error, %d times by now: %s", times, report.summary)

    def _count(self, error: BaseException) -> int:
        """Return how often an error of this kind has come by now."""
        kind = _kind(error)
        with self._lock:
            if kind not in self._seen and len(self._seen) >= _KINDS:
                kind = ()
            self._seen[kind] += 1
            return self._seen[kind]

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            self.report(error)

    def _on_thread_error(self, failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
            self.report(failed.exc_value)

    def _on_unraisable(self, failed: "sys.UnraisableHookArgs") -> None:
        if failed.exc_value is not None:
            self.report(failed.exc_value)


def _tell_nobody(_report: CrashReport) -> None:
    """Take what comes when there is no window any more."""


def describe(error: BaseException, redact: Redaction) -> CrashReport:
    """Return an error in words that may be sent to others: no variables, no names, no home folder."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {_short(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    qt = sys.modules.get("PySide6.QtCore")
    head = (
        f"Classmood {__version__}{', bundle' if getattr(sys, 'frozen', False) else ''}",
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}, thread {_thread()}",
        f"Python {platform.python_version()}, Qt {qt.qVersion() if qt else '-'}, {platform.platform()}",
    )
    text = "\n".join((*head, trace_of(error)))
    return CrashReport(f"{type(error).__name__}{where}", redact(text))


def last_words(error: BaseException, arguments: Sequence[str]) -> str:
    """Log what ended a command, and return the sentence for its user."""
    folder = data_dir_for(_chosen_folder(arguments))
    redact = Redaction()
    report = describe(error, redact)  # the log of a window, if it is open, knows more words to hide
    said = f"Something went wrong unexpectedly ({report.summary})."
    try:
        folder.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = log_file(folder.logs)
        with file.open("a", encoding="utf-8"):  # the log itself says nothing if it can not be written
            file.chmod(0o600)
    except OSError as problem:
        return f"{said} The details could not be written to {folder.logs}: {problem.strerror or problem}."
    if not logs_to_file():
        log_to_file(folder.logs, redact)
    log.critical("uncaught error\n%s", report.details)
    return f"{said} The details are in {file}."


def _chosen_folder(arguments: Sequence[str]) -> Path | None:
    """Return the folder of --data-dir, without a parser: it may be the parser that failed."""
    for argument, following in zip(arguments, (*arguments[1:], ""), strict=True):
        if argument == "--data-dir" and following:
            return Path(following)
        if argument.startswith("--data-dir="):
            return Path(argument.partition("=")[2])
    return None


def _kind(error: BaseException) -> tuple[object, ...]:
    """Return what errors that are the same have in common: their type and the way there, not their words."""
    way = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    return (type(error), *way[-_DEPTH:])


def _short(filename: str) -> str:
    """Return the last two parts of a path: enough to find it in the program."""
    return "/".join(Path(filename).parts[-2:])


def _thread() -> str:
    return (
        "main" if threading.current_thread() is threading.main_thread() else threading.current_thread().name
    )
