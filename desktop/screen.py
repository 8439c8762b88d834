"""The screen: connects Qt to it or says in a sentence why not, and logs what Qt has to say."""

import logging
import os
import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop import alert
from desktop.libraries import install_line, missing_libraries

log = logging.getLogger(__name__)

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class StartError(Exception):
    """The window can not open; the text says why and what to do."""


def require_display() -> None:
    """Qt aborts without a display; say so in words instead."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    ):
        raise StartError(
            "There is no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set). Start it "
            "from a desktop session; without a window, use classmood analyze."
        )


def application() -> QApplication:
    """Connect to the screen, once; where that fails Qt aborts: its last words are turned into a sentence."""
    connected = QApplication.instance()
    if isinstance(connected, QApplication):
        return connected
    warnings: list[str] = []

    def explain(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind != QtMsgType.QtFatalMsg:
            warnings.append(text)
            return
        reason = (warnings or text.splitlines())[0].rstrip(".")
        missing = missing_libraries() if sys.platform.startswith("linux") else []
        remedy = install_line(missing) if missing else "without a window, use classmood analyze"
        alert.say(
            f"No window can be opened: {reason}. Start it from a desktop session; {remedy}.", qt_works=False
        )
        os._exit(1)  # Qt would abort with a core dump as soon as this returns

    qInstallMessageHandler(explain)
    app = QApplication(sys.argv[:1])
    qInstallMessageHandler(_log_qt_message)
    return app


def _log_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    log.log(_QT_LEVELS[kind], "Qt: %s", text)
    if kind == QtMsgType.QtFatalMsg:  # Qt aborts the process as soon as this returns
        alert.say(
            "A fault in Qt ends Classmood. What was recorded is saved; the log says more.", qt_works=False
        )
