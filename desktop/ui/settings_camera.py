"""Settings page: where the picture comes from."""

import re
from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget

from desktop.capture.cameras import Camera
from desktop.settings import Settings
from desktop.ui.dialog_parts import paragraph
from desktop.ui.settings_page import Column
from desktop.ui.source_menu import RESOLUTIONS, camera_spec

_SIZE = re.compile(r"\s*(\d{1,5})\s*[x\u00d7х*]\s*(\d{1,5})\s*", re.IGNORECASE)  # also the Cyrillic letter
_DEMO = "demo"


class CameraPage(Column):
    """Source, resolution, mirror."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source = QComboBox()
        self.source.setEditable(True)
        self.source.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.resolution = QComboBox()
        self.resolution.setEditable(True)
        self.resolution.addItems([f"{width} \u00d7 {height}" for width, height in RESOLUTIONS])
        self.mirror = QCheckBox()
        self._captions = (QLabel(), QLabel())
        self._hint = paragraph("muted")
        self._row(self._captions[0], self.source, self._hint)
        self._row(self._captions[1], self.resolution)
        self._row(None, self.mirror)
        self._column.addStretch()
        self._cameras: list[Camera] = []
        self.source.editTextChanged.connect(self.changed)
        self.resolution.editTextChanged.connect(self.changed)
        self._fill("")

    def show_cameras(self, cameras: Sequence[Camera]) -> None:
        """Offer the cameras that were found."""
        kept = self._spec()
        self._cameras = list(cameras)
        self._fill(kept)

    def load(self, settings: Settings) -> None:
        """Show the camera section."""
        self._fill(settings.camera.source)
        self.resolution.setCurrentText(f"{settings.camera.width} \u00d7 {settings.camera.height}")
        self.mirror.setChecked(settings.camera.mirror)

    def store(self, settings: Settings) -> None:
        """Write the camera section; call it only without a problem."""
        match = _SIZE.fullmatch(self.resolution.currentText())
        if match:
            settings.camera.width, settings.camera.height = int(match[1]), int(match[2])
        settings.camera.source = self._spec()
        settings.camera.mirror = self.mirror.isChecked()

    def problem(self) -> str:
        """Return what is wrong with the resolution."""
        match = _SIZE.fullmatch(self.resolution.currentText())
        if match is None:
            return self.tr("Resolution: write width and height, for example 1280 \u00d7 720.")
        if not (160 <= int(match[1]) <= 7680 and 120 <= int(match[2]) <= 4320):
            return self.tr("Resolution: from 160 \u00d7 120 to 7680 \u00d7 4320.")
        return ""

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self._captions[0].setText(self.tr("Picture from"))
        self._captions[1].setText(self.tr("Resolution"))
        self.source.setAccessibleName(self.tr("Picture from"))
        self.resolution.setAccessibleName(self.tr("Resolution"))
        self._hint.setText(
            self.tr(
                "A camera, the path of a video, picture or folder, or a stream address (rtsp:// or http://)."
            )
        )
        self.mirror.setText(self.tr("Mirror the camera picture, like a looking glass"))
        self._fill(self._spec())

    def _fill(self, spec: str) -> None:
        self.source.blockSignals(True)
        self.source.clear()
        self.source.addItem(self.tr("First camera, else the demo classroom"), "")
        for camera in self._cameras:
            self.source.addItem(camera.name, camera_spec(camera, self._cameras))
        self.source.addItem(self.tr("Demo classroom"), _DEMO)
        place = self.source.findData(spec)
        if place >= 0:
            self.source.setCurrentIndex(place)
        else:
            self.source.setEditText(spec)
        self.source.blockSignals(False)

    def _spec(self) -> str:
        text = self.source.currentText()
        place = self.source.findText(text)
        return str(self.source.itemData(place)) if place >= 0 else text.strip()
