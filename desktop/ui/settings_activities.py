"""Settings page: which activities the keys 1 to 5 mark during a session."""

from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from desktop.segments import KIND_LIMIT, KINDS
from desktop.settings import Settings
from desktop.ui.dialog_parts import paragraph
from desktop.ui.settings_page import Column
from desktop.ui.words import activity_kind, activity_name


class ActivitiesPage(Column):
    """Five names; those that the program knows are offered, any other may be typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = [_ActivityField() for _ in range(5)]
        self._hint = paragraph("muted")
        self._empty = paragraph("muted")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for key, field in enumerate(self.fields, start=1):
            cap = QLabel(str(key))
            cap.setObjectName("keycap")
            cap.setBuddy(field)
            grid.addWidget(cap, key, 0)
            grid.addWidget(field, key, 1)
        box = QWidget()
        box.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        self._caption = QLabel()
        self._row(self._caption, box, self._hint, self._empty)
        self._caption.setBuddy(self.fields[0])
        self._column.addStretch()

    def load(self, settings: Settings) -> None:
        """Show the activities."""
        for field, kind in zip(self.fields, settings.activities.names, strict=True):
            field.show_kind(kind)

    def store(self, settings: Settings) -> None:
        """Write the activities."""
        for key, field in enumerate(self.fields, start=1):
            setattr(settings.activities, f"key_{key}", field.kind())
            field.show_kind(field.kind())

    def retranslate(self) -> None:
        """Say everything in the language in use; what was chosen stays chosen."""
        self._caption.setText(self.tr("Activities that the keys 1 to 5 start"))
        self._hint.setText(
            self.tr("During a session a click or a key notes what begins. Reports compare these activities.")
        )
        self._empty.setText(self.tr("An empty field switches its key off."))
        for key, field in enumerate(self.fields, start=1):
            field.setAccessibleName(self.tr("Activity of key {key}").format(key=key))
            field.retranslate()


class _ActivityField(QComboBox):
    """Holds a kind, shows its name in the language in use."""

    def __init__(self) -> None:
        super().__init__()
        self.setLineEdit(line := QLineEdit())
        line.setMaxLength(KIND_LIMIT)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for _ in KINDS:
            self.addItem("")
        self._shown = ("", "")  # kind, and its name as it was shown

    def show_kind(self, kind: str) -> None:
        name = activity_name(kind) if kind else ""
        self._shown = (kind, name)
        self.setEditText(name)

    def kind(self) -> str:
        """Return what was typed or chosen; a kind that was not touched stays to the letter."""
        kind, name = self._shown
        text = self.currentText()
        return kind if text == name else activity_kind(text)

    def retranslate(self) -> None:
        kind = self.kind()
        for place, each in enumerate(KINDS):
            self.setItemText(place, activity_name(each))
        self.show_kind(kind)
