"""The settings dialog: five pages, applied at once, with what is wrong said where it is."""

from collections.abc import Sequence
from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.capture.cameras import Camera
from desktop.settings import Settings
from desktop.ui.dialog_parts import paragraph, scaled
from desktop.ui.parts import WindowParts
from desktop.ui.settings_activities import ActivitiesPage
from desktop.ui.settings_analysis import AnalysisPage
from desktop.ui.settings_camera import CameraPage
from desktop.ui.settings_storage import StoragePage
from desktop.ui.settings_view import ViewPage

_Page = TypeVar("_Page", CameraPage, AnalysisPage, ActivitiesPage, ViewPage, StoragePage)
Page = CameraPage | AnalysisPage | ActivitiesPage | ViewPage | StoragePage
_Buttons = QDialogButtonBox.StandardButton


class SettingsDialog(QDialog):
    """Emits settings only when every value is valid; a page is made when it is first looked at."""

    settings_changed = Signal(object)  # Settings
    model_arrived = Signal()  # a detector's file is there now
    erased = Signal()  # everything was deleted

    def __init__(
        self, settings: Settings, parts: WindowParts, parent: QWidget | None = None, *, at_rest: bool = True
    ) -> None:
        """Let the database be changed only `at_rest`, while no session is recorded into it."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings.model_copy(deep=True)
        self._parts = parts
        self._at_rest = at_rest
        self._stack = QStackedWidget(self)
        self._pages: list[Page] = []  # those that were looked at
        self.list = QListWidget()
        self.list.setObjectName("pages")
        self.list.setFixedWidth(scaled(self, 168))
        for _ in range(5):
            self.list.addItem("")
        self.list.currentRowChanged.connect(self._on_row_changed)
        self.problem_label = paragraph("error")
        self.buttons = QDialogButtonBox(_Buttons.Ok | _Buttons.Cancel | _Buttons.Apply)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(_Buttons.Apply).clicked.connect(self.apply)
        self.buttons.button(_Buttons.Ok).setProperty("kind", "primary")
        for button in self.buttons.buttons():
            button.setIcon(QIcon())  # some desktops put a picture of their own there
        self._lay_out()
        self._retranslate()
        self.list.setCurrentRow(0)

    @cached_property
    def camera(self) -> CameraPage:
        """Return the first page."""
        return self._made(CameraPage(self._stack))

    @cached_property
    def analysis(self) -> AnalysisPage:
        """Return the second page."""
        page = AnalysisPage(self._parts, self._stack)
        page.model_arrived.connect(self.model_arrived)
        return self._made(page)

    @cached_property
    def activities(self) -> ActivitiesPage:
        """Return the third page."""
        return self._made(ActivitiesPage(self._stack))

    @cached_property
    def view(self) -> ViewPage:
        """Return the fourth page."""
        return self._made(ViewPage(self._stack))

    @cached_property
    def storage(self) -> StoragePage:
        """Return the fifth page."""
        page = StoragePage(self._parts, self._stack)
        page.set_at_rest(self._at_rest)
        page.erase.erased.connect(self.erased)
        return self._made(page)

    def show_cameras(self, cameras: Sequence[Camera]) -> None:
        """Offer the cameras that were found."""
        self.camera.show_cameras(cameras)

    def apply(self) -> bool:
        """Use what is shown; False if something is wrong."""
        if not self._check():
            return False
        changed = self._settings.model_copy(deep=True)
        for page in self._pages:
            page.store(changed)
        self._settings = changed
        self.settings_changed.emit(changed.model_copy(deep=True))
        return True

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _made(self, page: _Page) -> _Page:
        page.retranslate()
        page.load(self._settings)
        page.changed.connect(self._check)
        self._pages.append(page)
        self._stack.addWidget(page)
        return page

    def _on_row_changed(self, row: int) -> None:
        page: Page
        match row:
            case 1:
                page = self.analysis
            case 2:
                page = self.activities
            case 3:
                page = self.view
            case 4:
                page = self.storage
            case _:
                page = self.camera
        self._stack.setCurrentWidget(page)

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(20)
        middle.addWidget(self.list)
        middle.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(middle, 1)
        layout.addWidget(self.problem_label)
        layout.addWidget(self.buttons)
        self.resize(scaled(self, 720), scaled(self, 540))

    def _on_accepted(self) -> None:
        if self.apply():
            self.accept()

    def _check(self) -> bool:
        problem = next((text for text in (page.problem() for page in self._pages) if text), "")
        self.problem_label.setText(problem)
        self.problem_label.setVisible(bool(problem))
        for button in (_Buttons.Ok, _Buttons.Apply):
            self.buttons.button(button).setEnabled(not problem)
        return not problem

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Settings"))
        names = (
            self.tr("Camera"),
            self.tr("Analysis"),
            self.tr("Activities"),
            self.tr("View"),
            self.tr("Storage"),
        )
        for row, name in enumerate(names):
            self.list.item(row).setText(name)
        self.list.setAccessibleName(self.tr("Sections"))
        for page in self._pages:
            page.retranslate()
        self.buttons.button(_Buttons.Ok).setText(self.tr("OK"))
        self.buttons.button(_Buttons.Cancel).setText(self.tr("Cancel"))
        self.buttons.button(_Buttons.Apply).setText(self.tr("Apply"))
        self._check()
