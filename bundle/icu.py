"""Unicode's data for the languages of the program: 2 MB of the 32 that Qt brings for every language there is.

Qt asks ICU for sorting, case and time zones; other languages are then sorted by Unicode's common order.
The format is that of ICU's common data, a table of contents and items (udata.h, ucmndata.h of ICU).
"""

import re
import struct
import subprocess
from pathlib import Path
from typing import Final

_LANGUAGES: Final = "en|uk"
_DROPPED: Final = re.compile(r"\.cnv$|\.dict$|/translit/|/unit/|/rbnf/|/lang/|/region/|/curr/|/unames\.icu$")
_LOCALE: Final = re.compile(r"(?:/|^)[a-z]{2,3}(?:_[A-Za-z0-9_]+)?\.res$")
_KEPT_LOCALE: Final = re.compile(rf"(?:/|^)(?:{_LANGUAGES})(?:_[A-Z]{{2}})?\.res$")
_ALIGNMENT: Final = 16
_MAGIC: Final = b"\xda\x27"


class IcuError(Exception):
    """The library does not hold what it should; the text says what was looked for."""


def keep(name: str) -> bool:
    """Return whether an item of the data, such as "icudt73l/coll/uk.res", is needed."""
    if _DROPPED.search(name):
        return False
    return not _LOCALE.search(name) or bool(_KEPT_LOCALE.search(name))


def trimmed(library: bytes) -> tuple[str, bytes]:
    """Return the symbol's name and the data of a `libicudata` with only what `keep` keeps."""
    start = library.find(b"CmnD") - 12
    if start < 0 or library[start + 2 : start + 4] != _MAGIC:
        raise IcuError("no ICU data found in the library")
    header_size = struct.unpack_from("<H", library, start)[0]
    header = library[start : start + header_size]
    base = start + header_size
    items = _items(library, base)
    prefix = next(iter(items)).split("/")[0]  # icudt73l
    kept = {name: content for name, content in items.items() if keep(name)}
    return f"{prefix[:-1]}_dat", header + _packed(kept)


def write_library(library: Path, target: Path, work: Path) -> None:
    """Write a copy of `library` with the trimmed data; needs binutils."""
    symbol, data = trimmed(library.read_bytes())
    work.mkdir(parents=True, exist_ok=True)
    (work / "icu.dat").write_bytes(data)
    (work / "icu.s").write_text(
        f".section .rodata\n.globl {symbol}\n.type {symbol},@object\n.balign 16\n{symbol}:\n"
        f'.incbin "icu.dat"\n.size {symbol}, . - {symbol}\n.section .note.GNU-stack\n'
    )
    soname = ".".join(library.name.split(".")[:3])
    for command in (
        ["as", "-o", "icu.o", "icu.s"],
        ["ld", "-shared", "-soname", soname, "-o", str(target.resolve()), "icu.o"],
    ):
        subprocess.run(command, cwd=work, check=True)


def _items(library: bytes, base: int) -> dict[str, bytes]:
    count = struct.unpack_from("<I", library, base)[0]
    entries = [struct.unpack_from("<II", library, base + 4 + 8 * number) for number in range(count)]
    names = [_text(library, base + name) for name, _ in entries]
    starts = [place for _, place in entries]
    ends = [*starts[1:], len(library) - base]  # where the last one ends is not written down
    spans = zip(starts, ends, strict=True)
    return {name: library[base + a : base + b] for name, (a, b) in zip(names, spans, strict=True)}


def _text(library: bytes, place: int) -> str:
    return library[place : library.index(b"\0", place)].decode("ascii")


def _packed(items: dict[str, bytes]) -> bytes:
    names_at = 4 + 8 * len(items)
    names = b"".join(name.encode() + b"\0" for name in items)
    place = _aligned(names_at + len(names))
    table, name_at, body = struct.pack("<I", len(items)), names_at, bytearray()
    for name, content in items.items():
        padded = content + bytes(-len(content) % _ALIGNMENT)
        table += struct.pack("<II", name_at, place)
        name_at += len(name) + 1
        place += len(padded)
        body += padded
    head = table + names
    return head + bytes(-len(head) % _ALIGNMENT) + bytes(body)


def _aligned(size: int) -> int:
    return size + -size % _ALIGNMENT
