"""Settings page: where sessions are kept."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from desktop.settings import Settings
from desktop.store import StoreError
from desktop.store.engine import parse_address
from desktop.ui.dialog_parts import paragraph
from desktop.ui.parts import WindowParts
from desktop.ui.settings_erase import EraseRow
from desktop.ui.settings_page import Column


class StoragePage(Column):
    """Database address, data folder, and an end to all of it."""

    def __init__(self, parts: WindowParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data_dir = parts.data_dir.root
        self.erase = EraseRow(parts)
        self._at_rest = True
        self.database = QLineEdit()
        self.database.setClearButtonEnabled(True)
        self.database.textChanged.connect(self.changed)
        self.folder = QLineEdit(str(self._data_dir))
        self.folder.setReadOnly(True)
        self.open_button = QPushButton()
        self.open_button.setAutoDefault(False)
        self.open_button.clicked.connect(self._on_open)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.folder, 1)
        row.addWidget(self.open_button)
        self._captions = (QLabel(), QLabel())
        self._database_hint = paragraph("muted")
        self._folder_hint = paragraph("muted")
        self._row(self._captions[0], self.database, self._database_hint)
        self._row(self._captions[1], place, self._folder_hint)
        self._row(None, self.erase)
        self._column.addStretch()

    def set_at_rest(self, at_rest: bool) -> None:
        """Let the database be changed only while no session is recorded into it."""
        self._at_rest = at_rest
        self.database.setEnabled(at_rest)
        self.erase.setEnabled(at_rest)
        self.retranslate()

    def load(self, settings: Settings) -> None:
        """Show the storage section."""
        self.database.setText(settings.storage.database)

    def store(self, settings: Settings) -> None:
        """Write the storage section."""
        settings.storage.database = self.database.text().strip()

    def problem(self) -> str:
        """Return what is wrong with the address of the database."""
        address = self.database.text().strip()
        try:
            if address:
                parse_address(address)
        except StoreError:
            return self.tr(
                "Database: not an address. Examples: sqlite:////home/me/lessons.db, postgresql+psycopg://user@host/name"
            )
        return ""

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self._captions[0].setText(self.tr("Database address"))
        self._captions[1].setText(self.tr("Data folder"))
        self.database.setAccessibleName(self.tr("Database address"))
        self.folder.setAccessibleName(self.tr("Data folder"))
        self.database.setPlaceholderText(self.tr("classmood.db in the data folder"))
        self.open_button.setText(self.tr("Open"))
        self.erase.retranslate()
        self._database_hint.setText(
            self.tr("Empty: a file on this computer. A change is used at once; what is stored stays there.")
            if self._at_rest
            else self.tr("It can be changed when no session is running and everything is saved.")
        )
        self._folder_hint.setText(self.tr("Settings, database and logs lie here. No pictures, ever."))

    def _on_open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._data_dir)))
