"""The window before everything else: on the screen while the libraries are loaded that its life needs.

Imports little, and so does what it imports (`tests/test_early.py`): NumPy, OpenCV, ONNX Runtime,
SQLAlchemy, pydantic and the command line come after the window was painted, on a thread of their own.
"""

import gc
import importlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop import __version__
from desktop.arguments import AskedWindow
from desktop.held import HeldBack
from desktop.paths import LOCK_NAME
from desktop.screen import StartError, application, require_display
from desktop.ui.appearance import make_appearance
from desktop.ui.look import Look, read_look
from desktop.ui.main_window import MainWindow

_PAINT_PATIENCE_MS: Final = 300


class EarlyWindow:
    """The main window, not yet alive, and the look of the program."""

    def __init__(self, look: Look) -> None:
        self.held = HeldBack()
        self.app = application()
        self.app.setApplicationName("classmood")
        self.app.setApplicationDisplayName("Classmood")
        self.app.setApplicationVersion(__version__)
        self.app.setDesktopFileName("classmood")
        self.appearance = make_appearance(self.app)
        self.appearance.languages.apply(look.language)
        self.appearance.themes.apply(look.theme)
        self.window = MainWindow(self.appearance.icons, look)
        self.window.workspace.stage.show_placeholder("opening")

    def show(self, *, fullscreen: bool) -> None:
        """Show the window, if it is not shown yet."""
        if not self.window.isVisible():
            if fullscreen:
                self.window.present()
            else:
                self.window.show()

    def load(self, modules: Sequence[str]) -> None:
        """Import modules on a thread while the window is painted and moved; raises what an import raises."""
        self._wait_for_paint()
        loading = _Loading(modules)
        loop = QEventLoop()
        loading.done.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
        thread = threading.Thread(target=loading.run, name="loading")
        collects = gc.isenabled()
        gc.disable()  # on that thread it would destroy what belongs to this one (desktop/ui/garbage.py)
        try:
            thread.start()
            loop.exec()
            thread.join()
        finally:
            if collects:
                gc.enable()
        if loading.error is not None:
            raise loading.error

    def _wait_for_paint(self) -> None:
        """Leave the processor to the window until it is on the screen."""
        paint = _Paint(self.window)
        loop = QEventLoop()
        paint.seen.connect(loop.quit)
        QTimer.singleShot(_PAINT_PATIENCE_MS, loop, loop.quit)  # nobody sees it: minimised, another desktop
        loop.exec()

    @contextmanager
    def hidden_on_error(self) -> Iterator[None]:
        """Take the window away when it can not come to life: the error's words are shown instead."""
        try:
            yield
        except BaseException:
            self.window.hide()
            self.held.tell_errors()
            raise


class _Paint(QObject):
    """Notices that a window is painted."""

    seen = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's own)
        """Look out for it; the widgets inside the window follow in the same breath."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self.seen.emit()
        return False


class _Loading(QObject):
    """Imports, and says when that is done."""

    done = Signal()

    def __init__(self, modules: Sequence[str]) -> None:
        super().__init__()
        self._modules = modules
        self.error: Exception | None = None

    def run(self) -> None:
        """Import one after the other."""
        try:
            for name in self._modules:
                importlib.import_module(name)
        except Exception as error:  # noqa: BLE001  (raised again where somebody waits for it)
            self.error = error
        finally:
            self.done.emit()


def early_window(asked: AskedWindow) -> EarlyWindow | None:
    """Show the window, if there is a screen and no other window is open."""
    if (asked.data_dir.root / LOCK_NAME).exists():
        return None  # the window that is open will come to the front
    try:
        require_display()
    except StartError:
        return None  # said after the command line was read
    look = read_look(asked.data_dir.settings)
    if asked.detector is not None:
        look = replace(look, detector=asked.detector)
    early = EarlyWindow(look)
    early.show(fullscreen=asked.fullscreen)
    return early
