"""The questions that the window asks and waits for; tests answer them without a dialog."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMessageBox, QWidget

from desktop.exports import Format
from desktop.ui.dialog_parts import scaled
from desktop.ui.icons import Icons
from desktop.ui.notice_dialog import NoticeDialog

_ADDRESS_WIDTH = 520  # of the field that asks for a stream: its address is long
_Role = QMessageBox.ButtonRole
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

    def delete_sessions(self, parent: QWidget, count: int) -> bool:
        """Return True to delete so many sessions for good."""
        ...

    def delete_everything(self, parent: QWidget) -> bool:
        """Return True to delete all sessions for good."""
        ...

    def elsewhere(self, parent: QWidget) -> Path | None:
        """Return a file that takes the session, since the database does not."""
        ...

    def close_unsaved(self, parent: QWidget) -> Literal["elsewhere", "give up", "stay"]:
        """Ask what becomes of the end of a session that the database does not take."""
        ...

    def export_target(self, parent: QWidget) -> tuple[Path, Format] | None:
        """Return where to write sessions, and how."""
        ...

    def sessions_file(self, parent: QWidget) -> Path | None:
        """Return a file of sessions to import."""
        ...

    def report_target(self, parent: QWidget, name: str) -> Path | None:
        """Return where to write a report; the suffix says how."""
        ...

    def printer(self, parent: QWidget) -> QPrinter | None:
        """Return what to print on."""
        ...

    def save_changes(self, parent: QWidget) -> Literal["save", "discard", "stay"]:
        """Ask what becomes of changes that are not saved."""
        ...

    def model_file(self, parent: QWidget) -> Path | None:
        """Return a model file that the user has."""
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
        answers = (
            (self.tr("Keep recording"), _Role.RejectRole),
            (self.tr("Save and close"), _Role.AcceptRole),
        )
        question = self.tr("A session is being recorded.")
        consequence = self.tr("Everything recorded so far is kept when you close.")
        return _ask(parent, QMessageBox.Icon.Question, (question, consequence), answers) == 1

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
        dialog = QInputDialog(parent)
        dialog.setWindowTitle(self.tr("Open a stream"))
        dialog.setLabelText(self.tr("Address of the stream (rtsp:// or http://):"))
        dialog.setTextValue("rtsp://")
        dialog.setOkButtonText(self.tr("Open"))
        dialog.resize(scaled(dialog, _ADDRESS_WIDTH), dialog.sizeHint().height())
        given = dialog.exec() == QDialog.DialogCode.Accepted
        if not shiboken6.isValid(dialog):  # the window ended behind it
            return None
        text = dialog.textValue().strip()
        dialog.deleteLater()
        return text if given and text else None

    def delete_sessions(self, parent: QWidget, count: int) -> bool:
        """Return True to delete so many sessions for good."""
        return self._delete(
            parent,
            self.tr("Delete %n session(s) for good?", "", count),
            self.tr("This can not be undone."),
        )

    def delete_everything(self, parent: QWidget) -> bool:
        """Return True to delete all sessions for good."""
        return self._delete(
            parent,
            self.tr("Delete all sessions for good?"),
            self.tr("Also on the database server, if the settings name one. This can not be undone."),
        )

    def _delete(self, parent: QWidget, question: str, consequence: str) -> bool:
        answers = ((self.tr("Keep"), _Role.RejectRole), (self.tr("Delete"), _Role.DestructiveRole))
        return _ask(parent, QMessageBox.Icon.Warning, (question, consequence), answers) == 1

    def export_target(self, parent: QWidget) -> tuple[Path, Format] | None:
        """Return where to write sessions, and how."""
        kinds: dict[str, Format] = {
            self.tr("Excel") + " (*.xlsx)": "xlsx",
            self.tr("CSV tables") + " (*.csv)": "csv",
            self.tr("For another Classmood") + " (*.json)": "json",
            self.tr("Parquet tables") + " (*.parquet)": "parquet",
        }
        name, kind = QFileDialog.getSaveFileName(
            parent, self.tr("Export sessions"), "classmood", ";;".join(kinds)
        )
        if not name:
            return None
        format = kinds.get(kind, "xlsx")
        path = Path(name)
        known: dict[str, Format] = {f".{each}": each for each in kinds.values()}
        if path.suffix.lower() in known:
            return path, known[path.suffix.lower()]
        return path.with_name(f"{path.name}.{format}"), format

    def elsewhere(self, parent: QWidget) -> Path | None:
        """Return a file that takes the session, since the database does not."""
        name, _ = QFileDialog.getSaveFileName(
            parent,
            self.tr("Save the session elsewhere"),
            "lesson.db",
            self.tr("Sessions") + " (*.db)",
            "",
            QFileDialog.Option.DontConfirmOverwrite,  # a file of sessions is added to
        )
        return Path(name) if name else None

    def close_unsaved(self, parent: QWidget) -> Literal["elsewhere", "give up", "stay"]:
        """Ask what becomes of the end of a session that the database does not take."""
        answers = (
            (self.tr("Save elsewhere\u2026"), _Role.AcceptRole),
            (self.tr("Close all the same"), _Role.DestructiveRole),
            (self.tr("Stay"), _Role.RejectRole),
        )
        question = self.tr("The end of the session is not saved: the database does not take it.")
        consequence = self.tr("It is lost when you close now without saving it elsewhere.")
        chosen: tuple[Literal["elsewhere", "give up", "stay"], ...] = ("elsewhere", "give up", "stay")
        return chosen[_ask(parent, QMessageBox.Icon.Warning, (question, consequence), answers)]

    def sessions_file(self, parent: QWidget) -> Path | None:
        """Return a file of sessions to import."""
        kinds = self.tr("Exported sessions") + " (*.json *.db);;" + self.tr("All files") + " (*)"
        name, _ = QFileDialog.getOpenFileName(parent, self.tr("Import sessions"), "", kinds)
        return Path(name) if name else None

    def report_target(self, parent: QWidget, name: str) -> Path | None:
        """Return where to write a report; the suffix says how."""
        kinds = {self.tr("PDF") + " (*.pdf)": ".pdf", self.tr("Web page") + " (*.html)": ".html"}
        chosen, kind = QFileDialog.getSaveFileName(parent, self.tr("Save the report"), name, ";;".join(kinds))
        if not chosen:
            return None
        path = Path(chosen)
        if path.suffix.lower() in kinds.values():
            return path
        return path.with_name(path.name + kinds.get(kind, ".pdf"))

    def printer(self, parent: QWidget) -> QPrinter | None:
        """Return what to print on."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, parent)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        return printer if accepted else None

    def save_changes(self, parent: QWidget) -> Literal["save", "discard", "stay"]:
        """Ask what becomes of changes that are not saved."""
        answers = (
            (self.tr("Save"), _Role.AcceptRole),
            (self.tr("Discard"), _Role.DestructiveRole),
            (self.tr("Go on editing"), _Role.RejectRole),
        )
        question = self.tr("The changes of the timeline are not saved.")
        chosen: tuple[Literal["save", "discard", "stay"], ...] = ("save", "discard", "stay")
        return chosen[_ask(parent, QMessageBox.Icon.Question, (question, ""), answers)]

    def model_file(self, parent: QWidget) -> Path | None:
        """Return a model file that the user has."""
        kinds = self.tr("Model files") + " (*.onnx);;" + self.tr("All files") + " (*)"
        name, _ = QFileDialog.getOpenFileName(parent, self.tr("Use a model file"), "", kinds)
        return Path(name) if name else None


def _ask(
    parent: QWidget, kind: QMessageBox.Icon, words: tuple[str, str], answers: Sequence[tuple[str, _Role]]
) -> int:
    """Ask a question with its consequence; return the number of the answer.

    Enter chooses the first answer, Esc the one whose role is to reject; so does the end of the parent, such
    as a window that closes because what it saves has arrived.
    """
    box = QMessageBox(parent)
    box.setIcon(kind)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle("Classmood")
    box.setText(words[0])
    box.setInformativeText(words[1])
    buttons = [box.addButton(text, role) for text, role in answers]
    roles = [role for _, role in answers]
    box.setDefaultButton(buttons[0])
    box.setEscapeButton(buttons[roles.index(_Role.RejectRole)])
    box.exec()
    if not shiboken6.isValid(box):
        return roles.index(_Role.RejectRole)
    chosen = next(number for number, button in enumerate(buttons) if button is box.clickedButton())
    box.deleteLater()
    return chosen
