"""What the history has done in the background: exporting, importing, deleting; banners say how it went."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.exports import Format, export_sessions, read_sessions
from desktop.store import Claims, SessionStore, delete_for_good
from desktop.ui.banners import Banners
from desktop.ui.parts import WindowParts
from models.errors import Sentence


@dataclass(frozen=True, slots=True)
class Imported:
    """How many sessions of a file were new, and how many were here already."""

    new: int
    known: int


class HistoryErrands(QObject):
    """Asks what has to be asked, does it on the library's thread, and says what became of it."""

    changed = Signal()  # the sessions are to be read again

    def __init__(self, parts: WindowParts, banners: Banners, window: QWidget) -> None:
        super().__init__(window)
        self._parts = parts
        self._banners = banners
        self._window = window

    def export(self, ids: Sequence[str]) -> None:
        """Write sessions to a file: all of the database, or all of those that wait for it."""
        target = self._parts.prompts.export_target(self._window)
        if target is not None:
            path, format = target
            self._parts.library.ask(
                self,
                _exporting(tuple(ids), format, path),
                self._on_exported,
                self._on_failed,
                about=ids[0],
            )

    def bring_in(self) -> None:
        """Import the sessions of a file that another Classmood exported."""
        file = self._parts.prompts.sessions_file(self._window)
        if file is not None:
            self._parts.library.ask(self, _importing(file), self._on_imported, self._on_failed)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete sessions for good, if that is confirmed."""
        if self._parts.prompts.delete_sessions(self._window, len(ids)):
            self._parts.library.ask(
                self,
                _deleting(tuple(ids), self._parts.claims),
                lambda _: self.changed.emit(),
                self._on_not_deleted,
            )

    def _on_exported(self, files: Sequence[Path]) -> None:
        names = ", ".join(str(file) for file in files)
        self._banners.say("files", "info", self.tr("Exported to {files}").format(files=names))

    def _on_imported(self, imported: Imported) -> None:
        words = [self.tr("%n session(s) imported.", "", imported.new)]
        if imported.known:
            words.append(self.tr("%n session(s) were here already.", "", imported.known))
        self._banners.say("files", "info", " ".join(words))
        self.changed.emit()

    def _on_failed(self, words: Sentence) -> None:
        self._banners.say("files", "error", words)

    def _on_not_deleted(self, words: Sentence) -> None:
        self._on_failed(words)
        self.changed.emit()  # some may be gone


def _exporting(ids: tuple[str, ...], format: Format, path: Path) -> Callable[[SessionStore], list[Path]]:
    return lambda store: export_sessions(store, ids, format, path)


def _importing(file: Path) -> Callable[[SessionStore], Imported]:
    def job(store: SessionStore) -> Imported:
        merged = [store.merge(session) for session in read_sessions(file)]
        new = sum(one.new for one in merged)
        return Imported(new, len(merged) - new)

    return job


def _deleting(ids: tuple[str, ...], claims: Claims) -> Callable[[SessionStore], None]:
    def job(store: SessionStore) -> None:
        for session_id in ids:
            delete_for_good(store, claims, session_id)

    return job
