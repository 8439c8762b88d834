"""Activities while a session runs: which one it is, a button and a key for each, and undo."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.segments import UNMARKED, Markers
from desktop.ui.dialog_parts import follow_look
from desktop.ui.icons import Icons
from desktop.ui.plain import plain_tip
from desktop.ui.words import activity_name

_COLUMNS = 2
_HEAD_SPACING = 8


class ActivityBar(QWidget):
    """Shows and starts activities; whoever owns it decides what a click does."""

    chosen = Signal(str)  # kind
    undo_requested = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._names: tuple[str, ...] = ()
        self._current = UNMARKED
        self._caption = QLabel()
        self._caption.setProperty("role", "caption")
        self.current = QLabel()
        self.current.setProperty("role", "title")
        self.current.setTextFormat(Qt.TextFormat.PlainText)
        self.current.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.undo_button = QPushButton()
        self.undo_button.setProperty("kind", "link")
        self.undo_button.setAutoDefault(False)
        self.undo_button.setIconSize(QSize(16, 16))
        self.undo_button.clicked.connect(self.undo_requested)
        policy = self.undo_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.undo_button.setSizePolicy(policy)
        self.buttons: list[QPushButton] = []
        head = QHBoxLayout()
        head.setSpacing(_HEAD_SPACING)
        head.addWidget(self._caption)
        head.addWidget(self.current, 1)
        head.addWidget(self.undo_button)
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(self._grid)
        self.show_markers(())
        self._restyle()
        self._retranslate()

    def show_names(self, names: Sequence[str]) -> None:
        """Offer these kinds, the first under key 1; an empty one has no button."""
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        for kind in filter(None, self._names):
            button = QPushButton()
            button.setProperty("kind", "activity")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, kind=kind: self._on_clicked(kind))
            place = len(self.buttons)
            self._grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
            self.buttons.append(button)
        self._retranslate()

    def show_markers(self, markers: Markers) -> None:
        """Show which activity runs, and undo if there is something to take back."""
        self._current = markers[-1].kind if markers else UNMARKED
        self.undo_button.setVisible(bool(markers))
        self._show_current()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        follow_look(event, self._restyle, self._retranslate)
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten names to the room there is."""
        super().resizeEvent(event)
        self._show_current()

    def _kinds(self) -> list[tuple[int, str]]:
        return [(key, kind) for key, kind in enumerate(self._names, start=1) if kind]

    def _on_clicked(self, kind: str) -> None:
        self._show_current()  # a button stays down only if the session says so
        self.chosen.emit(kind)

    def _show_current(self) -> None:
        room = max(60, self.width() // _COLUMNS - 36)
        for button, (key, kind) in zip(self.buttons, self._kinds(), strict=True):
            name = activity_name(kind)
            text = button.fontMetrics().elidedText(f"{key}  {name}", Qt.TextElideMode.ElideRight, room)
            button.setText(text.replace("&", "&&"))
            tip = self.tr("{activity} starts now (key {key})").format(activity=name, key=key)
            button.setToolTip(plain_tip(tip))
            button.setAccessibleName(name)
            button.setChecked(kind == self._current)
        name = activity_name(self._current)
        metrics = self.current.fontMetrics()
        self.current.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, self._room_for_current()))
        self.current.setToolTip(plain_tip(name))

    def _room_for_current(self) -> int:
        beside = self._caption.sizeHint().width() + self.undo_button.sizeHint().width() + 2 * _HEAD_SPACING
        return max(60, self.width() - beside)

    def _restyle(self) -> None:
        ink = self.palette().color(QPalette.ColorRole.Highlight)
        self.undo_button.setIcon(self._icons.icon("undo", ink))

    def _retranslate(self) -> None:
        self._caption.setText(self.tr("Activity:"))
        self.undo_button.setText(self.tr("Undo"))
        self.undo_button.setToolTip(self.tr("Take the last activity back (Ctrl+Z)"))
        self.setAccessibleName(self.tr("Activity"))
        self._show_current()


class ActivityKeys(QObject):
    """Lets the keys work while a session runs, and only then."""

    chosen = Signal(str)  # kind

    def __init__(self, keys: Sequence[QAction], undo: QAction) -> None:
        super().__init__(undo)
        self._keys = tuple(keys)
        self._undo = undo
        self._names: tuple[str, ...] = ()
        self._running = False
        for number, action in enumerate(self._keys):
            action.triggered.connect(lambda _=False, number=number: self.chosen.emit(self._names[number]))
        self.show_names(("",) * len(self._keys))
        self.show_markers(())

    def show_names(self, names: Sequence[str]) -> None:
        """Mark these kinds, the first with key 1."""
        self._names = tuple(names)
        self._enable()

    def show_running(self, running: bool) -> None:
        """Work during a session, rest without one."""
        self._running = running
        self._enable()

    def show_markers(self, markers: Markers) -> None:
        """Allow undo if there is something to take back."""
        self._undo.setEnabled(bool(markers))

    def _enable(self) -> None:
        for action, name in zip(self._keys, self._names, strict=True):
            action.setEnabled(self._running and bool(name))
