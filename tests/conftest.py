"""Fixtures that every test may use: shared data, Qt off screen, no thread and no window left behind."""

import gc
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import cv2
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread

cv2.setNumThreads(1)
os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)  # cv2 points it at its own Qt 5

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data, or skip: a fresh clone elsewhere does not have it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data (../shared/data) is not on this machine")
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def quick_collections() -> None:
    """Spare the garbage collector what was imported."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def windows_application(request: pytest.FixtureRequest) -> None:
    """Start Qt with windows if any chosen test shows one: a report drawn before it would start Qt without."""
    if any("qapp" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("qapp")


@pytest.fixture(autouse=True)
def no_window_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Destroy a test's windows at its end; as garbage they would die anywhere (desktop/ui/garbage.py)."""
    if "qapp" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = request.getfixturevalue("qapp").topLevelWidgets()
    _forget_ended_threads()
    gc.collect()
    gc.enable()
    assert not left, f"windows left behind: {left}"


@pytest.fixture(autouse=True)
def no_thread_left_running() -> Iterator[None]:
    """Fail a test that leaves a QThread running: at exit Qt would abort the process."""
    yield
    running = [thread for thread in _qthreads() if thread.isRunning()]
    for thread in running:
        thread.requestInterruption()
        thread.wait(5000)
    assert not running, f"QThreads left running: {running}"


def _qthreads() -> list[QThread]:
    # isinstance would ask torch's lazy objects for their class, which warns
    return [thing for thing in gc.get_objects() if issubclass(type(thing), QThread)]


def _forget_ended_threads() -> None:
    """Let go of the threads of Qt that Python remembers after their end, with the hooks of their time.

    Else what a hook of this test holds is destroyed in a later one, by the thread that comes by the number.
    """
    running = sys._current_frames()
    remembered = threading._active  # type: ignore[attr-defined]  # no public way; Python 3.13 forgets them
    for ident in [each for each in remembered if each not in running]:
        del remembered[ident]
