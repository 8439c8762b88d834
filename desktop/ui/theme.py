"""Light and dark: one palette and one style sheet from a table of colours; follows the system if asked to."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.palette import DARK, LIGHT, Theme

_TURN_MS = 10  # between the windows that are painted anew
_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "track",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "danger",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.ToolTipBase: "surface",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Light: "hover",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "stage",
    QPalette.ColorRole.Shadow: "stage",
}


def make_palette(theme: Theme) -> QPalette:
    """Return the palette; in our own painting `Dark` is the stage and `AlternateBase` a bar's track."""
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, QColor(getattr(theme, name)))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return palette


class ThemeController(QObject):
    """Applies a theme to the application and follows the system's light or dark when told to."""

    theme_changed = Signal(object)  # Theme

    def __init__(self, app: QApplication, assets_dir: Path) -> None:
        super().__init__()
        self._app = app
        self._template = Template((assets_dir / "styles" / "classmood.qss").read_text(encoding="utf-8"))
        self._icons = (assets_dir / "icons").as_posix()
        self._choice = "system"
        self._theme: Theme | None = None
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    @property
    def theme(self) -> Theme:
        """Return the theme in use."""
        return self._theme or self._wanted()

    def apply(self, choice: str) -> None:
        """Use "light", "dark" or what the "system" says, at once."""
        self._choice = choice
        scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(
            choice, Qt.ColorScheme.Unknown
        )
        self._app.styleHints().setColorScheme(scheme)  # for title bars and native dialogs
        wanted = self._wanted()
        if wanted is self._theme:
            return
        self._theme = wanted
        _paint_one_by_one(self._app.topLevelWidgets())
        self._app.setPalette(make_palette(wanted))
        colours = asdict(wanted)
        self._app.setStyleSheet(self._template.substitute(colours, icons=self._icons))
        self.theme_changed.emit(wanted)

    def _wanted(self) -> Theme:
        if self._choice == "system":
            dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        else:
            dark = self._choice == "dark"
        return DARK if dark else LIGHT

    def _on_system_changed(self) -> None:
        if self._choice == "system":
            self.apply("system")


def _paint_one_by_one(windows: Sequence[QWidget]) -> None:
    """Let windows paint in turn, after this, what changes now: at once it would hold up every other event."""
    shown = [window for window in windows if window.isVisible() and window.updatesEnabled()]
    shown.sort(key=lambda window: not window.isActiveWindow())
    for turn, window in enumerate(shown, start=1):
        window.setUpdatesEnabled(False)
        QTimer.singleShot(turn * _TURN_MS, window, partial(window.setUpdatesEnabled, True))
