"""Live sources: frames that the world paces (cameras, network streams), and how their loss is noticed."""

from contextlib import suppress
from urllib.parse import urlsplit

import cv2

from desktop.capture.buffers import Buffers
from desktop.capture.clock import REAL_CLOCK, Clock
from desktop.capture.frame import CaptureError, Frame, SourceInfo, SourceLostError
from desktop.capture.pictures import to_bgr
from desktop.capture.video import VideoSource, open_capture, sane_fps
from models.boxes import Image
from models.errors import Sentence, said

LOST_AFTER_S = 1.0  # reads that fail for this long mean that the source went away
RETRY_S = 0.05
FIRST_FRAME_S = 5.0  # a camera that just woke up may need seconds
OPEN_TIMEOUT_MS = 8_000
READ_TIMEOUT_MS = 5_000
_BAD_ADDRESS = said("The address of the stream is not valid. Write it as rtsp://host:port/path.")
STREAM_SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "tcp", "srt")


class LiveSource:
    """Frames of an opened capture as they come, stamped with the monotonic clock."""

    def __init__(
        self,
        capture: cv2.VideoCapture,
        info: SourceInfo,
        first: Image,
        *,
        mirror: bool = False,
        clock: Clock = REAL_CLOCK,
    ) -> None:
        self._capture: cv2.VideoCapture | None = capture
        self._info = info
        self._pending: Image | None = first
        self._mirror = mirror
        self._clock = clock
        self._buffers = Buffers()
        self._index = 0

    @property
    def info(self) -> SourceInfo:
        """Return what is known of the camera or stream."""
        return self._info

    def read(self) -> Frame:
        """Return the next frame, waiting for it. Raises SourceLostError when none comes any more."""
        if self._capture is None:
            raise CaptureError("{name} was closed. Open it again to go on.", name=self._info.name)
        image, self._pending = self._pending, None
        if image is None:
            image = grab(self._capture, LOST_AFTER_S, self._clock, self._buffers)
        if image is None:
            raise SourceLostError(
                "{name} no longer sends pictures. {remedy}", name=self._info.name, remedy=self._remedy()
            )
        if self._mirror:
            image = to_bgr(cv2.flip(image, 1))
        frame = Frame(self._index, self._clock.now(), image)
        self._index += 1
        return frame

    def skip(self) -> float:
        """Pass over the next frame: it is taken from the driver, but not decoded into a picture."""
        if self._capture is None or self._pending is not None or not _passed(self._capture):
            return self.read().timestamp  # which has patience
        self._index += 1
        return self._clock.now()

    def close(self) -> None:
        """Give back the device or connection."""
        if self._capture is not None:
            with suppress(cv2.error):  # a camera that is gone may complain
                self._capture.release()
            self._capture = None
        self._pending = None

    def _remedy(self) -> Sentence:
        if self._info.kind == "camera":
            return said("Check its cable; it is used again as soon as it is back.")
        return said("Check the network; the connection is made again as soon as it is back.")


def _passed(capture: cv2.VideoCapture) -> bool:
    try:
        return capture.grab()
    except cv2.error:
        return False


def grab(
    capture: cv2.VideoCapture, patience_s: float, clock: Clock, buffers: Buffers | None = None
) -> Image | None:
    """Return the next image, or None if reading failed for `patience_s` and more than once."""
    buffers = buffers or Buffers()
    started = clock.now()
    attempts = 0
    while True:
        try:
            image = buffers.read(capture)
        except cv2.error:
            image = None  # a half-transferred picture
        if image is not None:
            return to_bgr(image)
        attempts += 1
        if attempts > 1 and clock.now() - started >= patience_s:
            return None
        clock.wait(RETRY_S)


def open_stream(url: str, *, loop: bool = False) -> LiveSource | VideoSource:
    """Open a network stream; a finite recording behind http(s) is a video. Raises CaptureError."""
    name = shown_address(url)
    limits = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        OPEN_TIMEOUT_MS,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        READ_TIMEOUT_MS,
    ]
    capture = open_capture(url, limits)
    if not capture.isOpened():
        raise CaptureError(
            "The stream {name} can not be opened: nothing answers there, the address or password is "
            "wrong, or it sends no video. Check the address and the network, and try it in a media "
            "player.",
            name=name,
        )
    if url.lower().startswith("http") and capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0:
        return VideoSource(url, name, loop=loop, capture=capture)
    first = grab(capture, LOST_AFTER_S, REAL_CLOCK)
    if first is None:
        capture.release()
        raise CaptureError(
            "The stream {name} was opened but sends no pictures. Check that its camera is on.", name=name
        )
    fps = sane_fps(capture.get(cv2.CAP_PROP_FPS))
    info = SourceInfo(name, "stream", True, fps, (first.shape[1], first.shape[0]), None)
    return LiveSource(capture, info, first)


def is_stream(spec: str) -> bool:
    """Return True for an address such as rtsp://... or https://..."""
    return "://" in spec and spec.split("://", 1)[0].lower() in STREAM_SCHEMES


def shown_address(url: str) -> str:
    """Return the address without user name, password and query, which may hold secrets."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise CaptureError(_BAD_ADDRESS) from error
    if not parts.hostname:
        raise CaptureError(_BAD_ADDRESS)
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
