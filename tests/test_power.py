"""The power goes at any moment: the database opens, is whole, and holds all that was acknowledged."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desktop.store import SessionStore
from tests.chaos import report, seeded, times
from tests.power import Disk, recorded, replayed


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@times(short=20, long=2000)
def test_what_was_acknowledged_survives_a_power_cut(tmp_path: Path, times: int) -> None:
    trace = recorded(tmp_path, lessons=4 if times < 100 else 16)
    moments = sum(1 for _ in replayed(trace, tmp_path / "data"))
    assert moments > 300
    chosen = {chance.randrange(moments): chance for chance in seeded(times)}
    acknowledged = unsynced = 0
    for moment, disk in enumerate(replayed(trace, tmp_path / "data")):
        if moment in chosen:
            unsynced += sum(len(content.since) for content in disk.files.values())
            left = tmp_path / "left"
            left.mkdir()
            disk.cut(chosen[moment], left)
            acknowledged += _check(disk, left)
            shutil.rmtree(left)
    assert acknowledged > times
    report(
        f"{len(chosen)} power cuts of {moments} moments, {unsynced} writes at risk, "
        f"{acknowledged} acknowledged seconds looked for, 0 lost"
    )


def _check(disk: Disk, left: Path) -> int:
    """Compare what is left with what was told; return how many seconds these were."""
    seconds: dict[str, int] = {}
    ended: set[str] = set()
    deleted: set[str] = set()
    for what, name, *second in (line.split() for line in disk.told):
        if what == "second":
            seconds[name] = int(second[0]) + 1
        elif what == "end":
            ended.add(name)
        else:
            deleted.add(name)
    file = left / "classmood.db"
    with closing(SessionStore(f"sqlite:///{file}")) as store:
        records = {record.id: record for record in store.list()}
        for name, count in seconds.items():
            if name in deleted:
                assert name not in records
            elif name in records or name not in ended:  # the last that ended may just be deleted
                assert len(store.intervals(name)) >= count, name
    assert all(records[name].finished for name in ended & set(records))
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return sum(seconds.values())
