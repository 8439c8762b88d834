"""The window's frame: header bar and workspace with everything in its place.

It is on the screen before any library is loaded that only pictures, networks or databases need;
`desktop.ui.main_window` brings it to life.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow

from desktop.ui.actions import Actions
from desktop.ui.header_bar import HeaderBar
from desktop.ui.icons import Icons
from desktop.ui.look import Look
from desktop.ui.source_menu import SourceMenu
from desktop.ui.words import DETECTORS
from desktop.ui.workspace import Workspace


class Frame(QMainWindow):
    """What there is to see. Until `set_ready` nothing but the fields and quitting does anything."""

    def __init__(self, icons: Icons, look: Look) -> None:
        super().__init__()
        self.commands = Actions(self)
        self.sources = SourceMenu(self.commands, icons, self)
        self.header = HeaderBar(self.commands, icons, self.sources)
        self.workspace = Workspace(icons, self)
        self.addToolBar(self.header)
        self.setCentralWidget(self.workspace)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setWindowIcon(icons.app_icon())
        self.setWindowTitle("Classmood")
        self.resize(1280, 720)
        self.workspace.stage.setFocus()
        self.workspace.set_four(look.four)
        self.header.show_detector(look.detector if look.detector in DETECTORS else Look().detector)
        self.commands.quit.triggered.connect(self.close)
        self._set_ready(False)

    def _set_ready(self, ready: bool) -> None:
        """Allow menus, buttons and keys, or do not yet."""
        self.header.setEnabled(ready)
        self.commands.set_ready(ready)
