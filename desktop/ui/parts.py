"""What every window of the program is given: icons, theme, language, questions, where the data lies."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.paths import DataDir
from desktop.settings import Settings
from desktop.store import Claims
from desktop.ui.appearance import Appearance
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
    count_test_faces: Callable[[], int]  # in a picture of the demo classroom; slow
    downloads: Errands  # a thread of its own: a slow server holds up no report
    fetch_model: Callable[[DownloadableModel, Path], Path] = fetch


def make_window_parts(
    appearance: Appearance,
    data_dir: DataDir,
    open_shelves: Callable[[Settings], Shelves],
    settings: Settings,
    claims: Claims,
    count_test_faces: Callable[[], int],
) -> WindowParts:
    """Build the parts."""
    return WindowParts(
        icons=appearance.icons,
        themes=appearance.themes,
        languages=appearance.languages,
        prompts=DialogPrompts(appearance.icons),
        data_dir=data_dir,
        library=Library(open_shelves, settings),
        claims=claims,
        count_test_faces=count_test_faces,
        downloads=Errands(refusals=(ModelError,)),
    )
