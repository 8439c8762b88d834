"""`open_source`: from what the user wrote (a camera, a file, a folder, an address, "demo") to a source."""

import re
from pathlib import Path

from desktop.capture.cameras import IDENTITY, find_camera, list_cameras, open_camera
from desktop.capture.demo import DemoSource
from desktop.capture.frame import CaptureError, Source
from desktop.capture.images import ImagesSource
from desktop.capture.live import is_stream, open_stream
from desktop.capture.pictures import PICTURE_SUFFIXES
from desktop.capture.video import open_video


def open_source(spec: str, *, width: int, height: int, loop: bool = False, mirror: bool = False) -> Source:
    """Open a source. Raises CaptureError that says what happened and what to do.

    `spec` is "" (the first camera, else the demo classroom), a camera's index, part of its name or its
    `SourceInfo.identity`, a video, GIF, picture or folder, an rtsp/http address, "demo" or "demo:SEED".
    Size and mirroring are for cameras (the demo classroom takes the size too), `loop` is for files.
    """
    spec = spec.strip()
    if not spec:
        cameras = list_cameras()
        if not cameras:
            return DemoSource(width=width, height=height)
        return open_camera(cameras[0], width=width, height=height, mirror=mirror)
    if spec == "demo" or spec.startswith("demo:"):
        return DemoSource(_seed(spec), width=width, height=height)
    if is_stream(spec):
        return open_stream(spec, loop=loop)
    path = Path(spec).expanduser() if spec.startswith("~/") else Path(spec)
    if _names_a_camera(spec) or not (_exists(path) or _looks_like_a_path(spec)):
        return open_camera(find_camera(spec), width=width, height=height, mirror=mirror)
    return _open_path(path, loop=loop)


def _open_path(path: Path, *, loop: bool) -> Source:
    if not _exists(path):
        raise CaptureError(
            "There is no file or folder {path}. Check the spelling and the folder it is in.", path=path
        )
    if path.is_dir():
        return ImagesSource(path, loop=loop)
    if not path.is_file():
        raise CaptureError(
            "{path} is neither a file nor a folder. Give a video, a picture or a folder.", path=path
        )
    suffix = path.suffix.lower()
    if suffix in PICTURE_SUFFIXES and suffix != ".gif":
        return ImagesSource(path, loop=loop)
    video = open_video(path, loop=loop)
    if suffix == ".gif" and video.has_one_frame:
        video.close()
        return ImagesSource(path, loop=loop)
    return video


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, or with characters that no path may have
        return False


def _names_a_camera(spec: str) -> bool:
    return spec.startswith(IDENTITY) or re.fullmatch(r"[0-9]{1,4}|/dev/video[0-9]+", spec) is not None


def _looks_like_a_path(spec: str) -> bool:
    return "/" in spec or "\\" in spec or re.search(r"\.[A-Za-z0-9]{2,5}$", spec) is not None


def _seed(spec: str) -> int:
    text = spec.removeprefix("demo").removeprefix(":")
    if text and not re.fullmatch(r"[0-9]{1,9}", text):
        raise CaptureError(
            "“{text}” is no seed for the demo classroom. Write a whole number, as in demo:7.", text=text
        )
    return int(text or 0)
