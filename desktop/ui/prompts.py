"""The questions that the window asks and waits for; tests answer them without a dialog."""

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QLineEdit, QMessageBox, QWidget

from desktop.ui.icons import Icons
from desktop.ui.notice_dialog import NoticeDialog

_FILES = "*.mp4 *.mkv *.avi *.mov *.webm *.m4v *.gif *.jpg *.jpeg *.png *.bmp *.webp *.tif *.tiff"


class Prompts(Protocol):
    """What the window needs to ask."""

    def accept_notice(self, parent: QWidget) -> bool:
        """Show the first-start notice; True if it was accepted."""
        ...

    def close_during_session(self, parent: QWidget) -> bool:
        """Return True to save and close, False to keep recording."""
        ...

    def file(self, parent: QWidget) -> Path | None:
        """Return a video or picture to open."""
        ...

    def folder(self, parent: QWidget) -> Path | None:
        """Return a folder of pictures to open."""
        ...

    def stream_address(self, parent: QWidget) -> str | None:
        """Return an address to open."""
        ...


class DialogPrompts(QObject):
    """Asks with dialogs."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons

    def accept_notice(self, parent: QWidget) -> bool:
        """Show the first-start notice; True if it was accepted."""
        dialog = NoticeDialog(self._icons, parent)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        return accepted

    def close_during_session(self, parent: QWidget) -> bool:
        """Return True to save and close, False to keep recording."""
        box = QMessageBox(parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Classmood")
        box.setText(self.tr("A session is being recorded."))
        box.setInformativeText(self.tr("Everything recorded so far is kept when you close."))
        keep = box.addButton(self.tr("Keep recording"), QMessageBox.ButtonRole.RejectRole)
        save = box.addButton(self.tr("Save and close"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.exec()
        chosen = box.clickedButton() is save
        box.deleteLater()
        return chosen

    def file(self, parent: QWidget) -> Path | None:
        """Return a video or picture to open."""
        kinds = self.tr("Videos and pictures") + f" ({_FILES});;" + self.tr("All files") + " (*)"
        name, _ = QFileDialog.getOpenFileName(parent, self.tr("Open a video or picture"), "", kinds)
        return Path(name) if name else None

    def folder(self, parent: QWidget) -> Path | None:
        """Return a folder of pictures to open."""
        name = QFileDialog.getExistingDirectory(parent, self.tr("Open a folder of pictures"))
        return Path(name) if name else None

    def stream_address(self, parent: QWidget) -> str | None:
        """Return an address to open."""
        text, given = QInputDialog.getText(
            parent,
            self.tr("Open a stream"),
            self.tr("Address of the stream (rtsp:// or http://):"),
            QLineEdit.EchoMode.Normal,
            "rtsp://",
        )
        return text.strip() if given and text.strip() else None
