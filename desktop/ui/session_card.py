"""Session card: what the lesson is, start / pause / stop, and how long it has been running."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.statistics import DETAIL_LIMITS, SessionDetails
from desktop.ui.activity_bar import ActivityBar
from desktop.ui.dialog_parts import follow_look
from desktop.ui.icons import Icons
from desktop.ui.palette import PAUSED_COLOUR, RECORDING_COLOUR
from desktop.ui.words import duration
from desktop.workers.state import SessionState

_FIELDS = ("course", "group", "teacher", "note")


class StateDot(QWidget):
    """A ring while idle, a full dot while recording, two bars while paused: shape and colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phase = "idle"
        self.setFixedSize(14, 14)

    def show_phase(self, phase: str) -> None:
        """Show a phase."""
        self._phase = phase
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark."""
        del event
        area = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._phase == "idle":
                painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
                painter.drawEllipse(area)
                return
            painter.setPen(Qt.PenStyle.NoPen)
            if self._phase == "recording":
                painter.setBrush(QColor(RECORDING_COLOUR))
                painter.drawEllipse(area)
            else:
                painter.setBrush(QColor(PAUSED_COLOUR))
                painter.drawRect(QRectF(area.left(), area.top(), 3.5, area.height()))
                painter.drawRect(QRectF(area.right() - 3.5, area.top(), 3.5, area.height()))


class SessionCard(QFrame):
    """Fields while idle; while a session runs a line that says which lesson it is."""

    start_requested = Signal(object)  # SessionDetails
    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._icons = icons
        self._state = SessionState()
        self._source_ready = False
        self._dot = StateDot()
        self._phase = QLabel()
        self._phase.setProperty("role", "title")
        self._elapsed = QLabel()
        font = QFont(self._elapsed.font())
        font.setPointSizeF(font.pointSizeF() * 1.7)
        self._elapsed.setFont(font)
        self._form = QWidget()
        self._captions = {name: QLabel() for name in _FIELDS}
        self.fields = {name: QLineEdit() for name in _FIELDS}
        self._summary = QLabel()
        self._summary.setWordWrap(True)
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self.activities = ActivityBar(icons)
        self.start_button = self._button("primary")
        self.pause_button = self._button("strong")
        self.stop_button = self._button("danger")
        self.start_button.clicked.connect(self.request_start)
        self.pause_button.clicked.connect(self._on_pause_clicked)
        self.stop_button.clicked.connect(self.stop_requested)
        self._lay_out()
        self._restyle()
        self._retranslate()

    def details(self) -> SessionDetails:
        """Return what the fields say."""
        return SessionDetails(**{name: self.fields[name].text().strip() for name in _FIELDS})

    def request_start(self) -> None:
        """Ask for a session with what the fields say."""
        self.start_requested.emit(self.details())

    def set_source_ready(self, ready: bool) -> None:
        """Allow a start only while there is a picture to record from."""
        self._source_ready = ready
        self._show_state()

    def show_state(self, state: SessionState) -> None:
        """Show phase, lesson and elapsed time."""
        self._state = state
        self._show_state()

    def show_elapsed(self, seconds: float) -> None:
        """Show a later time of the same session."""
        self._elapsed.setText(duration(seconds))

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        follow_look(event, self._restyle, self._retranslate)
        super().changeEvent(event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._dot)
        head.addWidget(self._phase, 1)
        head.addWidget(self._elapsed)
        grid = QGridLayout(self._form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        for name, row, column, span in (
            ("course", 0, 0, 1),
            ("group", 0, 1, 1),
            ("teacher", 2, 0, 2),
            ("note", 4, 0, 2),
        ):
            caption, field = self._captions[name], self.fields[name]
            caption.setProperty("role", "caption")
            caption.setBuddy(field)
            caption.setContentsMargins(0, 5 if row else 0, 0, 0)
            field.setMaxLength(DETAIL_LIMITS[name])
            field.returnPressed.connect(self.start_button.click)
            grid.addWidget(caption, row, column, 1, span)
            grid.addWidget(field, row + 1, column, 1, span)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        for button in (self.start_button, self.pause_button, self.stop_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self._form)
        layout.addWidget(self._summary)
        layout.addWidget(self.activities)
        layout.addLayout(buttons)

    def _button(self, kind: str) -> QPushButton:
        button = QPushButton()
        button.setProperty("kind", kind)
        button.setMinimumHeight(42)
        button.setIconSize(QSize(20, 20))
        button.setAutoDefault(False)
        return button

    def _on_pause_clicked(self) -> None:
        if self._state.phase == "paused":
            self.resume_requested.emit()
        else:
            self.pause_requested.emit()

    def _show_state(self) -> None:
        phase = self._state.phase
        idle = phase == "idle"
        said = {
            "idle": self.tr("Not recording"),
            "recording": self.tr("Recording"),
            "paused": self.tr("Paused"),
        }
        self._phase.setText(said[phase])
        self._dot.show_phase(phase)
        self._elapsed.setVisible(not idle)
        self._form.setVisible(idle)
        self.activities.setVisible(not idle)
        self.start_button.setVisible(idle)
        self.start_button.setEnabled(idle and self._source_ready)
        self.pause_button.setVisible(not idle)
        self.pause_button.setEnabled(phase == "recording" or self._source_ready)
        self.stop_button.setVisible(not idle)
        words = [getattr(self._state.details, name) for name in _FIELDS]
        self._summary.setText(" \u00b7 ".join(word for word in words if word))
        self._summary.setVisible(not idle and bool(self._summary.text()))
        self.show_elapsed(self._state.elapsed_s)
        self._label_pause()

    def _label_pause(self) -> None:
        paused = self._state.phase == "paused"
        self.pause_button.setText(self.tr("Resume") if paused else self.tr("Pause"))
        ink = self.palette().color(QPalette.ColorRole.Text)
        self.pause_button.setIcon(self._icons.icon("play" if paused else "pause", ink))

    def _restyle(self) -> None:
        palette = self.palette()
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        self.start_button.setIcon(
            self._icons.icon("record", palette.color(QPalette.ColorRole.HighlightedText), muted)
        )
        self.stop_button.setIcon(self._icons.icon("stop", palette.color(QPalette.ColorRole.BrightText)))
        self._label_pause()

    def _retranslate(self) -> None:
        captions = {
            "course": self.tr("Course"),
            "group": self.tr("Group"),
            "teacher": self.tr("Teacher"),
            "note": self.tr("Note"),
        }
        for name, text in captions.items():
            self._captions[name].setText(text)
            self.fields[name].setAccessibleName(text)
        self.start_button.setText(self.tr("Start session"))
        self.stop_button.setText(self.tr("Stop"))
        self._elapsed.setAccessibleName(self.tr("Elapsed time"))
        self._show_state()
