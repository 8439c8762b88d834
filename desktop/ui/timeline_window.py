"""Corrects the activities of a stored session: borders, names, merging, deleting, adding; with undo."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QUndoCommand, QUndoStack
from PySide6.QtWidgets import (
    QDialog,
    QVBoxLayout,
    QWidget,
)

from desktop.segments import (
    Marker,
    Markers,
    Segment,
    delete,
    merge,
    move,
    ordered,
    rename,
)
from desktop.store import SessionRecord, StoredSession
from desktop.ui.banners import Banners
from desktop.ui.dialog_parts import button_row, headline, paragraph, push_button, scaled
from desktop.ui.history_model import local_time
from desktop.ui.parts import WindowParts
from desktop.ui.segment_form import SegmentForm
from desktop.ui.timeline_view import TimelineView, marker_of
from models.errors import Sentence


class TimelineWindow(QDialog):
    """Edits a copy of the markers; they are stored when the user saves."""

    saved = Signal(str)  # session id

    def __init__(self, parts: WindowParts, record: SessionRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._parts = parts
        self._record = record
        self._end = 0
        self._markers: Markers = ()
        self._current = 0  # segment
        self._stack = QUndoStack(self)
        self.banners = Banners(parts.icons)
        self._headline = headline(1.25)
        self._hint = paragraph("muted")
        self.view = TimelineView()
        self.form = SegmentForm()
        self.undo_button = push_button("", self._stack.undo)
        self.redo_button = push_button("", self._stack.redo)
        self.cancel_button = push_button("", self.reject)
        self.save_button = push_button("primary", self._on_save)
        self._lay_out()
        self._connect()
        self._retranslate()
        self._show()
        parts.library.ask(self, lambda store: store.load(record.id), self._on_loaded, self._on_failed)

    @property
    def markers(self) -> Markers:
        """Return the markers as they are now."""
        return self._markers

    def show_markers(self, markers: Markers, current: int) -> None:
        """Show what an edit, its undoing or its redoing left."""
        self._markers, self._current = markers, current
        self._show()

    def reject(self) -> None:
        """Close; ask first if something would be lost."""
        if not self._stack.isClean():
            answer = self._parts.prompts.save_changes(self)
            if answer == "save":
                self._on_save()
            if answer != "discard":
                return
        super().reject()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(self.banners)
        layout.addWidget(self._headline)
        layout.addWidget(self._hint)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.form)
        layout.addLayout(
            button_row(self.undo_button, self.redo_button, None, self.cancel_button, self.save_button)
        )
        self.resize(scaled(self, 940), scaled(self, 440))

    def _connect(self) -> None:
        self.view.selected.connect(self._on_selected)
        self.view.border_moved.connect(self._on_border_moved)
        self.view.split_requested.connect(self._split)
        self.view.delete_requested.connect(self._on_delete)
        self.view.merge_requested.connect(self._on_merge)
        self.form.start_typed.connect(self._on_start_typed)
        self.form.kind_chosen.connect(self._on_kind_chosen)
        self.form.add_requested.connect(self._on_add)
        self.form.merge_requested.connect(self._on_merge)
        self.form.delete_requested.connect(self._on_delete)
        self._stack.indexChanged.connect(self._show_buttons)
        self._stack.cleanChanged.connect(self._show_buttons)

    def _segment(self) -> Segment | None:
        shown = self.view.segments()
        return shown[self._current] if self._current < len(shown) else None

    def _marker(self) -> int | None:
        segment = self._segment()
        return None if segment is None else marker_of(self._markers, segment)

    def _change(self, markers: Markers, second: int) -> None:
        """Make an edit that can be undone; the segment that holds `second` is chosen afterwards."""
        if markers == self._markers:
            self._show()
            return
        before = (self._markers, self._current)
        self.view.show_markers(markers, 0)
        shown = self.view.segments()
        current = next((n for n, each in enumerate(shown) if each.start <= second < each.end), 0)
        self._stack.push(_Edit(self, before, (markers, current)))

    def _on_loaded(self, session: StoredSession) -> None:
        self._end = session.end_second
        self.view.show_lesson(session.intervals, self._end)
        self.show_markers(session.markers, 0)
        self._show_hint()
        self.view.setFocus()

    def _on_failed(self, words: Sentence) -> None:
        self.banners.say("store", "error", words)
        self._show()

    def _on_selected(self, segment: int) -> None:
        self.show_markers(self._markers, segment)

    def _on_border_moved(self, marker: int, second: int) -> None:
        moved = move(self._markers, marker, second, self._end)
        self._change(moved, moved[marker].second)

    def _on_start_typed(self, second: int) -> None:
        marker = self._marker()
        if marker is not None:
            self._on_border_moved(marker, second)

    def _on_kind_chosen(self, kind: str) -> None:
        segment, marker = self._segment(), self._marker()
        if marker is not None and segment is not None:
            self._change(rename(self._markers, marker, kind), segment.start)
        elif segment is not None:
            self._change(ordered((*self._markers, Marker(segment.start, kind))), segment.start)

    def _on_add(self) -> None:
        segment = self._segment()
        if segment is not None:
            self._split((segment.start + segment.end) // 2)

    def _split(self, second: int) -> None:
        shown = self.view.segments()
        around = next((each for each in shown if each.start <= second < each.end), None)
        if around is None:
            return
        kind = "interactive" if around.kind != "interactive" else "lecture"
        self._change(ordered((*self._markers, Marker(second, kind))), second)
        self.form.kind.setFocus()

    def _on_merge(self) -> None:
        segment, marker = self._segment(), self._marker()
        if segment is not None and marker is not None:
            self._change(merge(self._markers, marker), max(0, segment.start - 1))

    def _on_delete(self) -> None:
        segment, marker = self._segment(), self._marker()
        if segment is not None and marker is not None:
            self._change(delete(self._markers, marker), segment.start)

    def _on_save(self) -> None:
        session_id, markers = self._record.id, self._markers
        self.save_button.setEnabled(False)

        def on_saved(_: None) -> None:
            self._stack.setClean()
            self.saved.emit(session_id)
            self.accept()

        self._parts.library.ask(
            self, lambda store: store.set_markers(session_id, markers), on_saved, self._on_failed
        )

    def _show(self) -> None:
        self.view.show_markers(self._markers, self._current)
        self.form.show_segment(self._segment(), marked=self._marker() is not None)
        self._show_buttons()

    def _show_buttons(self) -> None:
        self.undo_button.setEnabled(self._stack.canUndo())
        self.redo_button.setEnabled(self._stack.canRedo())
        self.save_button.setEnabled(not self._stack.isClean())

    def _show_hint(self) -> None:
        if self._end:
            self._hint.setText(
                self.tr(
                    "Drag a border, or choose an activity with the arrow keys and move its start: Shift by "
                    "one second, Ctrl by ten. A double click starts another activity there."
                )
            )
        else:
            self._hint.setText(self.tr("Nothing was recorded in this session."))

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Timeline"))
        details = self._record.details
        words = (details.course, details.group, local_time(self._record))
        self._headline.setText(" \u00b7 ".join(word for word in words if word))
        self.form.retranslate()
        self.undo_button.setText(self.tr("Undo"))
        self.redo_button.setText(self.tr("Redo"))
        self.cancel_button.setText(self.tr("Cancel"))
        self.save_button.setText(self.tr("Save"))
        for button, key in (
            (self.undo_button, QKeySequence.StandardKey.Undo),
            (self.redo_button, QKeySequence.StandardKey.Redo),
            (self.save_button, QKeySequence.StandardKey.Save),
        ):
            button.setShortcut(QKeySequence(key))  # a button forgets its key with its text


class _Edit(QUndoCommand):
    """One change of the markers, with the segment chosen before and after."""

    def __init__(
        self, window: TimelineWindow, before: tuple[Markers, int], after: tuple[Markers, int]
    ) -> None:
        super().__init__()
        self._window, self._before, self._after = window, before, after

    def undo(self) -> None:
        self._window.show_markers(*self._before)

    def redo(self) -> None:
        self._window.show_markers(*self._after)
