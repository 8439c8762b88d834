"""Video files and animated GIFs as a source, with a media time for every frame that never runs backwards."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

import cv2

from desktop.capture.buffers import Buffers
from desktop.capture.frame import CaptureError, Frame, SourceInfo
from desktop.capture.pictures import reason, to_bgr
from models.boxes import Image

FALLBACK_FPS = 25.0  # for files that state none, or a nonsensical one
MAX_PIXELS = 70_000_000  # of a frame: twice 8K; FFmpeg alone allows 268 million, more than a gigabyte
LONGEST_STEP_S = 60.0  # a larger jump between two frames is a damaged time stamp
_SIDES = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)


def open_capture(location: str, params: Sequence[int] = ()) -> cv2.VideoCapture:
    """Open a file or address with FFmpeg, without its chatter: what is wrong is said by CaptureError."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET, read when FFmpeg starts
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    return cv2.VideoCapture(location, cv2.CAP_FFMPEG, params)


def sane_fps(fps: float) -> float | None:
    """Return the rate if it can be one (containers say 0, 1000 or nan for "unknown"), else None."""
    return fps if math.isfinite(fps) and 0.1 <= fps <= 300 else None


class VideoSource:
    """Yields the frames of a file (or of a finite recording behind an address) with media time."""

    def __init__(
        self, location: str, name: str, *, loop: bool = False, capture: cv2.VideoCapture | None = None
    ) -> None:
        """Open `location`, or take over a `capture` of it. Raises CaptureError if no frame comes."""
        self._location = location
        self._loop = loop
        self._index = 0
        self._buffers = Buffers()
        self._capture: cv2.VideoCapture | None = capture or open_capture(location)
        fps = sane_fps(self._capture.get(cv2.CAP_PROP_FPS))
        self._times = MediaTimes(1 / (fps or FALLBACK_FPS))
        width, height = (int(self._capture.get(side)) for side in _SIDES)
        if width * height > MAX_PIXELS:  # before the first picture is decoded
            self.close()
            raise CaptureError(
                "{name} is too large: {width}x{height}, at most {most} megapixels can be played. Make it "
                "smaller first.",
                name=name,
                width=width,
                height=height,
                most=MAX_PIXELS // 1_000_000,
            )
        self._pending = self._decode(self._capture)
        if self._pending is None:
            self.close()
            raise CaptureError(
                "{name} can not be played: it is damaged, cut off or not a video. Check that a media "
                "player shows it, or convert it to MP4.",
                name=name,
            )
        image, _ = self._pending
        self._stated_count = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        known_count = self._stated_count if self._stated_count > 0 and not loop else None
        self._info = SourceInfo(name, "video", False, fps, (image.shape[1], image.shape[0]), known_count)

    @property
    def info(self) -> SourceInfo:
        """Return name, rate, size and the number of frames that the container states."""
        return self._info

    @property
    def has_one_frame(self) -> bool:
        """Return True if the container says that the first frame is the only one."""
        return self._stated_count == 1

    def read(self) -> Frame | None:
        """Return the next frame, or None at the end (a looping one starts again)."""
        if self._capture is None:
            raise CaptureError("{name} was closed. Open it again to go on.", name=self._info.name)
        decoded = self._pending or self._decode(self._capture)
        self._pending = None
        if decoded is None and self._loop:
            decoded = self._rewind()
        if decoded is None:
            return None
        image, position_s = decoded
        frame = Frame(self._index, self._times.next(position_s), image)
        self._index += 1
        return frame

    def skip(self) -> float | None:
        """Pass over the next frame: it is decoded, but not turned into a picture."""
        if self._capture is None or self._pending is not None or not _grab(self._capture):
            frame = self.read()
            return None if frame is None else frame.timestamp
        time_s = self._times.next(_position_s(self._capture))
        self._index += 1
        return time_s

    def close(self) -> None:
        """Give back the file."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None
        self._pending = None

    def _rewind(self) -> tuple[Image, float] | None:
        """Open the file anew: seeking is not exact in every container."""
        if self._capture is not None:
            self._capture.release()
        self._capture = open_capture(self._location)
        return self._decode(self._capture)

    def _decode(self, capture: cv2.VideoCapture) -> tuple[Image, float] | None:
        """Return the next image and its position in seconds, or None at the end."""
        try:
            image = self._buffers.read(capture)
        except cv2.error:
            return None  # a frame too damaged to be converted ends the file
        return None if image is None else (to_bgr(image), _position_s(capture))


class MediaTimes:
    """Turns the positions that a container states into times from 0 that always grow."""

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s  # used where the container's positions make no sense
        self._position_s: float | None = None
        self._time_s = 0.0

    def next(self, position_s: float) -> float:
        """Return the time of the next frame, seconds from the first frame."""
        if self._position_s is not None:
            step = position_s - self._position_s
            self._time_s += step if 0 < step <= LONGEST_STEP_S else self._step_s
        self._position_s = position_s
        return self._time_s


def open_video(path: Path, *, loop: bool = False) -> VideoSource:
    """Open a video file. Raises CaptureError that says what is wrong with it."""
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise CaptureError(
            "The file {path} can not be read: {reason}.", path=path, reason=reason(error)
        ) from error
    if empty:
        raise CaptureError(
            "The file {file} is empty (0 bytes). Copy it again from where it came.", file=path.name
        )
    return VideoSource(str(path), path.name, loop=loop)


def _grab(capture: cv2.VideoCapture) -> bool:
    """Go on to the next image without converting it; False at the end."""
    try:
        return capture.grab()
    except cv2.error:
        return False


def _position_s(capture: cv2.VideoCapture) -> float:
    return capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
