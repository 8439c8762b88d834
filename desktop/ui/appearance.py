"""How the whole program looks and speaks: icons, theme, language."""

from dataclasses import dataclass

from PySide6.QtWidgets import QApplication

from desktop.paths import ASSETS
from desktop.ui.icons import Icons
from desktop.ui.language import LanguageController
from desktop.ui.theme import ThemeController


@dataclass(frozen=True, slots=True)
class Appearance:
    """Built once, before the first window."""

    icons: Icons
    themes: ThemeController
    languages: LanguageController


def make_appearance(app: QApplication) -> Appearance:
    """Build it; language and theme are not applied yet."""
    return Appearance(
        icons=Icons(ASSETS / "icons"),
        themes=ThemeController(app, ASSETS),
        languages=LanguageController(app, ASSETS / "translations"),
    )
