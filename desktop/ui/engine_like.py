"""What the window needs of the engine: the protocol that the real engine and the tests' fake both fulfil."""

from typing import Protocol

from PySide6.QtCore import SignalInstance

from desktop.pipeline import FrameResult
from desktop.segments import Markers
from desktop.settings import Settings
from desktop.statistics import SessionDetails
from desktop.store import StoredSession
from desktop.workers.engine import LiveStats, SessionState


class EngineLike(Protocol):
    """Capture, analysis and recording behind one object that lives on the GUI thread."""

    @property
    def source_opened(self) -> SignalInstance:
        """Signal(SourceInfo)."""
        ...

    @property
    def source_failed(self) -> SignalInstance:
        """Signal(str): the source could not be opened or read."""
        ...

    @property
    def source_lost(self) -> SignalInstance:
        """Signal(str): a live source went away and is being looked for."""
        ...

    @property
    def source_recovered(self) -> SignalInstance:
        """Signal(SourceInfo)."""
        ...

    @property
    def source_ended(self) -> SignalInstance:
        """Signal(): a file came to its end."""
        ...

    @property
    def result_ready(self) -> SignalInstance:
        """Signal(): a newer result waits in `take_result`."""
        ...

    @property
    def interval_ready(self) -> SignalInstance:
        """Signal(Interval), once a second while a source runs."""
        ...

    @property
    def session_changed(self) -> SignalInstance:
        """Signal(SessionState)."""
        ...

    @property
    def session_saved(self) -> SignalInstance:
        """Signal(str): a session is in the store to its end."""
        ...

    @property
    def markers_changed(self) -> SignalInstance:
        """Signal(Markers) of the running session."""
        ...

    @property
    def storage_failed(self) -> SignalInstance:
        """Signal(str)."""
        ...

    @property
    def storage_recovered(self) -> SignalInstance:
        """Signal()."""
        ...

    @property
    def model_failed(self) -> SignalInstance:
        """Signal(str): the picture goes on without labels."""
        ...

    @property
    def model_loaded(self) -> SignalInstance:
        """Signal(): detector and classifier work."""
        ...

    @property
    def cameras_ready(self) -> SignalInstance:
        """Signal(list[Camera]), the answer to `find_cameras`."""
        ...

    @property
    def session(self) -> SessionState:
        """Return where the session stands now."""
        ...

    @property
    def markers(self) -> Markers:
        """Return what was marked in the running session."""
        ...

    def open_source(self, spec: str) -> None:
        """Close the running source and open another."""
        ...

    def close_source(self) -> None:
        """Close the running source."""
        ...

    def take_result(self) -> FrameResult | None:
        """Return the newest result, never the same one twice."""
        ...

    def start_session(self, details: SessionDetails) -> None:
        """Start to record."""
        ...

    def continue_session(self, session: StoredSession) -> None:
        """Go on recording a session that was interrupted."""
        ...

    def pause_session(self) -> None:
        """Stop recording for a while."""
        ...

    def resume_session(self) -> None:
        """Go on after a pause."""
        ...

    def stop_session(self) -> None:
        """End the session and save what is left to save."""
        ...

    def add_marker(self, kind: str) -> None:
        """Note that an activity starts now."""
        ...

    def undo_marker(self) -> None:
        """Take the last marker back."""
        ...

    def live_stats(self) -> LiveStats:
        """Return how the picture is doing right now."""
        ...

    def apply_settings(self, settings: Settings) -> None:
        """Use other settings from now on."""
        ...

    def reload_models(self) -> None:
        """Load detector and classifier again: a file may have arrived."""
        ...

    def set_hidden(self, hidden: bool) -> None:
        """Do less while nobody sees the picture."""
        ...

    def find_cameras(self) -> None:
        """Look for cameras; `cameras_ready` answers."""
        ...

    def shutdown(self) -> int:
        """Save, stop and wait for every thread; return how many writes failed for good."""
        ...
