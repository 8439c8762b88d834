"""The first thing on the screen: icon and name, while what the window needs is loaded. Imports little."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from desktop.paths import ASSETS
from desktop.screen import StartError, application, require_display

_WITHOUT = ("--help", "--version", "--install-completion", "--show-completion")
_ICON_SIZE = 96  # pixels
_MARGIN = 48


class Splash(QWidget):
    """Goes as soon as another window comes."""

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.SplashScreen)
        icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        icon.setPixmap(QIcon(str(ASSETS / "icons" / "classmood.svg")).pixmap(_ICON_SIZE, _ICON_SIZE))
        name = QLabel("Classmood", alignment=Qt.AlignmentFlag.AlignCenter)
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 2)
        name.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * _MARGIN, _MARGIN, 2 * _MARGIN, _MARGIN)
        layout.addWidget(icon)
        layout.addWidget(name)
        self._app = application()
        self._app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's own)
        """Close when another window was shown."""
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow()
        if shown and watched is not self:
            self._app.removeEventFilter(self)
            self.close()
        return False


@contextmanager
def splash(arguments: Sequence[str]) -> Iterator[None]:
    """Show it meanwhile, if the command line asks for the window and there is a screen."""
    shown = _shown() if _asks_for_the_window(arguments) else None
    try:
        yield
    finally:
        if shown is not None:
            shown.close()


def _asks_for_the_window(arguments: Sequence[str]) -> bool:
    return not (arguments and not arguments[0].startswith("-")) and not set(arguments) & set(_WITHOUT)


def _shown() -> Splash | None:
    try:
        require_display()
    except StartError:
        return None  # the window says it
    application()
    shown = Splash()
    shown.adjustSize()
    shown.move(shown.screen().availableGeometry().center() - shown.rect().center())
    shown.show()
    QApplication.processEvents()
    return shown
