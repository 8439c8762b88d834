"""Monitors that are plugged into a running X server and pulled out again, by its RandR extension."""

import ctypes
import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


def missing() -> str:
    """Return what this computer lacks for it; nothing if it is all there."""
    if not shutil.which("Xvfb"):
        return "Xvfb is not installed"
    lacking = [name for name in ("X11", "Xrandr") if ctypes.util.find_library(name) is None]
    return f"libraries are missing: {lacking}" if lacking else ""


@contextmanager
def x_server(size: str = "3840x1440x24") -> Iterator[str]:
    """Run an X server of its own without any hardware and yield the name of its display."""
    reading, writing = os.pipe()
    program = shutil.which("Xvfb") or "Xvfb"
    server = subprocess.Popen(  # noqa: S603
        [program, "-displayfd", str(writing), "-screen", "0", size],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            yield f":{said.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


class _Monitor(ctypes.Structure):
    """XRRMonitorInfo."""

    _fields_ = (
        ("name", ctypes.c_ulong),
        *((name, ctypes.c_int) for name in ("primary", "automatic", "outputs_count")),
        *((name, ctypes.c_int) for name in ("x", "y", "width", "height", "width_mm", "height_mm")),
        ("outputs", ctypes.c_void_p),
    )


class Monitors:
    """The monitors of the display that DISPLAY names."""

    def __init__(self) -> None:
        self._x11 = ctypes.CDLL(ctypes.util.find_library("X11"))
        self._randr = ctypes.CDLL(ctypes.util.find_library("Xrandr"))
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XDefaultRootWindow.restype = self._x11.XInternAtom.restype = ctypes.c_ulong
        self._randr.XRRAllocateMonitor.restype = ctypes.POINTER(_Monitor)
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(None))
        self._root = ctypes.c_ulong(self._x11.XDefaultRootWindow(self._display))

    def plug_in(self, name: str, x: int, y: int, width: int, height: int) -> None:
        """Add a monitor that shows a part of the screen; the first one takes the place of the whole."""
        monitor = self._randr.XRRAllocateMonitor(self._display, 0)
        info = monitor.contents
        info.name, info.primary, info.automatic = self._atom(name).value, 0, 0
        info.x, info.y, info.width, info.height = x, y, width, height
        info.width_mm, info.height_mm = width // 4, height // 4
        self._randr.XRRSetMonitor(self._display, self._root, monitor)
        self._x11.XSync(self._display, 0)

    def pull_out(self, name: str) -> None:
        """Take a monitor away."""
        self._randr.XRRDeleteMonitor(self._display, self._root, self._atom(name))
        self._x11.XSync(self._display, 0)

    def _atom(self, name: str) -> ctypes.c_ulong:
        return ctypes.c_ulong(self._x11.XInternAtom(self._display, name.encode(), 0))
