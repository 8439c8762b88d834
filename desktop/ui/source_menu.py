"""The menu of sources: cameras by name, files, streams, the demo classroom, and the resolution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction, QActionGroup, QPalette
from PySide6.QtWidgets import QMenu, QWidget

from desktop.ui.actions import Actions
from desktop.ui.icons import Icons

if TYPE_CHECKING:  # loaded after the window is on the screen
    from desktop.capture.cameras import Camera

RESOLUTIONS = ((640, 480), (1280, 720), (1920, 1080))


class SourceMenu(QMenu):
    """Says which camera or resolution was chosen; files, streams and the demo are actions of the window."""

    camera_chosen = Signal(str)  # what opens it
    resolution_chosen = Signal(int, int)

    def __init__(self, actions: Actions, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._icons = icons
        self._cameras: list[Camera] | None = None  # None: still looking
        self._current = ""
        self._camera_actions: list[QAction] = []
        self._group = QActionGroup(self)
        self._before = self.addSeparator()
        for action in (actions.open_file, actions.open_folder, actions.open_stream, actions.demo):
            self.addAction(action)
        self.addSeparator()
        self._resolutions = QMenu(self)
        self.addMenu(self._resolutions)
        sizes = QActionGroup(self)
        for width, height in RESOLUTIONS:
            action = sizes.addAction(f"{width} \u00d7 {height}")
            action.setCheckable(True)
            action.setData((width, height))
            action.triggered.connect(lambda _, w=width, h=height: self.resolution_chosen.emit(w, h))
            self._resolutions.addAction(action)
        self.addAction(actions.mirror)
        self.addAction(actions.refresh)
        self._fill()

    def show_cameras(self, cameras: Sequence[Camera]) -> None:
        """List the cameras that were found."""
        self._cameras = list(cameras)
        self._fill()

    def show_looking(self) -> None:
        """Say that cameras are being looked for."""
        self._cameras = None
        self._fill()

    def show_current(self, spec: str) -> None:
        """Tick the source in use."""
        self._current = spec
        for action in self._camera_actions:
            action.setChecked(action.data() == spec)

    def show_resolution(self, width: int, height: int) -> None:
        """Tick the resolution in use."""
        for action in self._resolutions.actions():
            action.setChecked(action.data() == (width, height))

    def camera_names(self) -> list[str]:
        """Return the cameras on offer."""
        return [action.text() for action in self._camera_actions if action.isEnabled()]

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self._fill()
        super().changeEvent(event)

    def _fill(self) -> None:
        for action in self._camera_actions:
            self.removeAction(action)
            self._group.removeAction(action)
            action.deleteLater()
        self._camera_actions = []
        ink = self.palette().color(QPalette.ColorRole.Text)
        if not self._cameras:
            looking = self._cameras is None
            words = self.tr("Looking for cameras\u2026") if looking else self.tr("No camera found")
            self._add(words, "").setEnabled(False)
        for camera in self._cameras or []:
            self._add(camera.name.replace("&", "&&"), camera_spec(camera, self._cameras or []))
        self._resolutions.setTitle(self.tr("Camera resolution"))
        for name, action in (
            ("video", self._actions.open_file),
            ("folder", self._actions.open_folder),
            ("stream", self._actions.open_stream),
            ("demo", self._actions.demo),
        ):
            action.setIcon(self._icons.icon(name, ink))
        self.show_current(self._current)

    def _add(self, text: str, spec: str) -> QAction:
        action = QAction(text, self)
        action.setData(spec)
        action.setCheckable(bool(spec))
        action.triggered.connect(lambda: self.camera_chosen.emit(spec))
        self._group.addAction(action)
        self.insertAction(self._before, action)
        self._camera_actions.append(action)
        return action


def camera_spec(camera: Camera, cameras: Sequence[Camera]) -> str:
    """Return what opens this camera: its name, or its identity where two share a name."""
    names = Counter(other.name for other in cameras)
    return camera.name if names[camera.name] == 1 else camera.identity
