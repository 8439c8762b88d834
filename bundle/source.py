"""The source that goes with the executable, as the AGPL asks: what git knows, packed the same every time."""

import io
import subprocess
import tarfile
from pathlib import Path

from desktop import __version__


def write_source(root: Path, folder: Path) -> Path:
    """Write classmood-VERSION-source.tar.xz into `folder`; the networks lie in the executable itself."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    names = sorted(name for name in listed.decode().split("\0") if name and not name.endswith(".onnx"))
    name = f"classmood-{__version__}-source"
    path = folder / f"{name}.tar.xz"
    with tarfile.open(path, "w:xz") as archive:
        for each in names:
            file = root / each
            if not file.is_file():
                continue  # removed, and not committed yet
            entry = tarfile.TarInfo(f"{name}/{each}")
            content = file.read_bytes()
            entry.size = len(content)
            entry.mode = 0o755 if file.stat().st_mode & 0o100 else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return path
