"""What every window of the program is given: icons, theme, language, questions, where the data lies."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.paths import DataDir
from desktop.settings import Settings
from desktop.store import Claims
from desktop.ui.icons import Icons
from desktop.ui.language import LanguageController
from desktop.ui.prompts import DialogPrompts, Prompts
from desktop.ui.theme import ThemeController
from desktop.workers.errands import Errands
from desktop.workers.library import Library, Shelves
from models.downloads import DownloadableModel, fetch
from models.errors import ModelError


@dataclass(frozen=True, slots=True)
class WindowParts:
    """Built once by the composition root."""

    icons: Icons
    themes: ThemeController
    languages: LanguageController
    prompts: Prompts
    data_dir: DataDir
    library: Library
    claims: Claims  # which sessions are being recorded, and which were interrupted
    downloads: Errands  # a thread of its own: a slow server holds up no report
    fetch_model: Callable[[DownloadableModel, Path], Path] = fetch


def make_window_parts(
    app: QApplication,
    assets: Path,
    data_dir: DataDir,
    open_shelves: Callable[[Settings], Shelves],
    settings: Settings,
    claims: Claims,
) -> WindowParts:
    """Build the parts from the assets folder; language and theme are not applied yet."""
    icons = Icons(assets / "icons")
    languages = LanguageController(app, assets / "translations")
    return WindowParts(
        icons=icons,
        themes=ThemeController(app, assets),
        languages=languages,
        prompts=DialogPrompts(icons),
        data_dir=data_dir,
        library=Library(open_shelves, settings),
        claims=claims,
        downloads=Errands(refusals=(ModelError,)),
    )
