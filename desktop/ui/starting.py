"""What a start may have to tell: an earlier run that crashed, a session that it left interrupted."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, QLocale, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.capture.frame import SourceInfo
from desktop.store import SessionRecord, StoredSession, may_continue
from desktop.ui.banners import Banners
from desktop.ui.parts import WindowParts
from desktop.ui.words import duration, shortened
from desktop.workers.engine import Engine
from desktop.workers.state import SessionState

_CRASH, _INTERRUPTED = "crash", "interrupted"


class StartMessages(QObject):
    """Says it in banners: a teacher in front of a class may answer now or later."""

    closed = Signal()  # an interrupted session was closed

    def __init__(self, engine: Engine, parts: WindowParts, banners: Banners, window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._parts = parts
        self._banners = banners
        self._source: SourceInfo | None = None
        self._crash = ""
        self._interrupted: list[StoredSession] = []
        engine.source_opened.connect(self._on_source_opened)
        engine.session_changed.connect(self._on_session_changed)

    def tell_of_crash(self, details: str) -> None:
        """Say that an earlier run ended without saying so; `details` can be copied."""
        self._crash = details
        self._say_crash()

    def look_for_interrupted(self) -> None:
        """Offer the sessions that an earlier run could not end, newest first."""
        claims = self._parts.claims
        self._parts.library.ask(self, claims.interrupted, self._on_found, lambda _: None)

    def retranslate(self) -> None:
        """Say it again in the language in use."""
        for topic, say in ((_CRASH, self._say_crash), (_INTERRUPTED, self._offer)):
            if self._banners.text(topic):
                self._banners.clear(topic)
                say()

    def _say_crash(self) -> None:
        words = self.tr("Classmood ended unexpectedly the last time. What was recorded until then is saved.")
        self._banners.say(_CRASH, "warning", words)
        self._banners.offer(_CRASH, self.tr("Copy details"), self._on_copy)

    def _offer(self) -> None:
        if not self._interrupted or self._engine.session.phase != "idle":
            self._banners.clear(_INTERRUPTED)
            return
        record = self._interrupted[0].record
        began = QDateTime.fromSecsSinceEpoch(int(record.started_at.timestamp()))
        words = self.tr("A session was interrupted: {lesson}, {length} recorded. Nothing of it is lost.")
        lesson = " \u00b7 ".join(
            shortened(part, 40)
            for part in (
                QLocale().toString(began, QLocale.FormatType.ShortFormat),
                record.details.course,
                record.details.group,
            )
            if part
        )
        self._banners.say(
            _INTERRUPTED,
            "warning",
            words.format(lesson=lesson, length=duration(record.summary.seconds)),
        )
        if may_continue(record, datetime.now(UTC)):
            self._banners.offer(_INTERRUPTED, self.tr("Continue it"), self._on_continue)
        self._banners.offer(_INTERRUPTED, self.tr("Close it"), self._on_close)

    def _on_found(self, sessions: Sequence[StoredSession]) -> None:
        self._interrupted = list(sessions)
        self._offer()

    def _on_continue(self) -> None:
        session = self._interrupted[0]
        if self._is_demo() and self._source is not None and session.record.source != self._source.name:
            self._offer()
            words = self.tr("The demo classroom is on show. Choose the camera first, then continue.")
            self._banners.say("demo", "info", words)
            return
        self._banners.clear("demo")
        self._interrupted.pop(0)
        self._engine.continue_session(session)

    def _on_close(self) -> None:
        record: SessionRecord = self._interrupted.pop(0).record
        claims = self._parts.claims
        self._parts.library.ask(
            self,
            lambda store: claims.close_interrupted(store, record),
            lambda _: self.closed.emit(),
            lambda words: self._banners.say(_INTERRUPTED, "error", words),
        )
        self._offer()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._crash)

    def _on_source_opened(self, info: SourceInfo) -> None:
        self._source = info
        if not self._is_demo():
            self._banners.clear("demo")

    def _on_session_changed(self, state: SessionState) -> None:
        if state.phase != "idle":
            self._banners.clear(_INTERRUPTED)

    def _is_demo(self) -> bool:
        return self._source is not None and self._source.kind == "demo"
