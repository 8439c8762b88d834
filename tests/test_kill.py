"""A killed program: what it had recorded is there, and the next start offers to go on with it."""

import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from desktop.store import Claims, SessionStore
from tests.chaos import report, seeded, times
from tests.program import ROOT, environment

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX kills with a signal")

START_S = 300.0  # until a session has begun, however busy the machine is
LONGEST_S = 6.0  # of a session, until it is killed


@times(short=8, long=1000)
def test_what_the_recorder_acknowledged_survives_a_kill_at_any_moment(tmp_path: Path, times: int) -> None:
    """Killed in the middle of thousands of writes: seconds, markers, ends, deletions."""
    killing = subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-m", "tests.killing", str(tmp_path), str(times), "7"],
        env=environment(tmp_path),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert killing.returncode == 0, killing.stderr
    kills: list[dict[str, Any]] = [json.loads(line) for line in killing.stdout.splitlines()]
    assert len(kills) == times
    for kill in kills:
        assert kill["integrity"] == ["ok"], kill
        assert (kill["lost"], kill["ends_lost"], kill["undeleted"]) == (0, 0, 0), kill
        assert kill["not_offered"] == [], kill
    acknowledged = sum(kill["acknowledged"] for kill in kills)
    assert acknowledged > times  # else nothing was tried
    offered = sum(kill["offered"] for kill in kills)
    report(f"{times} kills, {acknowledged} seconds acknowledged, 0 lost, {offered} sessions offered again")


@dataclass(frozen=True, slots=True)
class Killed:
    """One session of the real program that was killed."""

    elapsed_s: float  # from the session's start to the kill
    stored: int  # seconds


class Zygote:
    """Starts the real program with a lesson in a data folder, again and again, and kills it."""

    def __init__(self, said: IO[bytes], given: IO[bytes]) -> None:
        self._said = said
        self._given = given
        self._program = 0

    def start(self, data: Path) -> None:
        arguments = ["--source", "demo", "--record", "--data-dir", str(data)]
        self._given.write(json.dumps(arguments).encode() + b"\n")
        self._program = int(self._said.readline())

    def runs_for(self, seconds: float) -> bool:
        """Wait so long; return at once if the program ends by itself."""
        return not select.select([self._said], [], [], seconds)[0]

    def kill(self) -> float:
        """Return when it was killed, once it is gone."""
        with suppress(ProcessLookupError):
            os.kill(self._program, signal.SIGKILL)
        killed_at = time.time()
        assert int(self._said.readline()) == -signal.SIGKILL
        return killed_at


@pytest.fixture
def zygote(tmp_path: Path) -> Iterator[Zygote]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.zygote"],
        env=environment(tmp_path),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,  # `select` sees what was not read
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Zygote(process.stdout, process.stdin)


@times(short=1, long=100)
def test_a_killed_lesson_lacks_at_most_its_last_second_and_is_offered(
    tmp_path: Path, zygote: Zygote, times: int
) -> None:
    """The real program, again and again on the same data folder."""
    data = tmp_path / "data"
    moments = [chance.uniform(0, LONGEST_S) for chance in seeded(times)]
    killed = [_record_and_kill(zygote, data, moment) for moment in moments]
    lacking = sorted(kill.elapsed_s - kill.stored for kill in killed)
    report(f"{times} kills; lacking seconds: median {lacking[times // 2]:.2f}, most {lacking[-1]:.2f}")
    # The second that runs is never stored, so 1 s may lack of a program that is never late.
    assert [kill for kill in killed if int(kill.elapsed_s) - kill.stored > 1] == []


def _record_and_kill(zygote: Zygote, data: Path, after_s: float) -> Killed:
    """Start a lesson, kill it so long after its start, check what the next start finds, and end it."""
    before = _sessions(data)
    zygote.start(data)
    try:
        patience = time.monotonic() + START_S
        while len(_sessions(data)) == len(before):
            assert zygote.runs_for(0.1)
            assert time.monotonic() < patience
        assert zygote.runs_for(after_s)
    finally:
        killed_at = zygote.kill()
    with closing(SessionStore(f"sqlite:///{data / 'classmood.db'}")) as store:
        store.check()
        claims = Claims(data)
        (session,) = claims.interrupted(store)
        assert session.record.id not in before
        assert not session.record.finished
        seconds = [interval.second for interval in session.intervals]
        assert seconds == list(range(len(seconds)))  # no hole
        claims.close_interrupted(store, session.record)
    return Killed(killed_at - session.record.started_at.timestamp(), len(seconds))


def _sessions(data: Path) -> set[str]:
    database = data / "classmood.db"
    if not database.exists():
        return set()
    with closing(sqlite3.connect(database)) as connection:
        try:
            return {row[0] for row in connection.execute("SELECT id FROM session")}
        except sqlite3.OperationalError:  # the tables are just being made
            return set()
