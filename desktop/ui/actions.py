"""Everything the window can do, as actions with their keys."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.ui.words import activity_name

_KEYS = {
    "start_stop": ("Ctrl+R",),
    "pause": ("Ctrl+P",),
    "activity_1": ("1",),
    "activity_2": ("2",),
    "activity_3": ("3",),
    "activity_4": ("4",),
    "activity_5": ("5",),
    "undo": ("Ctrl+Z",),
    "open_file": ("Ctrl+O",),
    "open_folder": ("Ctrl+Shift+O",),
    "open_stream": ("Ctrl+L",),
    "demo": ("Ctrl+D",),
    "choose_source": ("Ctrl+K",),
    "refresh": ("F5",),
    "mirror": ("Ctrl+M",),
    "four": ("Ctrl+E",),
    "quiet": ("Ctrl+U",),
    "theme": ("Ctrl+T",),
    "present": ("F11",),
    "leave": ("Esc",),
    "history": ("Ctrl+H",),
    "settings": ("Ctrl+,",),
    "menu": ("F10",),
    "shortcuts": ("F1",),
    "self_check": (),
    "about": (),
    "quit": ("Ctrl+Q",),
}
_CHECKABLE = ("mirror", "four", "quiet", "present")
_AT_TIMES = ("leave", "undo", "activity_1", "activity_2", "activity_3", "activity_4", "activity_5")


class Actions(QObject):
    """One QAction per verb; `window` owns them, so that their keys work in all of it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        for name, keys in _KEYS.items():
            action = QAction(window)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setCheckable(name in _CHECKABLE)
            window.addAction(action)
            setattr(self, name, action)
        self._activities: tuple[str, ...] = ()
        for name in _AT_TIMES:
            getattr(self, name).setEnabled(False)
        self.retranslate()

    def set_ready(self, ready: bool) -> None:
        """Allow everything that is not allowed at times only, or nothing but to quit."""
        for name in _KEYS:
            if name not in _AT_TIMES:
                getattr(self, name).setEnabled(ready or name == "quit")

    start_stop: QAction
    pause: QAction
    activity_1: QAction
    activity_2: QAction
    activity_3: QAction
    activity_4: QAction
    activity_5: QAction
    undo: QAction
    open_file: QAction
    open_folder: QAction
    open_stream: QAction
    demo: QAction
    choose_source: QAction
    refresh: QAction
    mirror: QAction
    four: QAction
    quiet: QAction
    theme: QAction
    present: QAction
    leave: QAction
    history: QAction
    settings: QAction
    menu: QAction
    shortcuts: QAction
    self_check: QAction
    about: QAction
    quit: QAction

    def all(self) -> list[QAction]:
        """Return every action, in the order of the overview; a key that marks nothing is left out."""
        unused = {f"activity_{key}" for key, kind in enumerate(self._activities, start=1) if not kind}
        return [getattr(self, name) for name in _KEYS if name not in unused]

    def activities(self) -> list[QAction]:
        """Return those that start an activity, key 1 first."""
        return [getattr(self, f"activity_{key}") for key in range(1, 6)]

    def name_activities(self, kinds: Sequence[str]) -> None:
        """Say which activity each key starts."""
        self._activities = tuple(kinds)
        self.retranslate()

    def asking(self) -> list[QAction]:
        """Return those that open a menu or a dialog: out of place in a presentation."""
        return [
            self.open_file,
            self.open_folder,
            self.open_stream,
            self.choose_source,
            self.history,
            self.settings,
            self.menu,
            self.shortcuts,
            self.self_check,
            self.about,
        ]

    def retranslate(self) -> None:
        """Say everything again in the language in use."""
        words = {
            "start_stop": self.tr("Start or stop the session"),
            "pause": self.tr("Pause or resume the session"),
            **self._activity_words(),
            "undo": self.tr("Take the last activity back"),
            "open_file": self.tr("Open a video or picture\u2026"),
            "open_folder": self.tr("Open a folder of pictures\u2026"),
            "open_stream": self.tr("Open a stream address\u2026"),
            "demo": self.tr("Demo classroom"),
            "choose_source": self.tr("Choose a source"),
            "refresh": self.tr("Look for cameras again"),
            "mirror": self.tr("Mirror the camera picture"),
            "four": self.tr("Show four emotions instead of seven"),
            "quiet": self.tr("Quiet: read faces only five times a second"),
            "theme": self.tr("Switch between light and dark"),
            "present": self.tr("Presentation"),
            "leave": self.tr("Leave the presentation"),
            "history": self.tr("History"),
            "settings": self.tr("Settings\u2026"),
            "menu": self.tr("Menu"),
            "shortcuts": self.tr("Keyboard shortcuts"),
            "self_check": self.tr("Self-check"),
            "about": self.tr("About Classmood"),
            "quit": self.tr("Quit"),
        }
        for name, text in words.items():
            action: QAction = getattr(self, name)
            action.setText(text)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text} ({keys})" if keys else text)

    def _activity_words(self) -> dict[str, str]:
        said = self.tr("Activity: {name}")
        return {
            f"activity_{key}": said.format(name=activity_name(kind)).replace("&", "&&")
            for key, kind in enumerate(self._activities, start=1)
        }
