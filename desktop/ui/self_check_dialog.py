"""The self-check: camera, light, a test face, storage; each with a mark and what to do. It can be skipped."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QLocale, Qt, QTimer
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from desktop.capture.frame import SourceInfo
from desktop.pipeline import FrameResult
from desktop.self_check import FaceSize, Light, Room, judge_faces, judge_light, judge_room
from desktop.ui.check_row import CheckRow, Level
from desktop.ui.dialog_parts import button_row, card, fit, headline, paragraph
from desktop.ui.parts import WindowParts
from desktop.ui.words import faces, percent, source_name, told
from models.errors import Sentence

LOOK_EVERY_MS = 600
PATIENCE_MS = 10_000  # without a picture
_CAMERAS = ("camera", "stream")
_ROWS = {"camera": "camera", "light": "light", "face": "face", "storage": "disk"}  # and their pictures


class SelfCheckDialog(QDialog):
    """Looks at what the window shows anyway, in the background, for as long as it is open; keeps no picture.

    The window tells it of its source (`show_source`, `show_failure`) and hands it pictures (`look_at`).
    """

    def __init__(self, parts: WindowParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._parts = parts
        self._source: SourceInfo | None = None
        self._failure: Sentence | str = ""
        self._newest: FrameResult | None = None
        self._looking = False
        self._light: Light | None = None
        self._size: FaceSize | None = None
        self._test_faces: int | None = None
        self._room: Room | None = None
        self._refusals: dict[str, Sentence | str] = {}  # by row
        self._late = False
        self._headline = headline(1.35)
        self._words = paragraph("muted")
        self.rows = {name: CheckRow(parts.icons, picture) for name, picture in _ROWS.items()}
        self.again_button, self.done_button = QPushButton(), QPushButton()
        self.done_button.setProperty("kind", "primary")
        self.done_button.setDefault(True)
        self.again_button.setAutoDefault(False)
        self.again_button.clicked.connect(self.check)
        self.done_button.clicked.connect(self.accept)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._on_time)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._on_late)
        self._lay_out()
        self.check()

    def check(self) -> None:
        """Check everything, from the beginning."""
        self._light = self._size = self._test_faces = self._room = None
        self._refusals = {}
        self._late = False
        self._timer.start()
        self._patience.start()
        library, data_dir = self._parts.library, self._parts.data_dir
        library.do(self, lambda: judge_room(data_dir), self._on_room, self._refused("storage"))
        library.ask(self, lambda store: store.check(), lambda _: None, self._refused("storage"))
        self._parts.downloads.do(
            self, self._parts.count_test_faces, self._on_test_faces, self._refused("face")
        )
        self._show()

    def show_source(self, info: SourceInfo | None) -> None:
        """Take note of what the window shows."""
        if info is not None or self._source is not None:
            self._failure = ""
        self._source = info
        self._newest = self._light = self._size = None
        self._show()

    def show_failure(self, words: Sentence | str) -> None:
        """Take note that the source could not be opened."""
        self._source, self._failure = None, words
        self._show()

    def look_at(self, result: FrameResult) -> None:
        """Take the newest picture; the one before is forgotten."""
        self._newest = result

    def done(self, code: int) -> None:
        """Forget the last picture and end."""
        self._timer.stop()
        self._newest = None
        super().done(code)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(12)
        layout.addWidget(self._headline)
        layout.addWidget(self._words)
        layout.addWidget(card(list(self.rows.values())))
        layout.addLayout(button_row(self.again_button, None, self.done_button))

    def _refused(self, row: str) -> Callable[[Sentence], None]:
        def note(words: Sentence) -> None:
            self._refusals[row] = words
            self._show()

        return note

    def _on_room(self, room: Room) -> None:
        self._room = room
        self._show()

    def _on_test_faces(self, count: int) -> None:
        self._test_faces = count
        self._show()

    def _on_late(self) -> None:
        self._late = True
        self._show()

    def _on_time(self) -> None:
        """Judge the newest picture, unless the one before is still being judged."""
        result, self._newest = self._newest, None
        if result is None or self._looking or not self._has_camera():
            return
        self._looking = True
        boxes = [face.box for face in result.faces]
        self._parts.downloads.do(
            self,
            lambda: (judge_light(result.frame.image, boxes), judge_faces(boxes)),
            self._on_judged,
            lambda _: self._on_judged(None),
        )

    def _on_judged(self, judged: tuple[Light, FaceSize] | None) -> None:
        self._looking = False
        if judged is not None and self._has_camera():
            self._light, self._size = judged
            self._show()

    def _has_camera(self) -> bool:
        return self._source is not None and self._source.kind in _CAMERAS

    def _show(self) -> None:
        findings = {
            "camera": self._camera(),
            "light": self._light_words(),
            "face": self._face(),
            "storage": self._storage(),
        }
        for name, finding in findings.items():
            self.rows[name].show_finding(*finding)
        self._retranslate({level for level, *_ in findings.values()})

    def _camera(self) -> tuple[Level, str, str]:
        if self._failure:
            return "fail", told(self._failure), self._camera_advice()
        if self._source is None or not self._has_camera():
            return self._no_camera()
        size = self._source.size
        said = source_name(self._source) + ("" if size is None else f", {size[0]} \u00d7 {size[1]}")
        if self._light is not None:
            return "ok", said, ""
        if self._late:
            words = self.tr("{name} gives no picture.")
            return "fail", words.format(name=source_name(self._source)), self._camera_advice()
        return "wait", said, ""

    def _no_camera(self) -> tuple[Level, str, str]:
        if self._source is not None:
            words = self.tr("No camera is on show, but: {name}")
            return "warn", words.format(name=source_name(self._source)), self._camera_advice()
        if self._late:
            return "fail", self.tr("There is no picture."), self._camera_advice()
        return "wait", self.tr("Waiting for a picture\u2026"), ""

    def _camera_advice(self) -> str:
        return self.tr("Plug a camera in and choose it under Source. Files and the demo classroom need none.")

    def _light_words(self) -> tuple[Level, str, str]:
        if self._light is None:
            if self._has_camera() and not self._late:
                return "wait", self.tr("Waiting for a picture\u2026"), ""
            return "skip", self.tr("Checked as soon as a camera gives a picture."), ""
        said = self.tr("Brightness {share}").format(share=percent(self._light.brightness))
        if self._light.kind == "dark":
            return "warn", self.tr("Too dark. {said}").format(said=said), self.tr("Switch a light on.")
        if self._light.kind == "bright":
            return "warn", self.tr("Too bright. {said}").format(said=said), self.tr("Draw a curtain.")
        if self._light.kind == "window":
            return (
                "warn",
                self.tr("Against the light. {said}").format(said=said),
                self.tr("Turn the camera away from the window, or draw a curtain."),
            )
        return "ok", self.tr("Good. {said}").format(said=said), ""

    def _face(self) -> tuple[Level, str, str]:
        if self._size is None or self._test_faces == 0 or "face" in self._refusals:
            return self._test_face()
        if self._size.kind == "none":
            return (
                "warn",
                self.tr("No face is in the picture."),
                self.tr("Sit down in front of the camera and look at it, as a pupil would."),
            )
        said = self.tr("{faces}, the largest {height} pixels high").format(
            faces=faces(self._size.faces), height=self._size.height
        )
        if self._size.kind == "small":
            return (
                "warn",
                self.tr("Too small to be read well: {said}").format(said=said),
                self.tr("Move the camera closer, or choose a higher resolution."),
            )
        return "ok", said, ""

    def _test_face(self) -> tuple[Level, str, str]:
        refusal = self._refusals.get("face")
        if refusal is not None:
            return "fail", told(refusal), ""
        if self._test_faces is None:
            return "wait", self.tr("A test picture is being searched\u2026"), ""
        if self._test_faces == 0:
            return (
                "fail",
                self.tr("No face is found in a test picture."),
                self.tr("Choose another face detector in the settings, or install Classmood again."),
            )
        words = self.tr("In a test picture, {faces} found and read.")
        return "ok", words.format(faces=faces(self._test_faces)), ""

    def _storage(self) -> tuple[Level, str, str]:
        refusal = self._refusals.get("storage")
        if refusal is not None:
            return "fail", told(refusal), ""
        if self._room is None:
            return "wait", self.tr("The data folder is being checked\u2026"), ""
        if self._room.kind == "closed":
            return (
                "fail",
                self.tr("The data folder can not be written: {folder}").format(folder=self._room.folder),
                self.tr("Let your user write there, or start with --data-dir and another folder."),
            )
        free = QLocale().formattedDataSize(self._room.free, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
        said = self.tr("{free} free for sessions").format(free=free)
        if self._room.kind == "good":
            return "ok", said, ""
        advice = self.tr("Free some space: a lesson takes about one megabyte.")
        return ("fail" if self._room.kind == "none" else "warn"), said, advice

    def _retranslate(self, levels: set[Level]) -> None:
        self.setWindowTitle(self.tr("Self-check"))
        waiting = "wait" in levels
        if "fail" in levels:
            words = self.tr("Something needs attention")
        elif waiting:
            words = self.tr("Is everything ready for a lesson?")
        elif "warn" in levels:
            words = self.tr("Ready, with limits")
        else:
            words = self.tr("Ready for a lesson")
        self._headline.setText(words)
        self._words.setText(self.tr("The check goes on while this is open. No picture is kept."))
        titles = (self.tr("Camera"), self.tr("Light"), self.tr("Test face"), self.tr("Storage"))
        for row, title in zip(self.rows.values(), titles, strict=True):
            row.title.setText(title)
        self.again_button.setText(self.tr("Check again"))
        self.done_button.setText(self.tr("Skip") if waiting else self.tr("Done"))
        fit(self, 560)
