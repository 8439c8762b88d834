"""Frame -> detections -> tracks -> classified faces: what one frame becomes."""

from dataclasses import dataclass

from desktop.capture.frame import Frame
from models.boxes import Box
from models.emotion import Classification


@dataclass(frozen=True, slots=True)
class Face:
    """One face of one frame. `track_id` lives in memory only and means nothing after the session."""

    track_id: int
    box: Box
    score: float
    classification: Classification | None  # None until the track was classified for the first time
    unsure: bool  # the confidence is below the threshold: say "unsure" instead of the label


@dataclass(frozen=True, slots=True)
class FrameResult:
    """A frame and what was found in it; the overlay is always drawn on this very frame."""

    frame: Frame
    faces: tuple[Face, ...]
    stages_ms: dict[str, float]  # time spent per stage: "follow", "classify", ...
