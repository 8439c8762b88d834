"""Settings page: how faces are found and read."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSlider,
    QWidget,
)

from desktop.settings import Settings
from desktop.ui.dialog_parts import paragraph
from desktop.ui.model_row import ModelRow
from desktop.ui.parts import WindowParts
from desktop.ui.settings_page import Column
from desktop.ui.words import DETECTORS, detector_hint, detector_name, percent
from models.downloads import DOWNLOADS


class AnalysisPage(Column):
    """Detector, emotions, threshold of "unsure", smoothing."""

    model_arrived = Signal()  # a detector's file is there now

    def __init__(self, parts: WindowParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_row = ModelRow(parts)
        self.model_row.arrived.connect(self.model_arrived)
        self.detectors = {name: QRadioButton() for name in DETECTORS}
        self._hints = {name: paragraph("muted") for name in DETECTORS}
        self._captions = [QLabel() for _ in range(4)]
        self._captions[0].setProperty("role", "title")
        self._column.addWidget(self._captions[0])
        for name, button in self.detectors.items():
            self._hints[name].setContentsMargins(26, 0, 0, 4)
            self._column.addWidget(button)
            self._column.addWidget(self._hints[name])
            if name in DOWNLOADS:
                self._column.addWidget(self.model_row)
        self.emotions = QComboBox()
        self.emotions.addItem("", 7)
        self.emotions.addItem("", 4)
        self.unsure = QSlider(Qt.Orientation.Horizontal)
        self.unsure.setRange(0, 90)
        self.unsure.setPageStep(5)
        self._unsure_value = QLabel()
        self._unsure_value.setMinimumWidth(44)
        self._unsure_value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.unsure.valueChanged.connect(lambda value: self._unsure_value.setText(percent(value / 100)))
        threshold = QWidget()
        row = QHBoxLayout(threshold)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.unsure, 1)
        row.addWidget(self._unsure_value)
        self._unsure_hint = paragraph("muted")
        self.smoothing = QDoubleSpinBox()
        self.smoothing.setRange(0, 10)
        self.smoothing.setSingleStep(0.1)
        self.smoothing.setDecimals(1)
        self.smoothing.setMaximumWidth(130)
        self.smoothing.lineEdit().setTextMargins(7, 0, 0, 0)
        self._smoothing_hint = paragraph("muted")
        self.quiet = QCheckBox()
        self._quiet_hint = paragraph("muted")
        self._row(self._captions[1], self.emotions)
        self._row(self._captions[2], threshold, self._unsure_hint)
        self._row(self._captions[3], self.smoothing, self._smoothing_hint)
        self._column.addSpacing(10)
        self._column.addWidget(self.quiet)
        self._quiet_hint.setContentsMargins(26, 0, 0, 4)
        self._column.addWidget(self._quiet_hint)
        self._column.addStretch()

    def load(self, settings: Settings) -> None:
        """Show the analysis section."""
        analysis = settings.analysis
        self.detectors[analysis.detector].setChecked(True)
        self.emotions.setCurrentIndex(self.emotions.findData(analysis.emotions))
        self.unsure.setValue(round(analysis.unsure_below * 100))
        self._unsure_value.setText(percent(analysis.unsure_below))
        self.smoothing.setValue(analysis.smoothing_s)
        self.quiet.setChecked(analysis.quiet)

    def store(self, settings: Settings) -> None:
        """Write the analysis section; a value that was not touched keeps its digits."""
        analysis = settings.analysis
        chosen = next(name for name, button in self.detectors.items() if button.isChecked())
        setattr(analysis, "detector", chosen)  # noqa: B010  # validated by the model
        analysis.emotions = self.emotions.currentData()
        analysis.quiet = self.quiet.isChecked()
        if self.unsure.value() != round(analysis.unsure_below * 100):
            analysis.unsure_below = self.unsure.value() / 100
        if abs(self.smoothing.value() - analysis.smoothing_s) > 0.05:
            analysis.smoothing_s = round(self.smoothing.value(), 1)

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        captions = (
            self.tr("How faces are found"),
            self.tr("Emotions"),
            self.tr("Say \u201cunsure\u201d below a confidence of"),
            self.tr("Smoothing over time"),
        )
        for label, words in zip(self._captions, captions, strict=True):
            label.setText(words)
        for name, button in self.detectors.items():
            button.setText(detector_name(name))
            self._hints[name].setText(detector_hint(name))
        self.model_row.retranslate()
        self.emotions.setItemText(0, self.tr("Seven: angry, disgust, fear, happy, neutral, sad, surprise"))
        self.emotions.setItemText(1, self.tr("Four: happy, neutral, sad, surprise"))
        self.emotions.setAccessibleName(captions[1])
        self.unsure.setAccessibleName(captions[2])
        self.smoothing.setAccessibleName(captions[3])
        self.smoothing.setSuffix(self.tr(" s"))
        self._unsure_hint.setText(self.tr("Higher: fewer labels, but more of them are right."))
        self.quiet.setText(self.tr("Quiet"))
        self._quiet_hint.setText(
            self.tr(
                "Read faces only five times a second, for a computer that is to stay cool and silent. The "
                "picture follows at that pace; the figures of a lesson stay right."
            )
        )
        self._smoothing_hint.setText(self.tr("Longer: calmer labels that follow a change later."))
