"""Languages: loads the translations of the program and of Qt's own buttons, and switches while running."""

from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

LANGUAGES = {"en": "English", "uk": "Українська"}  # each in its own words, never translated


class LanguageController(QObject):
    """Installs the translators of one language; every widget hears of it as a LanguageChange event."""

    def __init__(self, app: QApplication, translations_dir: Path) -> None:
        super().__init__()
        self._app = app
        self._dir = translations_dir
        self._translators: list[tuple[QTranslator, bytes]] = []
        self._system = QLocale.system()
        self._language = ""

    @property
    def language(self) -> str:
        """Return "en" or "uk"."""
        return self._language

    def apply(self, choice: str) -> None:
        """Use "en", "uk" or the "system" language if we speak it, else English, at once."""
        code = self._system.name().split("_")[0] if choice == "system" else choice
        language = code if code in LANGUAGES else "en"
        if language == self._language:
            return
        self._language = language
        for translator, _ in self._translators:
            self._app.removeTranslator(translator)
        self._translators.clear()
        own = self._system.name().split("_")[0] == language  # then numbers as this computer writes them
        QLocale.setDefault(self._system if own else QLocale(language))
        qt_dir = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        for file in (qt_dir / f"qtbase_{language}.qm", self._dir / f"classmood_{language}.qm"):
            # Given the file's name Qt would map it, and crash when an update writes over it.
            words = file.read_bytes() if file.is_file() else b""
            translator = QTranslator(self)
            if words and translator.load(words):
                self._app.installTranslator(translator)
                self._translators.append((translator, words))
