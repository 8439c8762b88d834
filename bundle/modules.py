"""What is inside the finished executable: its Python modules and files, as one place name a line."""

import sys
from pathlib import Path

from PyInstaller.archive.readers import CArchiveReader


def modules(program: Path) -> set[str]:
    """Return the full names of the Python modules packed into the program."""
    archive = CArchiveReader(str(program))
    names = [name for name in archive.toc if name.endswith(".pyz")]
    return {module for name in names for module in archive.open_embedded_archive(name).toc}


def packages(program: Path) -> set[str]:
    """Return the names of the top-level packages: of packed modules, of folders and modules beside them."""
    inside = program.parent / "_internal"
    if sys.platform == "darwin" and not inside.is_dir():
        inside = program.parent.parent / "Frameworks"
    beside = {file.name.split(".")[0] for file in inside.iterdir()}
    return {name.split(".")[0] for name in modules(program)} | beside
