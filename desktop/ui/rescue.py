"""When the database takes nothing: the session goes into another file, on request and before closing."""

from typing import Literal

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.ui.banners import Banners
from desktop.ui.live import Live
from desktop.ui.prompts import Prompts
from desktop.workers.engine import Engine


class Rescue(QObject):
    """Asks for the file, and keeps the window from closing over what is not saved."""

    def __init__(
        self, engine: Engine, prompts: Prompts, live: Live, banners: Banners, window: QWidget
    ) -> None:
        super().__init__(window)
        self._engine = engine
        self._prompts = prompts
        self._live = live
        self._banners = banners
        self._window = window
        live.elsewhere_wanted.connect(self.save_elsewhere)

    def save_elsewhere(self) -> bool:
        """Let the user choose a file, and write there; False if none was chosen."""
        file = self._prompts.elsewhere(self._window)
        if file is None:
            return False
        self._engine.save_elsewhere(file)
        words = self.tr("The session goes on in {file}. Import that file in the history afterwards.")
        self._banners.say("elsewhere", "info", words.format(file=file))
        return True

    def may_close(self) -> bool:
        """Return whether the window may close: everything can be saved, or the user gives it up."""
        if not (self._live.refuses and self._engine.unsaved):
            return True
        answer: Literal["elsewhere", "give up", "stay"] = self._prompts.close_unsaved(self._window)
        return answer == "give up" or (answer == "elsewhere" and self.save_elsewhere())
