"""A picture, or a folder of pictures in natural order, as a source."""

import logging
import re
from pathlib import Path

from desktop.capture.frame import CaptureError, Frame, SourceInfo
from desktop.capture.pictures import PICTURE_SUFFIXES, read_picture, reason
from models.boxes import Image
from models.errors import Sentence

log = logging.getLogger(__name__)

PICTURE_S = 2.0  # media time that one picture is shown


class ImagesSource:
    """Yields every picture once, or round and round.

    In a folder a picture that can not be read is logged by name, kept in `unreadable` and left out.
    """

    def __init__(self, path: Path, *, loop: bool = False) -> None:
        """Open a picture or a folder. Raises CaptureError if no picture can be read."""
        self._folder = path.is_dir()
        self._paths = list_pictures(path) if self._folder else [path]
        self._loop = loop
        self._position = 0  # in _paths
        self._index = 0
        self._closed = False
        self.unreadable: list[Sentence] = []  # what was wrong with each picture left out
        self._pending = self._next_picture()
        if self._pending is None:
            raise CaptureError(
                "None of the {count} pictures in {path} can be read. {error}",
                count=len(self._paths),
                path=path,
                error=self.unreadable[0],
            )
        height, width = self._pending.shape[:2]
        count = None if loop else len(self._paths)
        name = path.resolve().name or str(path)
        self._info = SourceInfo(name, "images", False, 1 / PICTURE_S, (width, height), count)

    @property
    def info(self) -> SourceInfo:
        """Return name, size of the first picture, and number of pictures."""
        return self._info

    def read(self) -> Frame | None:
        """Return the next picture, or None after the last one."""
        if self._closed:
            raise CaptureError("{name} was closed. Open it again to go on.", name=self._info.name)
        picture = self._pending if self._pending is not None else self._next_picture()
        if picture is None:
            return None
        alone = self._loop and len(self._paths) == 1
        self._pending = picture if alone else None  # one picture going round is decoded once
        frame = Frame(self._index, self._index * PICTURE_S, picture, scene=self._position)
        self._index += 1
        return frame

    def close(self) -> None:
        """Forget the pictures."""
        self._closed = True
        self._pending = None

    def _next_picture(self) -> Image | None:
        """Return the next picture that can be read; None at the end, or after a whole round without one."""
        for _ in self._paths:
            if self._position == len(self._paths):
                if not self._loop:
                    return None
                self._position = 0
            path = self._paths[self._position]
            self._position += 1
            try:
                return read_picture(path)
            except CaptureError as error:
                if not self._folder:
                    raise
                if error.sentence not in self.unreadable:
                    log.warning("left out: %s", error)
                    self.unreadable.append(error.sentence)
        return None


def list_pictures(folder: Path) -> list[Path]:
    """Return the folder's pictures in natural order (2 before 10). Raises CaptureError without any."""
    try:
        pictures = [path for path in folder.iterdir() if _is_picture(path)]
    except OSError as error:
        raise CaptureError(
            "The folder {folder} can not be read: {reason}.", folder=folder, reason=reason(error)
        ) from error
    if not pictures:
        raise CaptureError(
            "The folder {folder} holds no pictures (JPEG, PNG, BMP, GIF, TIFF or WebP). Choose another "
            "folder, or one file in it.",
            folder=folder,
        )
    return sorted(pictures, key=_natural_key)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES and path.is_file() and not path.name.startswith(".")


def _natural_key(path: Path) -> list[tuple[int, str]]:
    parts = re.split(r"([0-9]+)", path.name.casefold())
    return [(int(part) if number % 2 else 0, part) for number, part in enumerate(parts)]
