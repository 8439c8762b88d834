"""What the executable weighs: the ten largest parts, and whether it is within its limits.

`python -m bundle.sizes dist/classmood [ARCHIVE]`
"""

import sys
from pathlib import Path
from typing import Final

UNPACKED_LIMIT: Final = 300_000_000  # bytes
ARCHIVE_LIMIT: Final = 120_000_000
_PARTS: Final = 10
# Places that belong together -> what they are; the first that fits. See docs/bundle.md.
_NAMES: Final = (
    ("cv2/", "OpenCV"),
    ("opencv_python", "OpenCV: FFmpeg and picture formats"),
    ("PySide6/", "Qt and PySide6"),
    ("shiboken6/", "Qt and PySide6"),
    ("onnxruntime/", "ONNX Runtime"),
    ("numpy", "NumPy with OpenBLAS"),
    ("psycopg", "PostgreSQL driver"),
    ("pydantic", "pydantic"),
    ("sqlalchemy/", "SQLAlchemy"),
    ("lap/", "lapx"),
    ("models/", "networks"),
    ("assets/", "icons, demo classroom, translations"),
    ("libcrypto.so", "OpenSSL"),
    ("libssl.so", "OpenSSL"),
    ("libpython", "Python"),
    ("python3", "Python"),
    ("base_library.zip", "Python"),
    ("licences.json", "licences and source"),
    ("classmood-", "licences and source"),
    ("lib", "system libraries"),
)


def sizes(folder: Path) -> dict[str, int]:
    """Return the bytes of each part, the largest first."""
    found: dict[str, int] = {}
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            place = file.relative_to(folder).as_posix().removeprefix("_internal/")
            name = _part(place)
            found[name] = found.get(name, 0) + file.stat().st_size
    return dict(sorted(found.items(), key=lambda part: -part[1]))


def _part(place: str) -> str:
    if "/" not in place and place.removesuffix(".exe") in ("classmood", "classmood-console"):
        return "program: Python modules of all libraries"
    return next((name for start, name in _NAMES if place.startswith(start)), "other")


def main(folder: Path, archive: Path | None) -> int:
    """Print the largest parts and the sums; return 1 if one is over its limit."""
    found = sizes(folder)
    total = sum(found.values())
    for name, size in list(found.items())[:_PARTS]:
        _say(f"{size / 1e6:7.1f} MB  {name}")
    _say(f"{total / 1e6:7.1f} MB  in all, limit {UNPACKED_LIMIT / 1e6:.0f}")
    good = total <= UNPACKED_LIMIT
    if archive is not None:
        packed = archive.stat().st_size
        _say(f"{packed / 1e6:7.1f} MB  {archive.name}, limit {ARCHIVE_LIMIT / 1e6:.0f}")
        good = good and packed <= ARCHIVE_LIMIT
    return 0 if good else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
