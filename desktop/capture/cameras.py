"""Cameras: listing them by name, finding one again after it was unplugged, and opening one."""

import logging
import os
import re
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Protocol

import cv2

from desktop.capture.clock import REAL_CLOCK, Clock
from desktop.capture.frame import CaptureError, SourceInfo
from desktop.capture.live import FIRST_FRAME_S, LiveSource, grab
from desktop.capture.video import sane_fps
from models.errors import Sentence, said

_enumerator: ModuleType | None
try:
    import cv2_enumerate_cameras as _enumerator
except ImportError:  # its system library is missing; cameras can still be opened by number
    _enumerator = None

log = logging.getLogger(__name__)

IDENTITY = "camera:"  # begins the identity of a camera, which is a spec too


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera that is plugged in."""

    index: int  # what OpenCV opens; changes when cameras come and go
    name: str
    identity: str  # stays the same when it is unplugged and back; `open_source` takes it
    backend: int  # cv2.CAP_...: the back end that `index` belongs to


class CameraInfo(Protocol):
    """What cv2-enumerate-cameras says of a camera."""

    index: int
    name: str | None
    path: str | None
    vid: int | None
    pid: int | None


def list_cameras() -> list[Camera]:
    """Return the cameras that are plugged in; none if this system can not tell (the log says why)."""
    cameras: list[Camera] = []
    for backend in _backends():
        known = {_lasting(camera.identity) for camera in cameras}
        cameras += [camera for camera in _enumerate(backend) if _lasting(camera.identity) not in known]
    return cameras


def find_camera(spec: str) -> Camera:
    """Return the camera of an index, a device path, an identity, or a part of a name (any case).

    Raises CaptureError naming the cameras there are if none or several fit.
    """
    cameras = list_cameras()
    if spec.startswith(IDENTITY):
        return _find_again(spec, cameras)
    device = re.fullmatch(r"(?:/dev/video)?([0-9]{1,4})", spec)
    if device:
        return _at_index(int(device[1]), cameras)
    wanted = spec.casefold()
    exact = [c for c in cameras if c.name.casefold() == wanted]
    fitting = exact or [c for c in cameras if wanted in c.name.casefold()]
    if not fitting:
        raise CaptureError(
            "No camera is called “{spec}”, and no file either. {choices}",
            spec=spec,
            choices=_choices(cameras),
        )
    if len(fitting) > 1:
        raise CaptureError(
            "Several cameras fit “{spec}”; use a number or a longer name. {choices}",
            spec=spec,
            choices=_choices(fitting),
        )
    return fitting[0]


def open_camera(
    camera: Camera,
    *,
    width: int,
    height: int,
    mirror: bool = False,
    clock: Clock = REAL_CLOCK,
) -> LiveSource:
    """Open a camera at the size nearest to the one asked for. Raises CaptureError if no picture comes."""
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")  # else it opens for half a minute
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")  # seconds; else a read may hang for ten
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    capture = cv2.VideoCapture(camera.index, camera.backend)
    with ExitStack() as failed:
        failed.callback(capture.release)  # whatever goes wrong, the next attempt finds the camera free
        if not capture.isOpened():
            raise CaptureError(_why_not(camera))
        if camera.backend != cv2.CAP_AVFOUNDATION:  # compressed: raw frames are too much for USB 2
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        first = grab(capture, FIRST_FRAME_S, clock)
        if first is None:
            raise CaptureError(_why_not(camera))
        fps = sane_fps(capture.get(cv2.CAP_PROP_FPS))
        failed.pop_all()
    size = (first.shape[1], first.shape[0])
    info = SourceInfo(camera.name, "camera", True, fps, size, None, camera.identity)
    return LiveSource(capture, info, first, mirror=mirror, clock=clock)


def _backends() -> tuple[int, ...]:
    if sys.platform == "win32":
        return cv2.CAP_DSHOW, cv2.CAP_MSMF  # DirectShow opens at once and knows virtual cameras
    if sys.platform == "darwin":
        return (cv2.CAP_AVFOUNDATION,)
    return (cv2.CAP_V4L2,)


def _enumerate(backend: int) -> list[Camera]:
    if _enumerator is None:
        log.warning("cameras can not be listed: cv2-enumerate-cameras does not work on this system")
        return []
    try:
        found = sorted(_enumerator.enumerate_cameras(backend), key=lambda camera: camera.index)
    except (OSError, RuntimeError, ValueError, TypeError, AttributeError) as error:
        log.warning("cameras can not be listed: %s", error)
        return []
    return [_camera(info, backend) for info in found]


def _camera(info: CameraInfo, backend: int) -> Camera:
    title = (info.name or "").strip() or f"Camera {info.index}"
    twice = re.fullmatch(r"(.+): \1", title)  # Linux: "HD Webcam: HD Webcam"
    title = twice[1] if twice else title
    usb = "" if info.vid is None or info.pid is None else f"{info.vid:04x}-{info.pid:04x}"
    return Camera(info.index, title, f"{IDENTITY}{usb}|{title}|{info.path or ''}", backend)


def _find_again(identity: str, cameras: list[Camera]) -> Camera:
    """Return the camera at the same place, else the same kind of camera elsewhere (another USB port)."""
    same = [c for c in cameras if c.identity == identity]
    alike = [c for c in cameras if _lasting(c.identity) == _lasting(identity)]
    if not same and not alike:
        name = identity.removeprefix(IDENTITY).split("|")[1:2] or [identity]
        raise CaptureError("{name} is not plugged in. {choices}", name=name[0], choices=_choices(cameras))
    return (same or alike)[0]


def _lasting(identity: str) -> str:
    """Return the part of an identity that another port or back end does not change."""
    return "|".join(identity.split("|")[:2])


def _at_index(index: int, cameras: list[Camera]) -> Camera:
    for camera in cameras:
        if camera.index == index:
            return camera
    if cameras or (sys.platform == "linux" and not Path(f"/dev/video{index}").exists()):
        raise CaptureError(
            "There is no camera number {index}. {choices}", index=index, choices=_choices(cameras)
        )
    return Camera(index, f"Camera {index}", str(index), _backends()[0])  # the system would not list it


def _choices(cameras: list[Camera]) -> Sentence:
    if not cameras:
        return said("No camera was found: plug one in, or use “demo” as the source.")
    return said("There are: {cameras}.", cameras=", ".join(f"{c.index} ({c.name})" for c in cameras))


def _why_not(camera: Camera) -> Sentence:
    """Return words for a camera that is there and gives no picture."""
    if sys.platform == "linux":
        device = Path(f"/dev/video{camera.index}")
        if device.exists() and not os.access(device, os.R_OK | os.W_OK):
            return said(
                "{name} may not be used: this user has no permission for {device}. "
                "Run “sudo usermod -aG video $USER”, then log out and in again.",
                name=camera.name,
                device=device,
            )
        return said(
            "{name} gives no picture: most likely another program (a video call, a browser) uses it. "
            "Close that program and try again, or plug the camera in again.",
            name=camera.name,
        )
    setting = (
        said("Settings > Privacy & security > Camera")
        if sys.platform == "win32"
        else said("System Settings > Privacy & Security > Camera")
    )
    return said(
        "{name} gives no picture: most likely another program (a video call, a browser) uses it. "
        "Close that program, or allow camera access in {setting}, and try again.",
        name=camera.name,
        setting=setting,
    )
