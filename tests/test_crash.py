"""Errors that nobody expected: logged without names, told once, and no lesson lost by them."""

import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from desktop import alert
from desktop.alert import needed
from desktop.crash import CrashGuard, CrashReport, describe, last_words
from desktop.crash_file import CrashFile
from desktop.libraries import give_back
from desktop.logs import Redaction, log_file, log_to_file
from desktop.store import Claims, SessionStore
from tests.program import LONGEST_S, ROOT, environment, run

HOME = Path("/home/olena")


@pytest.fixture
def redact() -> Redaction:
    return Redaction(HOME)


@pytest.fixture
def log(tmp_path: Path, redact: Redaction) -> Iterator[Path]:
    """Send the log to a file for the length of a test."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    log_to_file(tmp_path, redact)
    yield log_file(tmp_path)
    for handler in root.handlers:
        handler.close()
    root.handlers[:], logging.raiseExceptions = before, True
    root.setLevel(level)


def failed(message: str = "division by zero", kind: type[Exception] = ZeroDivisionError) -> Exception:
    """Return an error with a traceback, raised where a local variable holds a name."""
    pupil = "Anna"
    try:
        raise kind(message)
    except kind as error:
        assert pupil
        return error


# What a report says


def test_the_log_holds_no_value_that_a_message_quotes(log: Path) -> None:
    names = json.loads('["Anna Schmidt"]')
    try:
        float(names[0])
    except ValueError:
        logging.getLogger("test").exception("reading failed in /home/olena/x")
    text = log.read_text(encoding="utf-8")
    assert "could not convert string to float: '...'" in text
    assert "reading failed in ~/x" in text
    assert "Schmidt" not in text


def test_a_report_names_versions_place_and_no_variable(redact: Redaction) -> None:
    report = describe(failed(), redact)
    assert report.summary.startswith("ZeroDivisionError in tests/test_crash.py:")
    assert "Classmood " in report.details and "Python " in report.details and "Qt " in report.details
    assert "ZeroDivisionError: division by zero" in report.details
    assert "Anna" not in report.details.replace('pupil = "Anna"', "")


# Told once


@pytest.fixture
def told() -> list[CrashReport]:
    return []


@pytest.fixture
def guard(redact: Redaction, told: list[CrashReport]) -> Iterator[CrashGuard]:
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    guard = CrashGuard(redact, told.append)
    guard.install()
    yield guard
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def test_an_error_that_comes_with_every_picture_is_told_once(
    guard: CrashGuard, told: list[CrashReport], log: Path
) -> None:
    for number in range(1000):
        guard.report(failed(f"picture {number}"))
    assert len(told) == 1
    lines = [line for line in log.read_text().splitlines() if "uncaught error" in line]
    assert len(lines) == 4  # the first, and that it came 10, 100, 1000 times
    guard.report(failed("of another kind", KeyError))
    assert len(told) == 2


def test_no_number_of_different_errors_fills_the_memory(guard: CrashGuard, told: list[CrashReport]) -> None:
    for number in range(300):
        try:
            exec(compile("\n" * number + "1/0", f"file{number}", "exec"))  # noqa: S102
        except ZeroDivisionError as error:
            guard.report(error)
    assert len(told) <= 101


def test_errors_of_threads_and_destructors_are_told(guard: CrashGuard, told: list[CrashReport]) -> None:
    def fail() -> None:
        raise ValueError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    class Broken:
        def __del__(self) -> None:
            raise OSError("in a destructor")

    del [Broken()][0]
    sys.excepthook(ZeroDivisionError, failed(), None)
    assert [report.summary.split()[0] for report in told] == ["ValueError", "OSError", "ZeroDivisionError"]


# Crashes of libraries

CRASHING = """
import faulthandler, sys, threading
from pathlib import Path
from desktop.crash_file import CrashFile
file = CrashFile(Path(sys.argv[1]))
file.open()
there = threading.Event()
def somebody_else():
    there.set()
    threading.Event().wait()
threading.Thread(target=somebody_else, daemon=True).start()
there.wait()
if sys.argv[2] == "crash":
    faulthandler._sigsegv()
print("running", flush=True)
sys.stdin.read()
file.close()
"""


def crashing(folder: Path, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  (our own program)
        [sys.executable, "-c", CRASHING, str(folder), how],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.mark.skipif(os.name != "posix", reason="a fault is a signal")
def test_a_crash_of_a_library_is_found_by_the_next_start(tmp_path: Path) -> None:
    program = crashing(tmp_path, "crash")
    program.communicate(timeout=LONGEST_S)
    assert program.returncode == -signal.SIGSEGV
    (text,) = CrashFile(tmp_path).left_behind()
    assert text.count("Fatal Python error: Segmentation fault") == 1
    assert 'File "<string>"' in text
    assert "somebody_else" not in text  # whose stack can not be read while it runs
    assert CrashFile(tmp_path).left_behind() == []
    assert list(tmp_path.iterdir()) == []


def test_a_running_or_well_ended_program_left_nothing_behind(tmp_path: Path) -> None:
    program = crashing(tmp_path, "run")
    assert program.stdout is not None
    assert program.stdout.readline() == "running\n"
    assert CrashFile(tmp_path).left_behind() == []
    assert list(tmp_path.glob("crash-*.log"))  # still there for the program that runs
    program.communicate("", timeout=LONGEST_S)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_written_starts_the_program_all_the_same(tmp_path: Path) -> None:
    file = CrashFile(tmp_path / "missing" / "logs")
    file.open()
    assert file.left_behind() == []
    file.close()


# Without a window

BROKEN = """
import sys
{imports}
def broken(*args, **kwargs):
    {fault}
{patches}
from desktop.__main__ import main
main()
"""


def broken(
    where: str, *arguments: str | Path, home: Path, fault: str = "return {}['Anna']"
) -> subprocess.CompletedProcess[str]:
    """Run the program with functions that fail: "module:name module:name"."""
    places = [place.split(":") for place in where.split()]
    program = BROKEN.format(
        imports="\n".join(f"import desktop.{module}" for module, _ in places),
        fault=fault,
        patches="\n".join(f"desktop.{module}.{name} = broken" for module, name in places),
    )
    return subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-c", program, *map(str, arguments)],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )


def test_a_command_that_fails_unexpectedly_says_one_sentence(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ended = broken("doctor:run_checks", "doctor", "--data-dir", data, home=tmp_path)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith("classmood: Something went wrong unexpectedly (KeyError in ")
    file = data / "logs" / "classmood.log"
    assert str(file) in ended.stderr
    text = file.read_text()
    assert "KeyError" in text and "Traceback" in text and str(tmp_path) not in text
    assert file.stat().st_mode & 0o077 == 0


def test_where_no_log_can_be_written_the_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = last_words(failed(), ["doctor", f"--data-dir={tmp_path / 'file'}"])
    assert "ZeroDivisionError" in said and "could not be written" in said
    assert (tmp_path / "file").read_text() == ""


def test_a_lesson_survives_errors_in_a_slot_and_in_a_paint_event(tmp_path: Path) -> None:
    data = tmp_path / "data"
    where = "ui.mood_card:MoodCard.add ui.video_view:VideoView.paintEvent"
    ended = broken(
        where, "--source", "demo", "--record", "--run-seconds", "2", "--data-dir", data, home=tmp_path
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("KeyError in ") == 2
    listed = run("sessions", "list", "--json", "--data-dir", data, home=tmp_path)
    (session,) = json.loads(listed.stdout)
    assert session["finished"] and session["seconds"] >= 1
    text = (data / "logs" / "classmood.log").read_text()
    assert text.count("Traceback (most recent call last)") == 2
    assert not list((data / "logs").glob("crash-*"))


@pytest.mark.skipif(os.name != "posix", reason="Qt ends the process by a signal")
def test_a_fault_of_qt_in_a_lesson_is_told_by_the_next_start_and_the_lesson_can_go_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    fault = f"""
    from pathlib import Path
    from PySide6.QtCore import qFatal
    from tests.program import seconds_recorded
    if seconds_recorded(Path({str(data / "classmood.db")!r})) >= 2:
        qFatal("boom")
    """
    died = broken(
        *("ui.mood_card:MoodCard.add", "--source", "demo", "--record", "--data-dir", data),
        home=tmp_path,
        fault=fault,
    )
    assert died.returncode == -signal.SIGABRT
    assert died.stderr.count("classmood: A fault in Qt ends Classmood.") == 1
    assert "CRITICAL desktop.screen: Qt: " in (data / "logs" / "classmood.log").read_text()
    (trace,) = CrashFile(data / "logs").left_behind()
    assert "Fatal Python error: Aborted" in trace
    with closing(SessionStore(f"sqlite:///{data / 'classmood.db'}")) as store:
        (session,) = Claims(data).interrupted(store)
    assert not session.record.finished
    assert session.record.summary.seconds >= 2


@pytest.mark.parametrize("where", ["early:MainWindow", "app:Engine", "app:make_window_parts"])
def test_a_window_that_can_not_be_built_ends_in_a_sentence(tmp_path: Path, where: str) -> None:
    ended = broken(where, "--source", "demo", "--data-dir", tmp_path / "data", home=tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1
    assert "KeyError" in (tmp_path / "data" / "logs" / "classmood.log").read_text()


# A dialog where there is no terminal


@pytest.mark.parametrize(
    ("arguments", "changed", "platform", "wanted"),
    [
        ((), {}, "linux", True),
        (("--source", "0"), {}, "linux", True),
        ((), {}, "win32", True),
        (("doctor",), {}, "win32", False),
        (("--source", "demo", "--run-seconds", "5"), {}, "linux", False),
        (("--run-seconds=5",), {}, "linux", False),
        (("--version",), {}, "linux", False),
        ((), {"DISPLAY": ""}, "linux", False),
        ((), {"QT_QPA_PLATFORM": "offscreen"}, "linux", False),
    ],
)
def test_a_dialog_is_for_who_started_the_window_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    changed: dict[str, str],
    platform: str,
    wanted: bool,
) -> None:
    for stream in (None, io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        assert needed(arguments, {"DISPLAY": ":0", **changed}, platform) == wanted


@pytest.mark.parametrize(("platform", "program"), [("linux", "kdialog"), ("darwin", "osascript")])
def test_the_dialog_is_the_systems_own_and_shows_the_text_as_it_is(platform: str, program: str) -> None:
    commands: list[Sequence[str]] = []
    text = 'a "quoted" <b>$(text)</b>'
    shown = alert.alert(
        text, platform, commands.append, lambda name: f"/bin/{name}" if name == program else None
    )
    assert shown
    (command,) = commands
    assert command[0] == f"/bin/{program}" and command[-1] == text


@pytest.mark.parametrize(
    ("before", "frozen", "after"),
    [
        ({"LD_LIBRARY_PATH": "/opt/classmood/_internal"}, True, {}),
        (
            {"LD_LIBRARY_PATH": "/opt/classmood/_internal:/mine", "LD_LIBRARY_PATH_ORIG": "/mine"},
            True,
            {"LD_LIBRARY_PATH": "/mine"},
        ),
        ({"LD_LIBRARY_PATH": "/mine"}, False, {"LD_LIBRARY_PATH": "/mine"}),
    ],
)
def test_programs_that_a_bundle_starts_get_the_systems_libraries(
    before: dict[str, str], frozen: bool, after: dict[str, str]
) -> None:
    environment = dict(before)
    give_back(environment, frozen=frozen)
    assert environment == after


@pytest.mark.parametrize("qt_works", [True, False])
def test_a_program_without_stderr_shows_a_dialog(monkeypatch: pytest.MonkeyPatch, qt_works: bool) -> None:
    shown: list[str] = []

    def qt_box(text: str) -> bool:
        shown.append(f"Qt: {text}")
        return True

    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(alert, "alert", shown.append)
    monkeypatch.setattr(alert, "_qt_box", qt_box)
    monkeypatch.setattr(alert, "needed", lambda *_: True)
    alert.say("It does not start.", qt_works=qt_works)
    assert shown == ["Qt: It does not start." if qt_works else "It does not start."]
