"""Coasting: the faces of a frame that nobody analysed, carried on from the frames before it."""

from dataclasses import dataclass, replace

from desktop.capture.frame import Frame
from desktop.pipeline import Face, FrameResult
from models.boxes import Box

REACH_S = 0.25  # a face is not carried on for longer: it may have turned round


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found, without the picture: two of them would take megabytes."""

    faces: tuple[Face, ...]
    timestamp: float
    shape: tuple[int, ...]  # of the picture
    scene: int
    detector: str


class Coaster:
    """Remembers the last two results and moves their faces on at the speed they had."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start anew: the next frame comes from somewhere else."""
        self._last: _Seen | None = None
        self._before: _Seen | None = None

    def learn(self, result: FrameResult) -> None:
        """Take in an analysed frame."""
        frame = result.frame
        self._before = self._last
        self._last = _Seen(result.faces, frame.timestamp, frame.image.shape, frame.scene, result.detector)

    def carry(self, frame: Frame) -> FrameResult:
        """Return `frame` with the faces of the last result, moved to where they should be by now."""
        last, before = self._last, self._before
        if last is None or (last.shape, last.scene) != (frame.image.shape, frame.scene):
            return FrameResult(frame, ())
        ahead_s = min(max(0.0, frame.timestamp - last.timestamp), REACH_S)
        earlier: dict[int, Box] = {}
        step_s = 0.0
        if before is not None and before.scene == last.scene:
            step_s = last.timestamp - before.timestamp
            earlier = {face.track_id: face.box for face in before.faces}
        share = ahead_s / step_s if 0 < step_s < 1 else 0.0
        faces = tuple(_moved(face, earlier.get(face.track_id), share) for face in last.faces)
        return FrameResult(frame, faces, detector=last.detector)


def _moved(face: Face, before: Box | None, share: float) -> Face:
    """Return the face moved by a `share` of what it did since `before`; its size stays."""
    if before is None or not share:
        return face
    (x1, y1, x2, y2), (u1, v1, u2, v2) = face.box, before
    across, down = share * (x1 + x2 - u1 - u2) / 2, share * (y1 + y2 - v1 - v2) / 2
    return replace(face, box=(x1 + across, y1 + down, x2 + across, y2 + down))
