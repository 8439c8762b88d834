"""All that the executable consists of, for Help > About (licences.json) and the bill of materials."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bundle.contents import Entry
from desktop.licences import LegalText, Part, collect, required

# What the application does not ask for: the server's driver, OpenCV without windows, PyInstaller's own start.
_MORE: Final = ("opencv-python-headless", "psycopg", "psycopg-binary", "pyinstaller")
_DOCUMENTS: Final = Path("/usr/share/doc")


def all_parts(entries: Iterable[Entry]) -> tuple[Part, ...]:
    """Return the parts of a bundle with these entries."""
    return collect({*required(), *_MORE}, system_parts(entries))


def system_parts(entries: Iterable[Entry]) -> list[Part]:
    """Return the packages of Debian or Ubuntu whose libraries were copied; none on other systems."""
    if shutil.which("dpkg-query") is None:
        return []
    packages = {_package(Path(file)) for place, file, kind in entries if _is_from_the_system(file, kind)}
    return [_part(*package) for package in sorted(packages - {None}, key=str) if package is not None]


def _is_from_the_system(file: str, kind: str) -> bool:
    inside = (sys.prefix, sys.base_prefix)
    return kind == "BINARY" and file.startswith(("/lib", "/usr/lib")) and not file.startswith(inside)


def _package(file: Path) -> tuple[str, str] | None:
    """Return name and version of the package that a file belongs to."""
    for path in (file, file.resolve(), Path("/usr", str(file).lstrip("/"))):
        owner = _answer("dpkg-query", "-S", str(path))
        if owner:
            name = owner.split(":")[0]
            return name, _answer("dpkg-query", "-W", "-f", "${Version}\n", name).splitlines()[0]
    return None


def _part(name: str, version: str) -> Part:
    file = _DOCUMENTS / name / "copyright"
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    licences = dict.fromkeys(re.findall(r"^License: *(\S[^\n]*)$", text, re.MULTILINE))
    home = re.search(r"^(?:Source|Homepage): *(https?://\S+)", text, re.MULTILINE)
    return Part(
        name,
        version,
        ", ".join(licences) or "see its text",
        "library",
        home[1] if home else "",
        (LegalText("copyright", text),),
    )


def _answer(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
