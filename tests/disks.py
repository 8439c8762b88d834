"""Disks that fill up, go read-only, are locked or damaged under a database, and are mended again."""

import os
import random
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Mend = Callable[[], None]
Fault = Callable[[Path], Mend]  # strikes the folder of the database; returns what mends it

DATABASE = "classmood.db"
LOG = "classmood.db-wal"


@contextmanager
def small_disk(folder: Path, size_kib: int = 1024) -> Iterator[Path | None]:
    """Mount a disk of its own, for as long as it is needed; None where that is not permitted."""
    folder.mkdir(exist_ok=True)
    if not _mount("-t", "tmpfs", "-o", f"size={size_kib}k,mode=0700", "tmpfs", str(folder)):
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607


def fill(folder: Path) -> Mend:
    """Fill the disk to its last byte."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return ballast.unlink


def limit_size(folder: Path) -> Mend:
    """Let no file of this process grow, as a quota does: the system gives another reason than "full"."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = folder / LOG
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size if log.exists() else 0, hard))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def lock(folder: Path) -> Mend:
    """Keep the database locked, as a backup program may."""
    other = sqlite3.connect(folder / DATABASE, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    return other.close


def make_read_only(folder: Path) -> Mend:
    """Mount the disk read-only; nothing on it is open for writing yet."""
    assert _mount("-o", "remount,ro", str(folder))
    return lambda: _require(_mount("-o", "remount,rw", str(folder)))


def take_away(folder: Path) -> Mend:
    """Put something else in the database's place, as a sync program or a pulled disk does."""
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.touch()

    def put_back() -> None:
        folder.unlink()
        aside.rename(folder)

    return put_back


def scramble(folder: Path) -> Mend:
    """Write random bytes all over the database and its log; the user puts it aside."""
    chance = random.Random(7)
    for name in (DATABASE, LOG):
        size = (folder / name).stat().st_size
        with (folder / name).open("r+b") as file:
            file.write(chance.randbytes(size))
    return lambda: _put_aside(folder)


def cut_in_half(folder: Path) -> Mend:
    """Cut the database and its log in half; the user puts it aside."""
    for name in (DATABASE, LOG):
        os.truncate(folder / name, (folder / name).stat().st_size // 2)
    return lambda: _put_aside(folder)


def empty(folder: Path) -> Mend:
    """Leave nothing but the names of the database and its log; the user puts them aside."""
    for name in (DATABASE, LOG):
        os.truncate(folder / name, 0)
    return lambda: _put_aside(folder)


def _put_aside(folder: Path) -> None:
    aside = folder / "aside"
    aside.mkdir()
    for name in (DATABASE, LOG, f"{DATABASE}-shm"):
        if (folder / name).exists():
            shutil.move(folder / name, aside / name)


def _mount(*arguments: str) -> bool:
    tool = shutil.which("mount")
    if tool is None:
        return False
    return not subprocess.run([tool, *arguments], capture_output=True, check=False).returncode  # noqa: S603


def _require(done: bool) -> None:
    assert done
