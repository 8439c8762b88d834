"""The main window.

For the composition root:

    parts = make_window_parts(appearance, data_dir, ...)     # desktop.ui.parts
    window = MainWindow(icons, look)                         # nothing heavy is loaded for it
    window.show()                                            # or window.present() for full screen
    window.begin(engine, settings, parts)                    # applies settings.view (language, theme) at once
    window.settings_changed.connect(save)                    # save them; the engine has them already
    if not window.open_source(spec): quit                    # asks for the notice unless accepted or demo;
                                                             # False: it was declined
    engine.find_cameras()                                    # fills the menu of sources
    window.start_session()                                   # what --record does

Closing the window asks during a session, stops it, and calls `engine.shutdown()`; `closed_for_good` follows.
`window.close_without_asking()` is for --run-seconds and signals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent

from desktop.ui.activity_bar import ActivityKeys
from desktop.ui.frame import Frame
from desktop.ui.icons import Icons
from desktop.ui.look import Look
from models.errors import Sentence

if TYPE_CHECKING:  # loaded after the window is on the screen
    from pathlib import Path

    from desktop.capture.frame import SourceInfo
    from desktop.settings import Settings
    from desktop.ui.lesson_windows import LessonWindows
    from desktop.ui.live import Live
    from desktop.ui.parts import WindowParts
    from desktop.ui.preferences import Preferences
    from desktop.ui.rescue import Rescue
    from desktop.ui.starting import StartMessages
    from desktop.workers.engine import Engine

_DEMO = "demo"


class MainWindow(Frame):
    """The frame, with everything that keys and menus do from `begin` on."""

    settings_changed = Signal(object)  # Settings
    notice_accepted = Signal()  # just now: this is a first start
    closed_for_good = Signal(int)  # writes that failed for good

    _engine: Engine
    _parts: WindowParts
    _rescue: Rescue
    live: Live
    lessons: LessonWindows
    preferences: Preferences
    starting: StartMessages

    def __init__(self, icons: Icons, look: Look) -> None:
        super().__init__(icons, look)
        self._begun = False
        self._closed = False
        self._asks = True  # before it closes
        self._maximized_before = False
        self._source: SourceInfo | None = None
        self._spec = ""
        self.activity_keys = ActivityKeys(self.commands.activities(), self.commands.undo)
        self.commands.present.toggled.connect(self._on_present)
        self.commands.leave.triggered.connect(lambda: self.commands.present.setChecked(False))

    def begin(self, engine: Engine, settings: Settings, parts: WindowParts) -> None:
        """Come to life: from now on everything does what it says."""
        from desktop.ui.lesson_windows import LessonWindows  # noqa: PLC0415  (what these need is large)
        from desktop.ui.live import Live  # noqa: PLC0415
        from desktop.ui.preferences import Preferences  # noqa: PLC0415
        from desktop.ui.rescue import Rescue  # noqa: PLC0415
        from desktop.ui.starting import StartMessages  # noqa: PLC0415

        self._engine = engine
        self._parts = parts
        self._spec = settings.camera.source
        parts.languages.apply(settings.view.language)
        parts.themes.apply(settings.view.theme)
        banners = self.workspace.banners
        self.live = Live(engine, self.workspace)
        self.preferences = Preferences(engine, settings, parts, banners, self)
        self.lessons = LessonWindows(parts, lambda: engine.session.session_id, self)
        self.starting = StartMessages(engine, parts, banners, self)
        self._rescue = Rescue(engine, parts.prompts, self.live, banners, self)
        self._begun = True
        self._set_ready(True)
        self._allow_questions()
        self._connect_commands()
        self._connect_parts()
        self._show_settings(settings)
        self._rest_or_work()

    @property
    def settings(self) -> Settings:
        """Return a copy of the settings in use."""
        return self.preferences.settings

    def open_source(self, spec: str) -> bool:
        """Show a source; False if the first-start notice was asked for and declined."""
        if not self._notice_accepted(spec):
            return False
        self._spec = spec
        self.live.show_opening()
        self.sources.show_current(spec)
        self._engine.open_source(spec)
        return True

    def start_session(self) -> None:
        """Start to record with what the fields say."""
        self.workspace.session.request_start()

    def present(self) -> None:
        """Fill the screen with the picture."""
        self.commands.present.setChecked(True)

    def check_self(self) -> None:
        """Show the self-check beside the window, once."""
        from desktop.ui.self_check_dialog import SelfCheckDialog  # noqa: PLC0415

        shown = self.findChild(SelfCheckDialog)
        if shown is not None:
            shown.raise_()
            shown.activateWindow()
            return
        dialog = SelfCheckDialog(self._parts, self)
        self.live.source_shown.connect(dialog.show_source)
        self.live.picture_shown.connect(dialog.look_at)
        self._engine.source_failed.connect(dialog.show_failure)
        dialog.show_source(self._source)
        dialog.show()

    def show_problem(self, message: Sentence) -> None:
        """Say that something outside picture and session went wrong, such as saving the settings."""
        self.workspace.banners.say("problem", "error", message)

    @property
    def closed(self) -> bool:
        """Return whether it was closed for good."""
        return self._closed

    def close_without_asking(self) -> None:
        """Save a running session and close."""
        if self._begun:
            self._engine.stop_session()
        self._asks = False
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask during a session; then save, and stop every thread."""
        event.accept()
        if self._closed:
            return
        if not self._begun:
            self._closed = True
            return
        if self._engine.session.phase != "idle":
            self.commands.present.setChecked(False)
            if not self._parts.prompts.close_during_session(self):
                event.ignore()
                return
            self._engine.stop_session()
        if self._asks and not self._rescue.may_close():
            event.ignore()
            return
        self._closed = True
        self.hide()  # saving may take a moment
        self.closed_for_good.emit(self.shut_down())

    def shut_down(self) -> int:
        """Save everything and stop every thread, once or again; return how many writes failed for good."""
        self._parts.library.shut_down()
        self._parts.downloads.shut_down()
        return self._engine.shutdown()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language, and rest while minimised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.commands.retranslate()
            if self._begun:
                self.starting.retranslate()
        elif event.type() == QEvent.Type.WindowStateChange:
            self._rest_or_work()

    def showEvent(self, event: QShowEvent) -> None:
        """Work again."""
        super().showEvent(event)
        self._rest_or_work()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._rest_or_work()

    def _rest_or_work(self) -> None:
        if self._begun:
            self.live.set_resting(self.isMinimized() or not self.isVisible())

    def _notice_accepted(self, spec: str) -> bool:
        """Ask once, before anything but the demo classroom is shown: that shows nobody."""
        if self.settings.notice_accepted or spec == _DEMO or spec.startswith(f"{_DEMO}:"):
            return True
        if not self._parts.prompts.accept_notice(self):
            return False
        self.preferences.accept_notice()
        self.notice_accepted.emit()
        return True

    def _connect_commands(self) -> None:
        from desktop.ui.about_dialog import AboutDialog  # noqa: PLC0415
        from desktop.ui.shortcuts_dialog import ShortcutsDialog  # noqa: PLC0415

        commands, prompts = self.commands, self._parts.prompts
        commands.start_stop.triggered.connect(self._on_start_stop)
        commands.pause.triggered.connect(self._on_pause)
        commands.open_file.triggered.connect(lambda: self._open_chosen(prompts.file(self)))
        commands.open_folder.triggered.connect(lambda: self._open_chosen(prompts.folder(self)))
        commands.open_stream.triggered.connect(lambda: self._open_chosen(prompts.stream_address(self)))
        commands.demo.triggered.connect(lambda: self.open_source(_DEMO))
        commands.choose_source.triggered.connect(self.header.source_button.showMenu)
        commands.refresh.triggered.connect(self._on_refresh)
        commands.mirror.triggered.connect(self.preferences.set_mirror)
        commands.four.triggered.connect(self.preferences.set_four)
        commands.quiet.triggered.connect(self.preferences.set_quiet)
        commands.theme.triggered.connect(self.preferences.switch_theme)
        commands.history.triggered.connect(self.lessons.show_history)
        commands.settings.triggered.connect(self.preferences.open_dialog)
        commands.menu.triggered.connect(self.header.menu_button.showMenu)
        commands.shortcuts.triggered.connect(lambda: ShortcutsDialog(commands, self).open())
        commands.self_check.triggered.connect(self.check_self)
        commands.about.triggered.connect(lambda: AboutDialog(self._parts, self).open())

    def _connect_parts(self) -> None:
        engine, keys, preferences = self._engine, self.activity_keys, self.preferences
        preferences.changed.connect(self.settings_changed)
        preferences.shown.connect(self._show_settings)
        preferences.source_changed.connect(self.open_source)
        preferences.camera_changed.connect(self._on_camera_changed)
        preferences.database_changed.connect(self.lessons.refresh)
        engine.cameras_ready.connect(self.sources.show_cameras)
        engine.session_changed.connect(lambda state: keys.show_running(state.phase != "idle"))
        engine.markers_changed.connect(keys.show_markers)
        keys.chosen.connect(engine.add_marker)
        engine.session_saved.connect(self._on_session_saved)
        engine.waiting_changed.connect(self.lessons.refresh)
        self.starting.closed.connect(self.lessons.refresh)
        self.commands.undo.triggered.connect(engine.undo_marker)
        self.sources.camera_chosen.connect(self._on_camera_chosen)
        self.sources.resolution_chosen.connect(self.preferences.choose_resolution)
        self.header.detector_chosen.connect(self.preferences.choose_detector)
        self.live.source_shown.connect(self._on_source_shown)
        self.live.detector_seen.connect(self.header.show_running)
        placeholder = self.workspace.stage.placeholder
        placeholder.retry_requested.connect(lambda: self.open_source(self._spec))
        placeholder.demo_requested.connect(lambda: self.open_source(_DEMO))
        placeholder.choose_requested.connect(self.header.source_button.showMenu)

    def _show_settings(self, settings: Settings) -> None:
        self._show_mirror()
        self.commands.four.setChecked(settings.analysis.emotions == 4)
        self.commands.quiet.setChecked(settings.analysis.quiet)
        self.sources.show_resolution(settings.camera.width, settings.camera.height)
        self.header.show_detector(settings.analysis.detector)
        self.workspace.set_four(settings.analysis.emotions == 4)
        self.workspace.session.activities.show_names(settings.activities.names)
        self.activity_keys.show_names(settings.activities.names)
        self.commands.name_activities(settings.activities.names)

    def _show_mirror(self) -> None:
        """Offer mirroring for a camera; a file or the demo classroom is shown as it is."""
        mirrored = self._source is not None and self._source.kind == "camera"
        self.commands.mirror.setEnabled(mirrored)
        self.commands.mirror.setChecked(mirrored and self.settings.camera.mirror)

    def _on_camera_changed(self) -> None:
        """Ask the camera for its new size; also one that did not open as it was."""
        if self._source is None or self._source.kind == "camera":
            self.open_source(self._spec)

    def _open_chosen(self, chosen: Path | str | None) -> None:
        if chosen is not None:
            self.open_source(str(chosen))

    def _on_source_shown(self, info: SourceInfo | None) -> None:
        self._source = info
        self._show_mirror()
        self.header.show_source(info)

    def _on_session_saved(self, session_id: str) -> None:
        self.lessons.refresh()
        banners = self.workspace.banners
        banners.say("saved", "info", self.tr("The session is saved."))
        banners.offer("saved", self.tr("Show report"), lambda: self.lessons.show_report(session_id))

    def _on_start_stop(self) -> None:
        if self._engine.session.phase == "idle":
            self.workspace.session.start_button.click()
        else:
            self._engine.stop_session()

    def _on_pause(self) -> None:
        if self._engine.session.phase != "idle":
            self.workspace.session.pause_button.click()

    def _on_refresh(self) -> None:
        self.sources.show_looking()
        self._engine.find_cameras()

    def _on_camera_chosen(self, spec: str) -> None:
        if not self.preferences.choose_camera(spec):
            self.open_source(spec)

    def _allow_questions(self) -> None:
        """Open nothing over a presentation, and nothing before `begin`."""
        for action in self.commands.asking():
            action.setEnabled(self._begun and not self.commands.present.isChecked())

    def _on_present(self, presenting: bool) -> None:
        self.commands.leave.setEnabled(presenting)
        self._allow_questions()
        self.header.setVisible(not presenting)
        self.workspace.set_presenting(presenting)
        if self._begun:
            self.live.tick()
        if presenting:
            self._maximized_before = self.isMaximized()
            self.showFullScreen()
        elif self._maximized_before:
            self.showMaximized()
        else:
            self.showNormal()
