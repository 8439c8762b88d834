"""What goes wrong or is special while the picture runs, said in banners until it is over."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.store import Waiting
from desktop.ui.banners import Banners
from desktop.ui.words import told
from desktop.workers.engine import Engine
from models.errors import Sentence


class LiveMessages(QObject):
    """Follows the engine; every message has its topic and goes when its cause does."""

    elsewhere_wanted = Signal()  # the database takes nothing: ask for another file

    def __init__(self, engine: Engine, banners: Banners, workspace: QWidget) -> None:
        super().__init__(workspace)
        self._engine = engine
        self._banners = banners
        self._lost: Sentence | None = None
        self._ended = False  # a file came to its end in a session
        self.storage_error: Sentence | None = None
        self._model_error: Sentence | None = None
        self._model_notice: Sentence | None = None
        self._waiting = Waiting(0)
        engine.source_opened.connect(self.show_source)
        engine.source_recovered.connect(self.show_source)
        engine.source_failed.connect(self.show_source)
        engine.source_lost.connect(self._on_source_lost)
        engine.source_ended.connect(self._on_source_ended)
        engine.session_changed.connect(self._on_session_changed)
        engine.storage_failed.connect(self._on_storage_failed)
        engine.storage_recovered.connect(self._on_storage_recovered)
        engine.waiting_changed.connect(self._on_waiting_changed)
        engine.model_failed.connect(self._on_model_failed)
        engine.model_loaded.connect(self._on_model_loaded)
        engine.model_noticed.connect(self._on_model_noticed)

    def retranslate(self) -> None:
        """Say everything again in the language in use."""
        self._say_lost()
        self._say_ended()
        self._say_storage()
        self._say_waiting()
        self._say_model_error()

    def show_source(self) -> None:
        """Forget a camera that was lost: it is back, or something else is on show."""
        self._lost = None
        self._say_lost()

    def _on_source_lost(self, message: Sentence) -> None:
        self._lost = message
        self._say_lost()

    def _say_lost(self) -> None:
        if self._lost is None:
            self._banners.clear("source")
            return
        words = self.tr("There is no live picture. Classmood keeps looking for one.")
        if self._engine.session.phase == "recording":
            words += " " + self.tr("The session goes on, and the gap is marked.")
        self._banners.say("source", "warning", f"{words}\n{told(self._lost)}")

    def _on_source_ended(self) -> None:
        """Pause: what would be recorded from here on is nothing but a gap."""
        if self._engine.session.phase == "recording":
            self._engine.pause_session()
            self._ended = True
            self._say_ended()

    def _on_session_changed(self) -> None:
        phase = self._engine.session.phase
        if phase != "idle":
            self._banners.clear("saved")
        if phase != "paused":
            self._ended = False
            self._say_ended()

    def _say_ended(self) -> None:
        if not self._ended:
            self._banners.clear("ended")
            return
        words = self.tr("The recording has ended, and the session is paused.")
        words += " " + self.tr("End it, or open another picture and go on.")
        self._banners.say("ended", "info", words)
        self._banners.offer("ended", self.tr("End the session"), self._engine.stop_session)

    def _on_storage_failed(self, message: Sentence) -> None:
        self.storage_error = message
        self._say_storage()

    def _on_storage_recovered(self) -> None:
        self.storage_error = None
        self._say_storage()

    def _say_storage(self) -> None:
        if self.storage_error is None:
            self._banners.clear("storage")
            return
        words = self.tr("The session can not be saved right now. Classmood keeps it and tries again.")
        text = f"{words}\n{told(self.storage_error)}"
        if text == self._banners.text("storage"):
            return
        self._banners.say("storage", "error", text)
        self._banners.offer("storage", self.tr("Save elsewhere…"), self._on_elsewhere)

    def _on_elsewhere(self) -> None:
        self.elsewhere_wanted.emit()
        QTimer.singleShot(0, self, self._say_storage)  # it is not mended yet

    def _on_waiting_changed(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._say_waiting()

    def _say_waiting(self) -> None:
        if not self._waiting.sessions:
            self._banners.clear("waiting")
            return
        words = self.tr("The database server does not answer. Sessions are kept on this computer meanwhile.")
        words += " " + self.tr("%n session(s) wait.", "", self._waiting.sessions)
        reason = self._waiting.reason
        self._banners.say("waiting", "warning", f"{words}\n{told(reason)}" if reason else words)

    def _on_model_failed(self, message: Sentence) -> None:
        self._model_error = message
        self._say_model_error()

    def _on_model_loaded(self) -> None:
        self._model_error = None
        self._model_notice = None
        self._say_model_error()

    def _on_model_noticed(self, message: Sentence) -> None:
        self._model_notice = message
        self._say_model_error()

    def _say_model_error(self) -> None:
        if self._model_error is None:
            if self._model_notice is None:
                self._banners.clear("model")
            else:
                self._banners.say("model", "warning", told(self._model_notice))
            return
        words = self.tr("Expressions can not be read. The picture goes on without labels.")
        self._banners.say("model", "error", f"{words}\n{told(self._model_error)}")
