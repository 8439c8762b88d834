"""A disk whose power is cut: what a program wrote, replayed up to any moment, the unsynced at risk.

A system may have written any part of what a program wrote since its last sync, in any order, and may tear a
write between sectors. `Disk` knows what is certain; `cut` draws what of the rest survived.
"""

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.program import ROOT, environment

SECTOR = 512
_CALL = re.compile(r"^(?:\d+\s+)?(\w+)\((.*)\)\s+= (-?\d+)")
_FILE = re.compile(r"^\d+<([^>]*)>(?:, )?")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')

# A lesson after the other, written as fast as it goes, each told through a pipe once it is stored.
_PROGRAM = """
import sys
from datetime import UTC, datetime
from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore
store = SessionStore(f"sqlite:///{sys.argv[1]}/classmood.db")
for lesson in range(int(sys.argv[2])):
    name = f"lesson-{lesson}"
    store.begin(name, SessionDetails("Physics"), datetime.now(UTC), "model", "demo")
    for second in range(25):
        store.append(name, Interval(second, 10, 0, 4.0, 0.1, 0.5, (0, 0, 0, 1.0, 0, 0, 0)))
        print("second", name, second, flush=True)
    store.finish(name, datetime.now(UTC))
    print("end", name, flush=True)
    if lesson % 3 == 2:
        store.delete(name)
        print("deleted", name, flush=True)
    if lesson % 4 == 3:
        store.close()
"""


@dataclass
class Content:
    """What is certain of one file, and what was written since."""

    synced: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes]] = field(default_factory=list)  # offset, bytes; offset -1: cut to a length


@dataclass
class Disk:
    """All files of a folder, and what was told to be stored on it."""

    files: dict[str, Content] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def cut(self, chance: random.Random, folder: Path) -> None:
        """Write into `folder` what may be left of the files when the power goes now."""
        for name, content in self.files.items():
            data = bytearray(content.synced)
            for offset, written in content.since:
                if chance.random() < 0.5:
                    _apply(data, offset, _torn(written, chance) if offset >= 0 else written)
            (folder / name).write_bytes(data)


def recorded(home: Path, lessons: int) -> Path:
    """Return a trace of a program that records lessons."""
    strace = shutil.which("strace")
    assert strace is not None
    folder, trace = home / "data", home / "trace"
    folder.mkdir()
    calls = "trace=openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink"
    subprocess.run(  # noqa: S603  (our own program)
        [
            *(strace, "-f", "-qq", "-y", "-xx", "-s", "1000000", "-e", calls, "-o", str(trace)),
            *(sys.executable, "-c", _PROGRAM, str(folder), str(lessons)),
        ],
        env=environment(home, PYTHONDONTWRITEBYTECODE="1"),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return trace


def replayed(trace: Path, folder: Path) -> Iterator[Disk]:
    """Yield the disk after every call that changed it, or that told something; always the same object."""
    disk = Disk()
    with trace.open() as lines:
        for line in lines:
            found = _CALL.match(line)
            if found and int(found[3]) >= 0 and _happened(disk, found[1], found[2], folder):
                yield disk


def _happened(disk: Disk, call: str, arguments: str, folder: Path) -> bool:
    """Carry out one call; return False if it does not concern the disk."""
    if call == "unlink":
        disk.files.pop(_name(_decoded(arguments).decode(), folder), None)
        return True
    if call == "openat":
        name = _name(_decoded(arguments).decode(), folder)
        if name and "O_CREAT" in arguments:
            disk.files.setdefault(name, Content())
        return bool(name)
    place = _FILE.match(arguments)
    if place is None:
        return False
    path = bytes.fromhex(place[1].replace("\\x", "")).decode() if place[1].startswith("\\x") else place[1]
    rest = arguments[place.end() :]
    if call == "write" and path.startswith("/dev/null"):
        disk.told += _decoded(rest).decode().splitlines()
        return True
    content = disk.files.get(_name(path, folder))
    if content is None:
        return False
    if call == "pwrite64":
        content.since.append((int(rest.rpartition(",")[2]), _decoded(rest)))
    elif call == "ftruncate":
        content.since.append((-1, int(rest).to_bytes(8)))
    else:  # fsync, fdatasync
        for offset, written in content.since:
            _apply(content.synced, offset, written)
        content.since.clear()
    return True


def _apply(data: bytearray, offset: int, written: bytes) -> None:
    if offset < 0:
        size = int.from_bytes(written)
        data[:] = data[:size].ljust(size, b"\0")
        return
    if len(data) < offset:
        data.extend(bytes(offset - len(data)))
    data[offset : offset + len(written)] = written


def _torn(written: bytes, chance: random.Random) -> bytes:
    sectors = len(written) // SECTOR
    return written[: SECTOR * chance.randint(1, sectors)] if sectors and chance.random() < 0.3 else written


def _decoded(arguments: str) -> bytes:
    text = _TEXT.search(arguments)
    return bytes.fromhex(text[1].replace("\\x", "")) if text else b""


def _name(path: str, folder: Path) -> str:
    """Return the name of a database's file in the folder; its index (-shm) outlives no power cut."""
    file = Path(path)
    return file.name if file.parent == folder and not file.name.endswith("-shm") else ""
