"""The bar at the top: source, detector, presentation, settings, menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QPalette
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from desktop.ui.actions import Actions
from desktop.ui.dialog_parts import follow_look
from desktop.ui.icons import Icons
from desktop.ui.plain import plain_tip
from desktop.ui.source_menu import SourceMenu
from desktop.ui.words import DETECTORS, detector_hint, detector_name, source_name

if TYPE_CHECKING:  # loaded after the window is on the screen
    from desktop.capture.frame import SourceInfo

_KIND_ICONS = {"camera": "camera", "video": "video", "images": "image", "stream": "stream", "demo": "demo"}
_NAME_WIDTH = 260  # of the source's name, pixels


class HeaderBar(QToolBar):
    """What a teacher may change during a lesson."""

    detector_chosen = Signal(str)

    def __init__(self, actions: Actions, icons: Icons, sources: SourceMenu) -> None:
        super().__init__()
        self.setObjectName("mainBar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setIconSize(QSize(20, 20))
        self._actions = actions
        self._icons = icons
        self._source: SourceInfo | None = None
        self._detector = ""
        self._running = ""  # the detector that finds the faces right now
        self.source_button = self._button(sources)
        self._detectors = QMenu(self)
        self._detectors.setToolTipsVisible(True)
        self.detector_button = self._button(self._detectors)
        group = QActionGroup(self)
        for name in DETECTORS:
            action = group.addAction(name)
            action.setCheckable(True)
            action.setData(name)
            action.triggered.connect(lambda _, chosen=name: self.detector_chosen.emit(chosen))
            self._detectors.addAction(action)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(gap)
        self.addAction(actions.mirror)
        self.addAction(actions.present)
        self.addAction(actions.settings)
        self.main_menu = QMenu(self)
        self._fill_menu(actions)
        self.menu_button = self._button(self.main_menu)
        self.menu_button.setProperty("kind", "icon")
        self._retranslate()
        self._restyle()
        self.ensurePolished()  # else its margins are those of any bar until the theme changes
        QCoreApplication.sendEvent(self, QEvent(QEvent.Type.StyleChange))

    def show_source(self, source: SourceInfo | None) -> None:
        """Name the source."""
        self._source = source
        self._retranslate()
        self._restyle()

    def show_detector(self, detector: str) -> None:
        """Name the detector in use."""
        self._detector = detector
        for action in self._detectors.actions():
            action.setChecked(action.data() == detector)
        self._retranslate()

    def show_running(self, detector: str) -> None:
        """Say which detector finds the faces where the program chooses it."""
        if detector != self._running:
            self._running = detector
            self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        follow_look(event, self._restyle, self._retranslate)
        super().changeEvent(event)

    def _fill_menu(self, actions: Actions) -> None:
        for group in (
            [actions.start_stop, actions.pause],
            [actions.present, actions.four, actions.quiet, actions.theme],
            [actions.history],
            [actions.settings, actions.shortcuts, actions.self_check, actions.about],
            [actions.quit],
        ):
            self.main_menu.addActions(group)
            self.main_menu.addSeparator()

    def _button(self, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.addWidget(button)
        return button

    def _restyle(self) -> None:
        palette = self.palette()
        ink = palette.color(QPalette.ColorRole.Text)
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        kind = self._source.kind if self._source is not None else ""
        self.source_button.setIcon(self._icons.icon(_KIND_ICONS.get(kind, "camera"), ink))
        self.detector_button.setIcon(self._icons.icon("face", ink))
        self.menu_button.setIcon(self._icons.icon("menu", ink))
        for action, name in (
            (self._actions.mirror, "mirror"),
            (self._actions.present, "fullscreen"),
            (self._actions.settings, "settings"),
            (self._actions.shortcuts, "keyboard"),
            (self._actions.about, "info"),
            (self._actions.quit, "power"),
        ):
            action.setIcon(self._icons.icon(name, ink, muted))

    def _retranslate(self) -> None:
        name = self.tr("Choose a source") if self._source is None else source_name(self._source)
        metrics = self.source_button.fontMetrics()
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_WIDTH)
        self.source_button.setText(shown.replace("&", "&&"))
        self.source_button.setToolTip(plain_tip(self.tr("Source of the picture") + f": {name}"))
        self.source_button.setAccessibleName(self.tr("Source of the picture"))
        for action in self._detectors.actions():
            action.setText(detector_name(action.data()))
            action.setToolTip(detector_hint(action.data()))
        if self._detector:
            name = detector_name(self._detector)
            if self._detector == "auto" and self._running in DETECTORS:
                name += f": {detector_name(self._running)}"
            self.detector_button.setText(name)
            self.detector_button.setToolTip(detector_hint(self._detector))
        self.detector_button.setAccessibleName(self.tr("Face detector"))
        self.menu_button.setToolTip(self.tr("Menu") + " (F10)")
        self.menu_button.setAccessibleName(self.tr("Menu"))
