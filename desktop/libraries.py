"""System libraries that Qt and OpenCV need on Linux, found without loading either: standard library only."""

import ctypes
from collections.abc import Callable, Iterable, MutableMapping
from typing import Final

# What a bare Debian or Ubuntu does not have: library -> package. `.ci/system-packages` installs the same.
PACKAGES: Final = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}


def missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> list[str]:
    """Return the libraries that this Linux does not have."""
    return [library for library in PACKAGES if not _loads(load, library)]


def install_line(libraries: Iterable[str]) -> str:
    """Return the command that installs the libraries on Debian and Ubuntu."""
    return f"sudo apt install {' '.join(PACKAGES[library] for library in libraries)}"


def give_back(environment: MutableMapping[str, str], *, frozen: bool) -> None:
    """Take our libraries off the path of the programs that we start: browser, dialogs.

    PyInstaller's executable sets LD_LIBRARY_PATH for itself; the loader has read it by then.
    """
    before = environment.pop("LD_LIBRARY_PATH_ORIG", None)
    if frozen:
        environment.pop("LD_LIBRARY_PATH", None)
        if before is not None:
            environment["LD_LIBRARY_PATH"] = before


def _loads(load: Callable[[str], object], library: str) -> bool:
    try:
        load(library)
    except OSError:
        return False
    return True
