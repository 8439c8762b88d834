"""The strip at the bottom: source, frames per second, latency, dropped frames, faces, database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desktop.ui.plain import plain_label, plain_tip
from desktop.ui.words import faces, source_name
from desktop.workers.state import LiveStats

if TYPE_CHECKING:  # loaded after the window is on the screen
    from desktop.capture.frame import SourceInfo

_SPACING, _SIDE = 18, 14
_NAME_WIDTH = 240  # of the source's name that stays, whatever else there is to say


class StatusStrip(QFrame):
    """Quiet figures; only trouble is in colour. Those for which a narrow window has no room are left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusStrip")
        self._source: SourceInfo | None = None
        self._size: tuple[int, int] | None = None
        self._stats: LiveStats | None = None
        self._recording: bool | None = None  # None: nothing is known of the database yet
        self._storage_error = ""
        self.source_label = plain_label()
        self.rate_label = QLabel()
        self.latency_label = QLabel()
        self.dropped_label = QLabel()
        self.pace_label = QLabel()
        self.faces_label = QLabel()
        self.storage_label = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_SIDE, 5, _SIDE, 6)
        layout.setSpacing(_SPACING)
        layout.addWidget(self.source_label, 1)
        layout.addWidget(self.pace_label)
        for label in (self.faces_label, self.rate_label, self.latency_label, self.dropped_label):
            layout.addWidget(label)
        layout.addWidget(self.storage_label)
        self._retranslate()

    def show_source(self, info: SourceInfo | None) -> None:
        """Name the source."""
        self._source = info
        self._size = None if info is None else info.size
        self._stats = None
        self._retranslate()

    def show_stats(self, stats: LiveStats, size: tuple[int, int] | None) -> None:
        """Show figures and the size of the newest picture."""
        self._stats = stats
        self._size = size or self._size
        self._retranslate()

    def show_storage(self, *, recording: bool, error: str) -> None:
        """Say whether the session is being saved."""
        self._recording, self._storage_error = recording, error
        self._retranslate()

    def minimumSizeHint(self) -> QSize:
        """Leave the width to the window: what does not fit is left out."""
        return QSize(0, super().minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show what there is room for, trouble first, and shorten the source's name by the rest."""
        name = self._source_name()
        metrics = self.source_label.fontMetrics()
        least = min(_NAME_WIDTH, metrics.horizontalAdvance(name) + 1)
        room = self.width() - 2 * _SIDE - least
        figures = (self.faces_label, self.rate_label, self.latency_label, self.dropped_label)
        for label in (self.pace_label, self.storage_label, *figures):
            needed = label.sizeHint().width() + _SPACING if label.text() else 0
            label.setVisible(0 < needed <= room)
            room -= needed  # what comes after one that has no room has none either
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, least + max(0, room))
        self.source_label.setText(shown)
        self.source_label.setToolTip("" if shown == name else plain_tip(name))

    def _source_name(self) -> str:
        name = self.tr("No source") if self._source is None else source_name(self._source)
        return name if self._size is None else f"{name} \u00b7 {self._size[0]}\u00d7{self._size[1]}"

    def _show_pace(self) -> None:
        """Say when fewer frames are analysed than come, and why."""
        stats = self._stats
        words = tip = ""
        times = round(stats.analysed_hz) if stats is not None else 0
        if stats is not None and stats.pace == "slow":
            words = self.tr("Computer too slow: %n reading(s) a second", "", times)
            tip = self.tr(
                "So often faces are found and read. The picture stays smooth, the boxes are carried on in "
                "between. The rate rises by itself as soon as the computer has time."
            )
        elif stats is not None and stats.pace == "quiet":
            words = self.tr("Quiet: %n reading(s) a second", "", times)
            tip = self.tr(
                "So often faces are found and read. The picture shows just these frames, so that the "
                "computer stays cool."
            )
        self.pace_label.setText(words)
        self.pace_label.setToolTip(tip)
        state = "warn" if stats is not None and stats.pace == "slow" else ""
        if self.pace_label.property("state") != state:
            self.pace_label.setProperty("state", state)
            self.pace_label.style().unpolish(self.pace_label)
            self.pace_label.style().polish(self.pace_label)

    def _retranslate(self) -> None:
        stats = self._stats
        if stats is None:
            for label in (self.rate_label, self.latency_label, self.dropped_label, self.faces_label):
                label.clear()
        else:
            self.faces_label.setText(faces(stats.faces))
            self.rate_label.setText(self.tr("{number} frames/s").format(number=round(stats.fps)))
            self.latency_label.setText(self.tr("{number} ms").format(number=round(stats.latency_ms)))
            self.dropped_label.setText(self.tr("%n dropped", "", stats.dropped))
        self._show_pace()
        self.latency_label.setToolTip(self.tr("Latency: from the camera to the window"))
        self.dropped_label.setToolTip(self.tr("Frames that came while an earlier one was being analysed"))
        if self._storage_error:
            storage = self.tr("Not saved")
        elif self._recording:
            storage = self.tr("Saving the session")
        else:
            storage = "" if self._recording is None else self.tr("Database ready")
        self.storage_label.setText(storage)
        self.storage_label.setToolTip(plain_tip(self._storage_error))
        state = "bad" if self._storage_error else "good"
        if self.storage_label.property("state") != state:
            self.storage_label.setProperty("state", state)
            self.storage_label.style().unpolish(self.storage_label)
            self.storage_label.style().polish(self.storage_label)
        self._fit()
