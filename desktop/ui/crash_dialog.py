"""What the window says of an error that nobody expected: one dialog, however often the error comes."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.crash import CrashReport
from desktop.ui.dialog_parts import (
    button_row,
    fit,
    follow_look,
    headline,
    paragraph,
    scaled,
)
from desktop.ui.icons import Icons


class CrashDialog(QDialog):
    """A short text, with the details for whoever repairs it."""

    close_requested = Signal()  # of the whole program

    def __init__(self, icons: Icons, log: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._icons = icons
        self._log = log
        self._recording = False
        self._reports: list[CrashReport] = []
        self._picture = QLabel()
        self._headline = headline(1.35)
        self.words = paragraph()
        self.note = paragraph("muted")
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setMinimumHeight(scaled(self, 220))
        self.details.hide()
        self.copy_button = self._button(self._on_copy)
        self.show_button = self._button(self._on_show_details)
        self.close_button = self._button(self._on_close)
        self.go_on_button = self._button(self.accept)
        self.go_on_button.setProperty("kind", "primary")
        self.go_on_button.setDefault(True)
        self._lay_out()
        self._restyle()
        self._retranslate()
        self.go_on_button.setFocus()

    def show_recording(self, recording: bool) -> None:
        """Say whether a session goes on."""
        self._recording = recording
        self._retranslate()

    def add(self, report: CrashReport) -> None:
        """Tell an error, or one more."""
        self._reports.append(report)
        self.details.setPlainText("\n\n".join(each.details for each in self._reports))
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        follow_look(event, self._restyle, self._retranslate)
        super().changeEvent(event)

    def _button(self, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton()
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(8)
        for label in (self._headline, self.words, self.note):
            texts.addWidget(label)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(texts, 1)
        buttons = (self.show_button, self.copy_button, None, self.close_button, self.go_on_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(16)
        layout.addLayout(top)
        layout.addWidget(self.details, 1)
        layout.addLayout(button_row(*buttons))

    def _restyle(self) -> None:
        ink = self.palette().color(QPalette.ColorRole.BrightText)
        self._picture.setPixmap(self._icons.icon("warning", ink).pixmap(32, 32))

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Something went wrong"))
        self._headline.setText(self.tr("Something went wrong"))
        words = self.tr("Classmood met an error that nobody expected. What was recorded so far is saved.")
        if self._recording:
            words += " " + self.tr("The session is still being recorded.")
        self.words.setText(words)
        note = self.tr(
            "The details name no person and hold no picture. They help to repair it; they are also in {file}"
        )
        self.note.setText(note.format(file=_from_home(self._log)))
        self.copy_button.setText(self.tr("Copy details"))
        self.close_button.setText(self.tr("Close Classmood"))
        self.go_on_button.setText(self.tr("Go on"))
        self._label_show()

    def _label_show(self) -> None:
        hidden = self.details.isHidden()
        self.show_button.setText(self.tr("Show details") if hidden else self.tr("Hide details"))
        fit(self, 640)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())
        self.copy_button.setText(self.tr("Copied"))

    def _on_show_details(self) -> None:
        self.details.setVisible(self.details.isHidden())
        self._label_show()

    def _on_close(self) -> None:
        self.accept()
        self.close_requested.emit()


class CrashNotifier(QObject):
    """Brings errors from any thread to the window's thread, and shows one dialog at a time."""

    close_requested = Signal()
    _reported = Signal(object)  # CrashReport

    def __init__(
        self, icons: Icons, log: Path, recording: Callable[[], bool], parent: QWidget | None = None
    ) -> None:
        """Take from `recording` whether a session runs; the dialog belongs to the window `parent`."""
        super().__init__(parent)
        self._icons = icons
        self._log = log
        self._recording = recording
        self._window = parent
        self._quiet = False
        self._waiting: list[CrashReport] = []
        self.dialog: CrashDialog | None = None
        # Never at once: a paint event that failed is not over yet.
        self._reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)

    def report(self, report: CrashReport) -> None:
        """Tell the user of an error. Any thread may call this."""
        self._reported.emit(report)

    def set_quiet(self, quiet: bool) -> None:
        """Keep errors back during a presentation: the class looks on, and the session goes on anyway."""
        self._quiet = quiet
        self._show()

    def refresh(self) -> None:
        """Say anew whether a session runs."""
        if self.dialog is not None:
            self.dialog.show_recording(self._recording())

    def _on_reported(self, report: CrashReport) -> None:
        self._waiting.append(report)
        self._show()

    def _show(self) -> None:
        if self._quiet or not self._waiting:
            return
        if self.dialog is None:
            dialog = CrashDialog(self._icons, self._log, self._window)
            dialog.close_requested.connect(self.close_requested)
            dialog.finished.connect(self._on_closed)
            self.dialog = dialog
            dialog.show()
        for report in self._waiting:
            self.dialog.add(report)
        self._waiting.clear()
        self.refresh()

    def _on_closed(self) -> None:
        self.dialog = None


def _from_home(path: Path) -> str:
    """Return a path as people write it."""
    return f"~/{path.relative_to(Path.home()).as_posix()}" if path.is_relative_to(Path.home()) else str(path)
