"""`Frame`, the one thing that capture hands on, and the `Source` protocol that yields it."""

from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from models.boxes import Image
from models.errors import KnownError

DEMO_NAME: Final = "Demo classroom"  # as it is stored; people read it in their language


class CaptureError(KnownError):
    """A source can not be opened or read; the text says what happened and what to do."""


class SourceLostError(CaptureError):
    """A live source that worked went away (unplugged, network gone); opening it again may help."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One captured image and when it was captured. The image is never written into again."""

    index: int  # counts from 0 within one opening of a source
    timestamp: float  # seconds; desktop.capture.clock.now() for live sources, media time from 0 for files
    image: Image  # BGR, uint8, (height, width, 3)
    scene: int = 0  # another number than the frame before: another picture, in which nothing can be followed


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of an opened source before its first frame."""

    name: str  # for people: "HD Webcam", "lesson.mp4", "Demo classroom"
    kind: str  # "camera", "video", "images", "stream" or "demo"
    live: bool  # True: paced by the world (camera, stream); False: must be paced to look right
    fps: float | None  # the source's own rate, if it states one
    size: tuple[int, int] | None  # (width, height), if known
    frame_count: int | None  # None for endless sources
    identity: str = ""  # what finds this very camera again after it was unplugged


class Source(Protocol):
    """Anything that yields frames. Used by one thread at a time; `close` may be called twice."""

    @property
    def info(self) -> SourceInfo:
        """Return what is known of the source."""
        ...

    def read(self) -> Frame | None:
        """Return the next frame, waiting for it if need be, or None at the end.

        Raises SourceLostError when a live source went away, CaptureError when it can not be read.
        """
        ...

    def close(self) -> None:
        """Give back the device or file."""
        ...


@runtime_checkable
class SkippingSource(Protocol):
    """A source that can leave a frame out for less than it costs to read it."""

    def skip(self) -> float | None:
        """Pass over the next frame, waiting for it as `read` does; return its time, None at the end.

        Raises what `read` raises.
        """
        ...
