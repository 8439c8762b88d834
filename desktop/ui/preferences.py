"""The settings in use: what menus and the settings dialog change, applied to the whole program at once."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.settings import Settings
from desktop.store import SessionStore
from desktop.ui.banners import Banners
from desktop.ui.parts import WindowParts
from desktop.ui.settings_dialog import SettingsDialog
from desktop.workers.engine import Engine
from models.errors import Sentence, said


class Preferences(QObject):
    """Hands other settings to engine, library, language and theme, and says what became of it."""

    changed = Signal(object)  # Settings, to be saved
    shown = Signal(object)  # Settings: show these, changed or not
    source_changed = Signal(str)  # another source was chosen
    camera_changed = Signal()  # another size or mirroring: a camera is asked for it when it is opened
    database_changed = Signal()

    def __init__(
        self, engine: Engine, settings: Settings, parts: WindowParts, banners: Banners, window: QWidget
    ) -> None:
        super().__init__(window)
        self._engine = engine
        self._settings = settings.model_copy(deep=True)
        self._parts = parts
        self._banners = banners
        self._window = window

    @property
    def settings(self) -> Settings:
        """Return a copy of the settings in use."""
        return self._settings.model_copy(deep=True)

    def use(self, wanted: Settings) -> None:
        """Apply other settings at once, and say so."""
        before, after = self._settings, wanted.model_copy(deep=True)
        if after.storage != before.storage and not self._at_rest():
            after.storage = before.storage.model_copy()
            refusal = said("The database stays the same until the session is saved.")
            self._banners.say("database", "warning", refusal)
        if after == before:
            self.shown.emit(self.settings)
            return
        self._settings = after
        self._parts.languages.apply(after.view.language)
        self._parts.themes.apply(after.view.theme)
        self.shown.emit(self.settings)
        self._engine.apply_settings(self.settings)
        self.changed.emit(self.settings)
        if after.storage != before.storage:
            self._use_database()
        if after.camera.source != before.camera.source:
            self.source_changed.emit(after.camera.source)
        elif after.camera != before.camera:
            self.camera_changed.emit()

    def accept_notice(self) -> None:
        """Remember that the notice was accepted."""
        changed = self.settings
        changed.notice_accepted = True
        self.use(changed)

    def choose_camera(self, spec: str) -> bool:
        """Use a camera now and at the next start; False if it is the one in the settings already."""
        changed = self.settings
        changed.camera.source = spec
        if changed == self._settings:
            return False
        self.use(changed)
        return True

    def choose_resolution(self, width: int, height: int) -> None:
        """Ask the camera for pictures of this size."""
        changed = self.settings
        changed.camera.width, changed.camera.height = width, height
        self.use(changed)

    def choose_detector(self, detector: str) -> None:
        """Find faces in another way."""
        changed = self.settings
        setattr(changed.analysis, "detector", detector)  # noqa: B010
        self.use(changed)

    def set_mirror(self, mirror: bool) -> None:
        """Mirror the camera's picture or not."""
        changed = self.settings
        changed.camera.mirror = mirror
        self.use(changed)

    def set_four(self, four: bool) -> None:
        """Show four emotions or all seven."""
        changed = self.settings
        changed.analysis.emotions = 4 if four else 7
        self.use(changed)

    def set_quiet(self, quiet: bool) -> None:
        """Read few frames a second, or all."""
        changed = self.settings
        changed.analysis.quiet = quiet
        self.use(changed)

    def switch_theme(self) -> None:
        """Go from light to dark or back."""
        changed = self.settings
        changed.view.theme = "light" if self._parts.themes.theme.name == "dark" else "dark"
        self.use(changed)

    def open_dialog(self) -> None:
        """Show all settings."""
        dialog = SettingsDialog(self.settings, self._parts, self._window, at_rest=self._at_rest())
        self._engine.cameras_ready.connect(dialog.show_cameras)
        dialog.settings_changed.connect(self.use)
        dialog.erased.connect(self.database_changed)
        dialog.model_arrived.connect(self._engine.reload_models)
        dialog.open()
        self._engine.find_cameras()

    def _at_rest(self) -> bool:
        """Return whether no session runs and everything recorded is stored."""
        return self._engine.session.phase == "idle" and not self._engine.unsaved

    def _use_database(self) -> None:
        self._parts.library.use(self._settings)
        self._banners.clear("database")
        self._parts.library.ask(self, _checked_place, self._on_database_opened, self._on_database_refused)
        self.database_changed.emit()

    def _on_database_opened(self, place: str) -> None:
        self._banners.say("database", "info", said("Sessions are kept in {place} from now on.", place=place))

    def _on_database_refused(self, words: Sentence) -> None:
        self._banners.say("database", "error", words)


def _checked_place(store: SessionStore) -> str:
    """Return where the database is, if it can be read and written."""
    store.check()
    return store.place
