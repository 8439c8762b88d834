"""Saves the settings beside the window: a disk may take a tenth of a second and more for it."""

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from desktop.settings import Settings, SettingsError, save_settings
from desktop.workers.errands import Errands
from models.errors import Sentence

log = logging.getLogger(__name__)


class SettingsWriter(Errands):
    """Writes settings in the order of their changes; `shut_down` waits for the last."""

    def __init__(self, file: Path) -> None:
        super().__init__(refusals=(SettingsError,))
        self._file = file

    def save(self, asker: QObject, settings: Settings, on_failed: Callable[[Sentence], object]) -> None:
        """Write the settings as they are now; call `on_failed` with what is wrong unless `asker` is gone."""
        file, copy = self._file, settings.model_copy(deep=True)

        def write() -> None:
            try:
                save_settings(file, copy)
            except SettingsError as error:  # the window may be gone before it can say so
                log.warning("settings not saved: %s", error)
                raise

        self.do(asker, write, lambda _: None, on_failed)
