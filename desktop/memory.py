"""Memory: what the C library would keep for later is kept small, on Linux with glibc."""

import ctypes
import sys
from typing import Final

# What mallopt(3) calls them, and what was measured with a 720p video (docs/bundle.md).
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_ARENAS: Final = 2  # of eight times the processors: ten threads would fill one each
_LARGE: Final = 1 << 20  # bytes; larger blocks go back at once. Pictures use theirs again: capture/buffers.py
_FREE: Final = 8 << 20


def keep_little() -> None:
    """Keep free memory in few places; to be called before there are threads."""
    library = _library()
    if library is not None:
        library.mallopt(_ARENA_MAX, _ARENAS)
        library.mallopt(_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_TRIM_THRESHOLD, _FREE)


def give_back() -> None:
    """Return to the system what is free: loading libraries and models leaves much of it behind."""
    library = _library()
    if library is not None:
        library.malloc_trim(0)


def _library() -> ctypes.CDLL | None:
    """Return glibc, if that is what this program runs on."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
