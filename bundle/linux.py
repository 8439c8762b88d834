"""Makes the Linux executable lean: one OpenBLAS and OpenSSL less, little of ICU, no unused library."""

import re
import subprocess
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from bundle.contents import Entry
from bundle.icu import write_library

# What every Linux desktop has, in a version that fits its settings, services and drivers: printing, the bus,
# fonts, and what manylinux (PEP 600) counts on. desktop/libraries.py names the packages if one is missing.
FROM_THE_SYSTEM: Final = (
    *("libcups.so.2", "libdbus-1.so.3", "libfontconfig.so.1", "libfreetype.so.6"),
    *("libglib-2.0.so.0", "libgthread-2.0.so.0", "libX11.so.6", "libstdc++.so.6", "libgcc_s.so.1"),
)
# Come with symbols that only a debugger reads. strip damages some of what patchelf rewrote, such as NumPy's
# OpenBLAS: a test loads every library.
STRIPPED: Final = (
    *("libpython*", "python3*/lib-dynload/*", "lap/*.so", "sqlalchemy/*.so", "PySide6/Qt/lib/libicu*"),
    *("numpy/*.so", "opencv_python_headless.libs/lib[adp]*"),
)
_SOURCES: Final = Path(__file__).parent
_LIBRARY: Final = re.compile(r"^(?:|[^/]+\.libs/|PySide6/Qt/lib/)[^/]+\.so[^/]*$")


class BundleError(Exception):
    """The executable can not be made like this; the text says why."""


def slim(entries: Sequence[Entry], work: Path, needed_by: Callable[[Path], set[str]]) -> list[Entry]:
    """Return the entries of libraries and modules, some of them made lean in `work`.

    `needed_by` returns the names of the libraries that a file asks the loader for.
    """
    work.mkdir(parents=True, exist_ok=True)
    kept = [entry for entry in entries if Path(entry[0]).name not in FROM_THE_SYSTEM]
    return reachable([_lean(entry, entries, work) for entry in one_openssl(kept)], needed_by)


def one_openssl(entries: Sequence[Entry]) -> list[Entry]:
    """Let psycopg use Python's OpenSSL 3 instead of one of its own; it asks for nothing newer than 3.0."""
    places = {place for place, _, _ in entries}

    def shared(entry: Entry) -> Entry:
        own = re.match(r"psycopg_binary\.libs/(libssl|libcrypto)-\w+\.so\.3$", entry[0])
        if own is None or f"{own[1]}.so.3" not in places:
            return entry
        return entry[0], f"../{own[1]}.so.3", "SYMLINK"

    return [shared(entry) for entry in entries]


def reachable(entries: Sequence[Entry], needed_by: Callable[[Path], set[str]]) -> list[Entry]:
    """Return the entries without libraries that no module, plugin or kept library asks for."""
    files = [entry for entry in entries if entry[2] not in {"DATA", "SYMLINK"}]
    libraries = {Path(place).name: Path(file) for place, file, kind in files if _is_library(place, kind)}
    links = {Path(place).name: Path(file).name for place, file, kind in entries if kind == "SYMLINK"}
    kept = {name for name in libraries if name.startswith("libpython")}  # the start loads it by name
    waiting = [Path(file) for place, file, kind in files if not _is_library(place, kind)]
    waiting += [libraries[name] for name in kept]
    while waiting:
        asked = needed_by(waiting.pop())
        asked |= {links[name] for name in asked if name in links}
        new = (asked & (libraries.keys() | links.keys())) - kept
        kept |= new
        waiting += [libraries[name] for name in new if name in libraries]
    return [entry for entry in entries if not _is_library(entry[0], entry[2]) or Path(entry[0]).name in kept]


def _is_library(place: str, kind: str) -> bool:
    return kind != "EXTENSION" and _LIBRARY.match(place) is not None


def needed_libraries(file: Path) -> set[str]:
    """Return what an ELF file's dynamic section asks for; needs binutils."""
    answer = subprocess.run(["readelf", "-d", str(file)], capture_output=True, text=True, check=False)
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", answer.stdout))


def _lean(entry: Entry, entries: Iterable[Entry], work: Path) -> Entry:
    place, file, kind = entry
    if kind in {"DATA", "SYMLINK"}:
        return entry
    target = work / Path(place).name
    if Path(place).name.startswith("libicudata.so"):
        write_library(Path(file), target, work)
    elif re.match(r"opencv_python_headless\.libs/libopenblas", place):
        rpath = "-Wl,-rpath,$ORIGIN/../numpy.libs"
        _compile("blas.c", target, rpath, str(_numpys_openblas(entries)))
    elif re.match(r"opencv_python_headless\.libs/libvpx", place):
        _compile("encoders.c", target)
    elif any(fnmatchcase(place, pattern) for pattern in STRIPPED):
        target = work / place
        target.parent.mkdir(parents=True, exist_ok=True)
        _run("strip", "--strip-unneeded", "-o", str(target), file)
    else:
        return entry
    return place, str(target), kind


def _compile(source: str, target: Path, *more: str) -> None:
    """Compile a library that takes the place, and so the name, of one in a wheel."""
    flags = ["-O2", "-Wall", "-Werror", "-fPIC", "-shared", f"-Wl,-soname,{target.name}", "-Wl,-z,defs", "-s"]
    _run("cc", *flags, "-o", str(target), str(_SOURCES / source), *more)


def _numpys_openblas(entries: Iterable[Entry]) -> Path:
    found = [file for place, file, _ in entries if re.match(r"numpy\.libs/libscipy_openblas64_", place)]
    if len(found) != 1:
        raise BundleError("NumPy's wheel has no libscipy_openblas64_ any more; see docs/bundle.md")
    return Path(found[0])


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError as error:
        raise BundleError(
            f"{command[0]} is not installed: sudo apt install gcc libc6-dev binutils"
        ) from error
