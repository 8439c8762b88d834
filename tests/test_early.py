"""The early window: there before anything heavy is loaded, right at first sight, harmless until ready."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop import app
from desktop.arguments import FLAGS, WITH_VALUE, AskedWindow, asked_window
from desktop.early import EarlyWindow, early_window
from desktop.instance import Instance
from desktop.paths import DataDir
from desktop.settings import Settings
from desktop.ui.look import read_look
from desktop.ui.palette import DARK
from tests.fake_ui import OFFSCREEN
from tests.program import environment, run

HEAVY = {"numpy", "cv2", "onnxruntime", "sqlalchemy", "pydantic", "tomlkit", "typer", "rich"}
Start = Callable[..., EarlyWindow]

pytestmark = OFFSCREEN


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path) -> Start:
    """Start the program as far as its early window."""

    def begin(*arguments: str) -> EarlyWindow:
        asked = asked_window(["--data-dir", str(tmp_path), *arguments])
        assert asked is not None
        early = early_window(asked)
        assert early is not None
        qtbot.addWidget(early.window, before_close_func=lambda _: end(early))
        return early

    def end(early: EarlyWindow) -> None:
        early.appearance.languages.apply("en")
        early.held.tell_log()
        early.held.tell_errors()

    return begin


def shown() -> list[QWidget]:
    return [window for window in QApplication.topLevelWidgets() if window.isVisible()]


def test_nothing_heavy_is_loaded_when_it_is_painted(tmp_path: Path) -> None:
    """Each of these takes longer than the window itself."""
    script = f"""
import sys
from desktop.arguments import asked_window
from desktop.early import early_window
early = early_window(asked_window(["--source", "demo"]))
early.load(())
print(early.window.isVisible(), sorted({HEAVY} & sys.modules.keys()))
"""
    answer = subprocess.check_output([sys.executable, "-c", script], env=environment(tmp_path), text=True)  # noqa: S603
    assert answer.strip() == "True []"


def test_the_libraries_sources_are_not_read_and_kept(tmp_path: Path) -> None:
    """PySide6 would: 27 MB for as long as the lesson lasts, and a tenth of a second."""
    script = """
import linecache, sys
from desktop.__main__ import _early_window
sys.argv[1:] = ["--source", "demo"]
early = _early_window()
print(early.window.isVisible(), sum(len(entry[2]) for entry in linecache.cache.values() if len(entry) > 1))
"""
    answer = subprocess.check_output([sys.executable, "-c", script], env=environment(tmp_path), text=True)  # noqa: S603
    visible, lines = answer.split()
    assert visible == "True"
    assert int(lines) < 10_000  # 250,000 where PySide6 reads them


def test_it_looks_as_the_settings_say_from_the_first_moment(start: Start, tmp_path: Path) -> None:
    words = '[view]\nlanguage = "uk"\ntheme = "dark"\n[analysis]\ndetector = "yunet"\nemotions = 4\n'
    (tmp_path / "settings.toml").write_text(words)
    window = start().window
    assert window.palette().window().color().name() == DARK.window.lower()
    assert window.workspace.session.start_button.text() == "Почати сеанс"
    assert window.header.detector_button.text() == "YuNet"
    assert len(window.workspace.now.bars.rows()) == 4
    assert window.size().toTuple() == (1280, 720)


def test_nothing_moves_with_another_theme(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[view]\ntheme = "light"\n')
    early = start()
    window = early.window
    before = window.header.geometry(), window.workspace.geometry()
    early.appearance.themes.apply("dark")
    qtbot.waitUntil(window.updatesEnabled)
    assert (window.header.geometry(), window.workspace.geometry()) == before


def test_the_command_line_has_its_say_in_the_look(start: Start) -> None:
    assert start("--detector=yunet").window.header.detector_button.text() == "YuNet"


def test_without_settings_it_looks_as_the_defaults_say() -> None:
    settings = Settings()
    assert asdict(read_look(Path("nowhere"))) == {
        "language": settings.view.language,
        "theme": settings.view.theme,
        "detector": settings.analysis.detector,
        "four": settings.analysis.emotions == 4,
    }


@pytest.mark.parametrize("words", ["view = 3", "[view]\ntheme = [1]\nlanguage = 7", "[analysis\n", "\udcff"])
def test_wrong_settings_keep_nothing_from_being_shown(start: Start, tmp_path: Path, words: str) -> None:
    (tmp_path / "settings.toml").write_bytes(words.encode("utf-8", "surrogateescape"))
    assert start().window.isVisible()


def test_wrong_settings_are_told_and_end_the_program(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[view]\ntheme = "pink"\n')
    ended = run("--data-dir", tmp_path, "--source", "demo", home=tmp_path)
    assert ended.returncode == 1
    assert 'view.theme = "pink": must be one of "system", "light", "dark"' in ended.stderr


def test_until_it_is_ready_nothing_can_be_pressed_but_quit(start: Start, qtbot: QtBot) -> None:
    window = start().window
    enabled = [action for action in window.commands.all() if action.isEnabled()]
    assert enabled == [window.commands.quit]
    assert not window.header.isEnabled()
    assert not window.workspace.session.start_button.isEnabled()
    assert not window.workspace.stage.placeholder.demo_button.isVisible()
    QTest.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(window.workspace.session.fields["course"], "Physics")  # may be filled in already
    assert window.workspace.session.fields["course"].text() == "Physics"
    assert shown() == [window]


def test_closed_before_it_is_ready_the_program_ends(start: Start, tmp_path: Path) -> None:
    early = start()
    QTimer.singleShot(0, early.window, early.window.close)
    early.load(("desktop.app",))
    assert early.window.closed
    assert app.run_window(app.WindowOptions(DataDir(tmp_path)), early) == 0
    assert not (tmp_path / "window.lock").exists()


def test_what_can_not_be_loaded_is_raised(start: Start) -> None:
    with pytest.raises(ModuleNotFoundError):
        start().load(("desktop.nowhere",))


def test_an_error_takes_it_away(start: Start) -> None:
    early = start()
    with pytest.raises(ValueError), early.hidden_on_error():
        int("?")
    assert not early.window.isVisible()


def test_presenting_it_fills_the_screen_at_once(start: Start) -> None:
    window = start("--fullscreen").window
    assert window.isFullScreen()
    assert not window.header.isVisible()


@pytest.mark.parametrize(
    "arguments",
    [
        ["doctor"],
        ["--version"],
        ["--source", "demo", "--help"],
        ["--sourse", "demo"],
        ["analyze", "--out", "x"],
    ],
)
def test_commands_and_misspelt_options_ask_for_none(arguments: list[str]) -> None:
    assert asked_window(arguments) is None


def test_beside_an_open_window_none_is_shown(qtbot: QtBot, tmp_path: Path) -> None:
    first = Instance(tmp_path)
    assert first.claim()
    assert early_window(AskedWindow(DataDir(tmp_path))) is None
    first.release()


def test_without_a_screen_none_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert early_window(AskedWindow(DataDir())) is None


def test_every_option_of_the_window_is_known() -> None:
    """An option that is missing here would cost a second without a window."""
    import typer.main

    from desktop.cli import cli

    group = typer.main.get_command(cli)
    asked = {name for option in group.params for name in option.opts}
    known = {*WITH_VALUE, *FLAGS}
    assert asked - known == {"--version", "--install-completion", "--show-completion"}


def test_the_window_comes_without_what_only_commands_and_reports_need(tmp_path: Path) -> None:
    """They would take memory for as long as the lesson lasts."""
    script = (
        "import sys, desktop.app, desktop.window_command; "
        "print({'rich', 'jinja2', 'alembic', 'pyqtgraph'} & sys.modules.keys())"
    )
    answer = subprocess.check_output([sys.executable, "-c", script], env=environment(tmp_path), text=True)  # noqa: S603
    assert answer.strip() == "set()"
