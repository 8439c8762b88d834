"""The settings dialog: five pages, applied at once, with what is wrong said where it is."""

from collections.abc import Sequence

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

Page = CameraPage | AnalysisPage | ActivitiesPage | ViewPage | StoragePage
_Buttons = QDialogButtonBox.StandardButton


class SettingsDialog(QDialog):
    """Emits settings only when every value is valid."""

    settings_changed = Signal(object)  # Settings
    model_arrived = Signal()  # a detector's file is there now

    def __init__(self, settings: Settings, parts: WindowParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings.model_copy(deep=True)
        self._stack = stack = QStackedWidget(self)
        self.camera, self.analysis, self.view = CameraPage(stack), AnalysisPage(parts, stack), ViewPage(stack)
        self.storage = StoragePage(parts, stack)
        self.activities = ActivitiesPage(stack)
        self.analysis.model_arrived.connect(self.model_arrived)
        self._pages: tuple[Page, ...] = (
            self.camera,
            self.analysis,
            self.activities,
            self.view,
            self.storage,
        )
        self.list = QListWidget()
        self.list.setObjectName("pages")
        self.list.setFixedWidth(scaled(self, 168))
        for page in self._pages:
            self.list.addItem("")
            self._stack.addWidget(page)
            page.changed.connect(self._check)
        self.list.currentRowChanged.connect(self._stack.setCurrentIndex)
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
        for page in self._pages:
            page.load(self._settings)
        self.list.setCurrentRow(0)
        self._check()

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
