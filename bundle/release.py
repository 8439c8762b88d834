"""What is published of a build: archive, bill of materials, SHA-256: `python -m bundle.release DIST`."""

import hashlib
import platform
import shutil
import sys
import tarfile
from pathlib import Path

from bundle.sbom import bill
from desktop import __version__
from desktop.licences import read


def write_release(dist: Path) -> list[Path]:
    """Write archive, bill and sums into `dist`/release and return them."""
    target = dist / "release"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    machine = {"x86_64": "x64", "amd64": "x64"}.get(platform.machine().lower(), platform.machine())
    stem = f"classmood-{__version__}-{_system()}-{machine}"
    archive = _archive(dist, target / stem)
    licences = next(dist.rglob("licences.json"))
    sbom = target / f"{stem}.cdx.json"
    sbom.write_text(bill(read(licences)), encoding="utf-8")
    files = [archive, sbom]
    if _system() == "linux":  # once is enough
        files.append(Path(shutil.copy(next(licences.parent.glob("classmood-*-source.*")), target)))
    sums = target / f"{stem}.sha256"
    lines = (f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
    sums.write_text("".join(lines), encoding="ascii", newline="\n")
    return [*files, sums]


def _system() -> str:
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")


def _archive(dist: Path, stem: Path) -> Path:
    """Pack as the users of each system unpack without another program."""
    if sys.platform == "win32":
        return Path(shutil.make_archive(str(stem), "zip", dist, "classmood"))
    name = "Classmood.app" if sys.platform == "darwin" else "classmood"
    path = stem.with_name(f"{stem.name}.tar.xz")
    with tarfile.open(path, "w:xz", preset=6) as archive:
        archive.add(dist / name, arcname=name, filter=_nobodys)
    return path


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    for file in write_release(Path(sys.argv[1])):
        sys.stdout.write(f"{file.stat().st_size:11,} {file}\n")
