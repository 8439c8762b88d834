"""A recorder that is killed: `python -m tests.killing FOLDER TIMES SEED` prints what each kill left, as JSON.

The real recorder and the real store write seconds of a lesson, markers, ends and deletions as fast as they
can, in a child that is killed (SIGKILL) at a random moment; all children share one database. The child tells
what was acknowledged through a pipe, which outlives it.
"""

import json
import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue

from PySide6.QtCore import Qt

from desktop.segments import Marker
from desktop.statistics import Interval, SessionDetails
from desktop.store import Claims, SessionStore
from desktop.workers.recorder import Recorder
from tests.chaos import seeded

LESSON = 8  # seconds of a session, before the next one begins
QUEUE = 4  # seconds that are handed to the recorder at once
LONGEST_S = 0.5  # until a kill


class Acknowledging(SessionStore):
    """Tells through a pipe what is stored, once it is."""

    def __init__(self, address: str, pipe: int) -> None:
        super().__init__(address)
        self._pipe = pipe
        self.room = threading.Semaphore(QUEUE)  # for seconds that are not stored yet

    def append_all(self, session_id: str, intervals: Sequence[Interval]) -> None:
        """Store, then tell."""
        super().append_all(session_id, intervals)
        self._tell("second", session_id, intervals[-1].second)
        self.room.release(len(intervals))

    def finish(self, session_id: str, ended_at: datetime) -> None:
        """Store, then tell."""
        super().finish(session_id, ended_at)
        self._tell("end", session_id, 0)

    def delete(self, session_id: str) -> None:
        """Tell, delete, then tell."""
        self._tell("deleting", session_id, 0)
        super().delete(session_id)
        self._tell("deleted", session_id, 0)

    def _tell(self, what: str, session_id: str, second: int) -> None:
        os.write(self._pipe, f"{what} {session_id} {second}\n".encode())


def record(folder: Path, pipe: int, name: str) -> None:
    """Record lesson after lesson, until killed; every third one is deleted when it has ended."""
    store = Acknowledging(address(folder), pipe)
    recorder = Recorder(lambda: store, Claims(folder))
    saved: SimpleQueue[str] = SimpleQueue()  # ids of sessions whose end is stored
    recorder.session_saved.connect(saved.put, Qt.ConnectionType.DirectConnection)
    recorder.start()
    begun = datetime.now(UTC)
    for number in range(1_000_000):
        session_id = f"{name}-{number}"
        recorder.begin(session_id, SessionDetails("Physics"), begun, lambda: "model", "demo")
        for second in range(LESSON):
            store.room.acquire()
            recorder.append(session_id, Interval(second, 10, 0, 4.0, 0.1, 0.5, (0, 0, 0, 1.0, 0, 0, 0)))
            if second % 4 == 0:
                recorder.set_markers(session_id, tuple(Marker(n, "quiz") for n in range(0, second + 1, 4)))
        recorder.finish(session_id, begun + timedelta(seconds=LESSON))
        if number % 3 == 2:
            while saved.get() != session_id:
                pass
            store.delete(session_id)


def kill_one(folder: Path, chance: random.Random, name: str) -> dict[str, object]:
    """Let a child record, kill it, and return what was acknowledged and what is stored."""
    reading, writing = os.pipe()
    child = multiprocessing.get_context("fork").Process(target=record, args=(folder, writing, name))
    child.start()
    os.close(writing)
    after_s = chance.uniform(0, LONGEST_S)
    child.join(after_s)
    child.kill()
    child.join()
    if child.exitcode != -signal.SIGKILL:
        raise RuntimeError("the recorder ended by itself")
    with os.fdopen(reading) as told:
        acknowledged = [line.split() for line in told.read().splitlines()]
    return {"after_s": after_s, **compare(folder, name, acknowledged)}


def compare(folder: Path, name: str, acknowledged: list[list[str]]) -> dict[str, object]:
    """Return how what is stored differs from what was acknowledged."""
    seconds: dict[str, int] = {}
    for what, session_id, second in acknowledged:
        if what == "second":
            seconds[session_id] = int(second) + 1
    ended = {session_id for what, session_id, _ in acknowledged if what == "end"}
    deleting = {session_id for what, session_id, _ in acknowledged if what == "deleting"}
    deleted = {session_id for what, session_id, _ in acknowledged if what == "deleted"}
    with closing(SessionStore(address(folder))) as store:
        records = {each.id: each for each in store.list() if each.id.startswith(f"{name}-")}
        stored = {session_id: len(store.intervals(session_id)) for session_id in records}
        left = Claims(folder).interrupted(store)
        for session in left:
            Claims(folder).close_interrupted(store, session.record)
    with closing(sqlite3.connect(folder / "classmood.db")) as connection:
        integrity = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    unfinished = {session_id for session_id, each in records.items() if not each.finished}
    return {
        "acknowledged": sum(seconds.values()),
        "lost": sum(max(0, n - stored.get(i, 0)) for i, n in seconds.items() if i not in deleting),
        "ends_lost": len(ended & unfinished),
        "undeleted": len(deleted & set(records)),
        "integrity": integrity,
        "not_offered": sorted(unfinished - {session.record.id for session in left}),
        "offered": len(left),
    }


def address(folder: Path) -> str:
    """Return the address of the database in a folder."""
    return f"sqlite:///{folder / 'classmood.db'}"


if __name__ == "__main__":
    place, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for trial, randomness in enumerate(seeded(count, seed)):
        print(json.dumps(kill_one(place, randomness, f"t{trial}")), flush=True)  # noqa: T201
