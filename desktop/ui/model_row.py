"""Below the detector YuNet in the settings: whether its file is there, and two ways to get it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.ui.dialog_parts import paragraph
from desktop.ui.parts import WindowParts
from desktop.ui.words import told
from models.detectors import install_yunet
from models.downloads import DOWNLOADS
from models.errors import Sentence

_MODEL = DOWNLOADS["yunet"]


class ModelRow(QWidget):
    """Nothing is fetched before the user asks for it."""

    arrived = Signal()  # the file is there now

    def __init__(self, parts: WindowParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._folder = parts.data_dir.models
        self._there = (self._folder / _MODEL.file_name).exists()
        self._busy = False
        self._error: Sentence | None = None
        self.state = paragraph("muted")
        self.download_button = self._button(self._on_download)
        self.file_button = self._button(self._on_file)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.download_button)
        row.addWidget(self.file_button)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(26, 0, 0, 6)
        layout.setSpacing(6)
        layout.addWidget(self.state)
        layout.addLayout(row)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        megabytes = QLocale().toString(_MODEL.size / 1_000_000, "f", 1)
        self.download_button.setText(self.tr("Download ({size} MB)").format(size=megabytes))
        self.download_button.setToolTip(_MODEL.url)
        self.file_button.setText(self.tr("Use a file\u2026"))
        self._show_state()

    def _button(self, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _on_download(self) -> None:
        fetch, folder = self._parts.fetch_model, self._folder
        self._begin(lambda: fetch(_MODEL, folder))

    def _on_file(self) -> None:
        file = self._parts.prompts.model_file(self.window())
        if file is not None:
            folder = self._folder
            self._begin(lambda: install_yunet(file, folder))

    def _begin(self, job: Callable[[], Path]) -> None:
        self._busy, self._error = True, None
        self._show_state()
        self._parts.downloads.do(self, job, self._on_arrived, self._on_failed)

    def _on_arrived(self, _file: Path) -> None:
        self._busy, self._there = False, True
        self._show_state()
        self.arrived.emit()

    def _on_failed(self, words: Sentence) -> None:
        self._busy, self._error = False, words
        self._show_state()

    def _show_state(self) -> None:
        if self._busy:
            words = self.tr("The model file is being fetched\u2026")
        elif self._error:
            words = told(self._error)
        elif self._there:
            words = self.tr("Its model file is here.")
        else:
            words = self.tr("Its model file is not here yet.")
        self.state.setText(words)
        role = "error" if self._error else "muted"
        if self.state.property("role") != role:
            self.state.setProperty("role", role)
            self.state.style().polish(self.state)
        for button in (self.download_button, self.file_button):
            button.setVisible(not self._there)
            button.setEnabled(not self._busy)
