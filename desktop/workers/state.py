"""What the window shows of session and picture: plain values, for which no worker is loaded."""

from dataclasses import dataclass, field
from typing import Literal

from desktop.statistics import SessionDetails

Pace = Literal["full", "slow", "quiet"]  # every frame; as many as the computer can; few, as was asked for


@dataclass(frozen=True, slots=True)
class SessionState:
    """The session as the window shows it."""

    phase: Literal["idle", "recording", "paused"] = "idle"
    session_id: str | None = None
    elapsed_s: float = 0.0  # recorded time, pauses left out
    details: SessionDetails = field(default_factory=SessionDetails)


@dataclass(frozen=True, slots=True)
class LiveStats:
    """How the live picture is doing."""

    fps: float  # pictures shown per second
    latency_ms: float  # from capture to the window, mean over the last seconds
    dropped: int  # frames nobody had time for since the source was opened
    faces: int  # in the newest result
    pace: Pace = "full"
    analysed_hz: float = 0.0  # how often a second faces are looked for
    detector: str = ""  # what finds them, as far as known
