"""Words for a user who sees no terminal, where there is no window of ours: the system's own dialogs."""

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

_TITLE: Final = "Classmood"
_ICON_ERROR: Final = 0x10  # MB_ICONERROR
_PATIENCE_S: Final = 600
# Programs of Linux desktops that show a text, whatever is in it, and wait until it was read.
_LINUX: Final[tuple[tuple[str, ...], ...]] = (
    ("zenity", "--error", "--no-markup", "--width=480", f"--title={_TITLE}", "--text={text}"),
    ("kdialog", "--title", _TITLE, "--error", "{text}"),
    ("xmessage", "-center", "-title", _TITLE, "{text}"),
)
_SCRIPT: Final = f'display alert "{_TITLE}" message (item 1 of argv) as critical'
_MACOS: Final = ("osascript", "-e", "on run argv", "-e", _SCRIPT, "-e", "end run")


def say(text: str, *, qt_works: bool = True) -> None:
    """Say a sentence on stderr, if the program has one, and in a dialog where nobody would read that."""
    if sys.stderr is not None:
        sys.stderr.write(f"classmood: {text}\n")
        sys.stderr.flush()
    if needed(sys.argv[1:], os.environ, sys.platform):
        if not (qt_works and sys.platform == "linux" and _qt_box(text)):
            alert(text)


def needed(arguments: Sequence[str], environment: Mapping[str, str], platform: str) -> bool:
    """Return whether the window was to be shown to somebody who sees a screen but no terminal."""
    terminal = sys.stderr is not None and sys.stderr.isatty()
    window = not arguments or arguments[0].startswith("-")
    attended = not any(
        argument.startswith(("--run-seconds", "--version", "--help")) for argument in arguments
    )
    shown = environment.get("QT_QPA_PLATFORM", "") not in ("offscreen", "minimal") and (
        platform != "linux" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    )
    return window and attended and shown and not terminal


def alert(
    text: str,
    platform: str = sys.platform,
    run: Callable[[Sequence[str]], object] | None = None,
    which: Callable[[str], str | None] = shutil.which,
) -> bool:
    """Show a text in a dialog of the system and wait until it was read; False if there is none."""
    if platform == "win32":
        return _message_box(text)
    commands = (_MACOS,) if platform == "darwin" else _LINUX
    for name, *rest in commands:
        program = which(name)
        if program is not None:
            wrapped = textwrap.fill(text, 80) if name == "xmessage" else text
            arguments = [each.replace("{text}", wrapped) for each in rest]
            (run or _run)([program, *arguments, *([text] if platform == "darwin" else [])])
            return True
    return False


def _run(command: Sequence[str]) -> None:
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(command, check=False, timeout=_PATIENCE_S, capture_output=True)  # noqa: S603


def _qt_box(text: str) -> bool:
    """Show the text with Qt: not every Linux brings a program for it. False if Qt can not be loaded."""
    try:
        from PySide6.QtWidgets import QApplication, QMessageBox  # noqa: PLC0415  (may be what is missing)
    except ImportError:
        return False
    application = QApplication.instance() or QApplication([_TITLE])
    QMessageBox.critical(None, _TITLE, text)
    del application
    return True


def _message_box(text: str) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes  # noqa: PLC0415

    ctypes.windll.user32.MessageBoxW(None, text, _TITLE, _ICON_ERROR)
    return True
