"""The splash: on the screen before everything else, gone when a window comes, never in a command's way."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.splash import Splash, splash
from tests.program import environment


def shown() -> list[Splash]:
    windows = QApplication.topLevelWidgets()
    return [window for window in windows if isinstance(window, Splash) and window.isVisible()]


def test_it_stays_until_another_window_comes(qtbot: QtBot) -> None:
    with splash(["--source", "demo"]):
        assert len(shown()) == 1
        window = QWidget()
        qtbot.addWidget(window)
        window.show()
        assert shown() == []


def test_it_goes_when_the_program_ends_without_a_window(qtbot: QtBot) -> None:
    with pytest.raises(SystemExit), splash([]):
        sys.exit(2)
    assert shown() == []


@pytest.mark.parametrize("arguments", [["doctor"], ["--version"], ["--source", "demo", "--help"]])
def test_commands_show_none(qtbot: QtBot, arguments: list[str]) -> None:
    with splash(arguments):
        assert shown() == []


def test_without_a_screen_the_window_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with splash([]):
        assert shown() == []


def test_it_needs_nothing_that_takes_long(tmp_path: Path) -> None:
    """Else it comes no earlier than the window."""
    script = "import sys, desktop.splash; print({'numpy', 'cv2', 'sqlalchemy', 'typer'} & sys.modules.keys())"
    command = [sys.executable, "-c", script]
    answer = subprocess.check_output(command, env=environment(tmp_path), text=True)  # noqa: S603
    assert answer.strip() == "set()"
