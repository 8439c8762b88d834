"""The command line: help and version of everything, wrong usage, what goes to stdout and what to stderr."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from desktop import __version__
from desktop.cli import cli
from models.emotion import EMOTIONS
from tests.program import LONGEST_S, PUPILS, command, demo_picture, demo_video, environment, run


def _commands(command: object, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Return the words of every command there is, groups included."""
    yield words
    for name, sub in getattr(command, "commands", {}).items():
        yield from _commands(sub, (*words, name))


COMMANDS = sorted(_commands(typer.main.get_command(cli)))


@pytest.fixture
def runner() -> CliRunner:
    """Return what calls a command in this process, wide enough that no line of its help is broken."""
    return CliRunner(env={"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"})


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(runner: CliRunner, words: tuple[str, ...]) -> None:
    result = runner.invoke(cli, [*words, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.stdout and "--help" in result.stdout
    assert result.stderr == ""


def test_the_window_has_the_options_of_kiosks_and_tests(runner: CliRunner) -> None:
    text = runner.invoke(cli, ["--help"]).stdout
    for option in (
        "--source",
        "--loop",
        "--record",
        "--run-seconds",
        "--data-dir",
        "--fullscreen",
        "--detector",
    ):
        assert option in text
    assert "--accept-notice" in text and "--version" in text


def test_the_commands_that_users_know_are_there() -> None:
    assert {("analyze",), ("doctor",), *(("sessions", name) for name in ("list", "show", "delete"))} <= set(
        COMMANDS
    )


def test_the_version_is_printed_and_nothing_else(tmp_path: Path) -> None:
    result = run("--version", home=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, f"classmood {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-option"],
        ["no-such-command"],
        ["--run-seconds", "0"],
        ["--run-seconds", "soon"],
        ["--detector", "guess"],
        ["analyze"],
        ["analyze", "lesson.mp4"],
        ["analyze", "--out", "results"],
        ["analyze", "lesson.mp4", "--out", "results", "--detector", "guess"],
        ["sessions", "show"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_says_how_to_get_help(runner: CliRunner, arguments: list[str]) -> None:
    result = runner.invoke(cli, arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr and "--help" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_an_option_counts_before_and_after_a_command(runner: CliRunner, tmp_path: Path, before: bool) -> None:
    option = ["--data-dir", str(tmp_path)]
    result = runner.invoke(cli, [*option, "sessions", "list"] if before else ["sessions", "list", *option])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"No session is recorded in {tmp_path / 'classmood.db'}.\n"


def test_after_the_command_has_the_last_word(runner: CliRunner, tmp_path: Path) -> None:
    folders = [tmp_path / "before", tmp_path / "after"]
    arguments = ["--data-dir", str(folders[0]), "sessions", "list", "--data-dir", str(folders[1])]
    assert str(folders[1]) in runner.invoke(cli, arguments).stdout


@pytest.mark.parametrize(
    ("option", "command"),
    [
        (["--record"], ["sessions", "list"]),
        (["--detector", "haar"], ["report", "abcd", "--out", "lesson.pdf"]),
        (["--model", "models:/emotion@champion"], ["download", "yunet"]),
    ],
    ids=["record", "detector", "model"],
)
def test_an_option_that_the_command_lacks_is_not_left_out_without_a_word(
    runner: CliRunner, option: list[str], command: list[str]
) -> None:
    result = runner.invoke(cli, [*option, *command])
    assert (result.exit_code, result.stdout) == (2, "")
    assert option[0] in result.stderr and f'"{command[0]}" does not take it' in result.stderr


def test_a_command_that_needs_no_window_does_not_wait_for_its_libraries(tmp_path: Path) -> None:
    code = "import sys, desktop.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    listed = subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-c", code],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=True,
    )
    heavy = {"PySide6", "pyqtgraph", "torch", "ultralytics", "mlflow", "pandas", "matplotlib", "scipy"}
    assert not heavy & set(listed.stdout.split())


def test_analyze_prints_a_line_an_input(runner: CliRunner, tmp_path: Path) -> None:
    picture = demo_picture(tmp_path / "class.png")
    result = runner.invoke(cli, ["analyze", str(picture), "--out", str(tmp_path / "out")])
    assert (result.exit_code, result.stderr) == (0, "")
    jsonl = tmp_path / "out" / "class.jsonl"
    assert result.stdout == f"class.png: 1 frames, {PUPILS}.00 faces a frame -> {jsonl}\n"
    (line,) = jsonl.read_text().splitlines()
    assert {tuple(face["probabilities"]) for face in json.loads(line)["faces"]} == {EMOTIONS}


def test_analyze_prints_json_that_names_all_files_and_problems(runner: CliRunner, tmp_path: Path) -> None:
    folder = tmp_path / "week"
    folder.mkdir()
    demo_picture(folder / "day 1.png")
    (folder / "day 2.png").write_bytes(b"damaged")
    result = runner.invoke(cli, ["analyze", str(folder), "--out", str(tmp_path / "out"), "--json"])
    assert result.exit_code == 1
    (summary,) = json.loads(result.stdout)
    assert list(summary) == ["source", "frames", "faces_mean", "files", "problems"]
    assert (summary["source"], summary["frames"], summary["faces_mean"]) == ("week", 1, PUPILS)
    assert summary["files"] == [str(tmp_path / "out" / "week.jsonl")]
    assert "day 2.png" in summary["problems"][0]
    assert result.stderr == f"classmood: {summary['problems'][0]}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals in Python")
def test_progress_goes_to_the_terminal_and_not_into_the_output(tmp_path: Path) -> None:
    video = demo_video(tmp_path / "lesson.avi", [i / 10 for i in range(4)])
    master, terminal = os.openpty()
    process = subprocess.Popen(  # noqa: S603  (our own program)
        command("analyze", video, "--out", tmp_path / "out", "--json"),
        env=environment(tmp_path, TERM="xterm", COLUMNS="100"),
        stdout=subprocess.PIPE,
        stderr=terminal,
    )
    os.close(terminal)
    written = bytearray()
    with suppress(OSError):  # Linux says so at the end; read meanwhile, or a full terminal stops the program
        while piece := os.read(master, 4096):
            written += piece
    output, _ = process.communicate(timeout=LONGEST_S)
    os.close(master)
    shown = written.decode()
    assert process.returncode == 0
    (summary,) = json.loads(output)
    assert summary["frames"] == 4
    assert "lesson.avi" in shown and "4/4" in shown


def test_a_name_that_would_steer_the_terminal_is_escaped(runner: CliRunner, tmp_path: Path) -> None:
    picture = demo_picture(tmp_path / "class.png").rename(tmp_path / "\x1b[31mred\u202e.png")
    result = runner.invoke(cli, ["analyze", str(picture), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout and "\u202e" not in result.stdout
    assert r"\x1b[31mred\u202e.png" in result.stdout
