"""Settings page: language and theme."""

from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from desktop.settings import Settings
from desktop.ui.language import LANGUAGES
from desktop.ui.settings_page import Column


class ViewPage(Column):
    """Language and theme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.language = QComboBox()
        self.language.addItem("", "system")
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        self.theme = QComboBox()
        for choice in ("system", "light", "dark"):
            self.theme.addItem("", choice)
        self._captions = (QLabel(), QLabel())
        self._row(self._captions[0], self.language)
        self._row(self._captions[1], self.theme)
        self._column.addStretch()

    def load(self, settings: Settings) -> None:
        """Show the view section."""
        self.language.setCurrentIndex(self.language.findData(settings.view.language))
        self.theme.setCurrentIndex(self.theme.findData(settings.view.theme))

    def store(self, settings: Settings) -> None:
        """Write the view section."""
        settings.view.language = self.language.currentData()
        settings.view.theme = self.theme.currentData()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self._captions[0].setText(self.tr("Language"))
        self._captions[1].setText(self.tr("Appearance"))
        self.language.setAccessibleName(self.tr("Language"))
        self.theme.setAccessibleName(self.tr("Appearance"))
        self.language.setItemText(0, self.tr("As the computer"))
        for place, words in enumerate((self.tr("As the computer"), self.tr("Light"), self.tr("Dark"))):
            self.theme.setItemText(place, words)
