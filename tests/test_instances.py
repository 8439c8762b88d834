"""Two starts on one data folder: the second brings the first to the front, or records beside it."""

import json
import subprocess
import threading
from contextlib import closing
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.instance import Instance
from desktop.paths import DataDir
from desktop.settings import Settings
from desktop.store import store_for
from tests.chaos import CHAOS
from tests.program import LONGEST_S, command, environment, run


def test_a_second_start_calls_the_first_window(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = Instance(tmp_path), Instance(tmp_path)
    assert first.claim()
    assert not second.claim()
    answers: list[bool] = []
    caller = threading.Thread(target=lambda: answers.append(second.call_first()))
    with qtbot.waitSignal(first.called, timeout=10_000):
        caller.start()
    caller.join()
    assert answers == [True]
    first.release()
    assert not list(tmp_path.iterdir())
    assert second.claim()
    second.release()


def test_a_window_that_hangs_does_not_keep_the_program_from_starting(tmp_path: Path) -> None:
    first, second = Instance(tmp_path), Instance(tmp_path)
    assert first.claim()  # and then never looks again
    assert not second.claim()
    assert not second.call_first(patience_s=0.1)
    first.release()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_takes_no_lock_has_as_many_windows_as_are_started(tmp_path: Path) -> None:
    assert Instance(tmp_path / "missing").claim()


@CHAOS
def test_two_programs_record_side_by_side(tmp_path: Path, times: int = 10) -> None:
    """Both were told to record: both do, into the same database."""
    data = tmp_path / "data"
    lesson = ("--source", "demo", "--record", "--run-seconds", "6", "--data-dir", data)
    for _ in range(times):
        programs = [
            subprocess.Popen(command(*lesson), env=environment(tmp_path), stderr=subprocess.PIPE, text=True)  # noqa: S603
            for _ in range(2)
        ]
        ends = [(program.communicate(timeout=LONGEST_S)[1], program.returncode) for program in programs]
        assert ends == [("", 0), ("", 0)]
    with closing(store_for(Settings(), DataDir(data))) as store:
        store.check()
        records = store.list()
        assert len(records) == 2 * times
        for record in records:
            seconds = [interval.second for interval in store.intervals(record.id)]
            assert record.finished
            assert seconds == list(range(len(seconds)))
            assert len(seconds) >= 4
    listed = run("sessions", "list", "--json", "--data-dir", data, home=tmp_path)
    assert len(json.loads(listed.stdout)) == 2 * times


def test_a_bare_second_start_leaves_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    data = tmp_path / "data"
    DataDir(data).create()
    first = Instance(data)
    assert first.claim()
    with (
        qtbot.waitSignal(first.called, timeout=LONGEST_S * 1000),
        subprocess.Popen(command("--data-dir", data), env=environment(tmp_path)) as second,  # noqa: S603
    ):
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=LONGEST_S * 1000)
    assert second.returncode == 0
    first.release()
