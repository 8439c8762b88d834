"""The fields of the activity chosen on the timeline: when it starts, its name, what can be done to it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from desktop.segments import KIND_LIMIT, KINDS, Segment
from desktop.ui.dialog_parts import push_button, scaled
from desktop.ui.words import activity_kind, activity_name, duration, parse_duration


class SegmentForm(QWidget):
    """Shows one segment; whoever owns it changes the markers."""

    start_typed = Signal(int)  # second
    kind_chosen = Signal(str)
    add_requested = Signal()
    merge_requested = Signal()
    delete_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._segment: Segment | None = None
        self._captions = (QLabel(), QLabel())
        self.start = QLineEdit()
        self.start.setMaximumWidth(scaled(self, 100))
        self.kind = QComboBox()
        self.kind.setLineEdit(line := QLineEdit())
        self.kind.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.kind.setMinimumWidth(scaled(self, 190))
        line.setMaxLength(KIND_LIMIT)
        for _ in KINDS:
            self.kind.addItem("")
        self.add_button = push_button("", self.add_requested.emit)
        self.merge_button = push_button("", self.merge_requested.emit)
        self.delete_button = push_button("", self.delete_requested.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for caption, field in zip(self._captions, (self.start, self.kind), strict=True):
            caption.setBuddy(field)
            row.addWidget(caption)
            row.addWidget(field)
        row.addStretch()
        for button in (self.add_button, self.merge_button, self.delete_button):
            row.addWidget(button)
        self.start.editingFinished.connect(self._on_start_typed)
        self.start.textEdited.connect(lambda: self._mark_start(valid=True))
        self.kind.activated.connect(self._on_kind_chosen)
        line.editingFinished.connect(self._on_kind_chosen)

    def show_segment(self, segment: Segment | None, *, marked: bool) -> None:
        """Show a segment; `marked` if it begins with a marker, which can be moved and taken away."""
        self._segment = segment
        self._mark_start(valid=True)
        self.start.setText("" if segment is None else duration(segment.start))
        self.kind.setEditText("" if segment is None else activity_name(segment.kind))
        self.start.setEnabled(marked)
        self.kind.setEnabled(segment is not None)
        self.add_button.setEnabled(segment is not None and segment.end - segment.start > 1)
        self.merge_button.setEnabled(marked and segment is not None and segment.start > 0)
        self.delete_button.setEnabled(marked and segment is not None and bool(segment.kind))

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        segment = self._segment
        for place, kind in enumerate(KINDS):
            self.kind.setItemText(place, activity_name(kind))
        self.kind.setEditText("" if segment is None else activity_name(segment.kind))
        self._captions[0].setText(self.tr("Starts at"))
        self._captions[1].setText(self.tr("Activity"))
        self.start.setAccessibleName(self.tr("Start of the chosen activity"))
        self.kind.setAccessibleName(self.tr("Name of the chosen activity"))
        self.add_button.setText(self.tr("Add"))
        self.merge_button.setText(self.tr("Merge"))
        self.delete_button.setText(self.tr("Delete"))
        self.add_button.setToolTip(self.tr("Start another activity in the middle of the chosen one"))
        self.merge_button.setToolTip(self.tr("Give the chosen time to the activity before (Backspace)"))
        self.delete_button.setToolTip(self.tr("Say that there was no such activity (Del)"))

    def _on_start_typed(self) -> None:
        second = parse_duration(self.start.text())
        self._mark_start(valid=second is not None)
        if second is not None and self.start.isEnabled():
            self.start_typed.emit(second)

    def _mark_start(self, *, valid: bool) -> None:
        self.start.setProperty("invalid", not valid)
        self.start.style().polish(self.start)

    def _on_kind_chosen(self) -> None:
        text = self.kind.currentText()
        if self._segment is not None and text != activity_name(self._segment.kind):
            self.kind_chosen.emit(activity_kind(text))
