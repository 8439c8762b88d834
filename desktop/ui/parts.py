"""What every window of the program is given: icons, theme, language, questions, where the data lies."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.ui.icons import Icons
from desktop.ui.language import LanguageController
from desktop.ui.prompts import DialogPrompts, Prompts
from desktop.ui.theme import ThemeController


@dataclass(frozen=True, slots=True)
class WindowParts:
    """Built once by the composition root."""

    icons: Icons
    themes: ThemeController
    languages: LanguageController
    prompts: Prompts
    data_dir: Path


def make_window_parts(app: QApplication, assets: Path, data_dir: Path) -> WindowParts:
    """Build the parts from the assets folder; language and theme are not applied yet."""
    icons = Icons(assets / "icons")
    languages = LanguageController(app, assets / "translations")
    return WindowParts(icons, ThemeController(app, assets), languages, DialogPrompts(icons), data_dir)
