"""Reading one picture file: any channel count and depth to BGR, with a size check before decoding."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from desktop.capture.frame import CaptureError
from models.boxes import Image
from models.errors import Sentence, os_reason, said

PICTURE_SUFFIXES = frozenset(
    (
        *(".avif", ".bmp", ".dib", ".gif", ".jp2", ".jpe", ".jpeg", ".jpg"),
        *(".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
    )
)
MAX_PIXELS = 100_000_000  # a third of a gigabyte once decoded; see also models/__init__.py
MAX_BYTES = 500_000_000  # of a file
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_JPEG_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the markers that hold the picture's size


def read_picture(path: Path) -> Image:
    """Return the picture as it is meant to be seen: upright, over white where it is transparent.

    The bytes are read here, because OpenCV can not open every path on Windows. Raises CaptureError.
    """
    try:
        too_large = path.stat().st_size > MAX_BYTES
        data = b"" if too_large else path.read_bytes()
    except OSError as error:
        raise CaptureError(
            "The picture {file} can not be read: {reason}.", file=path.name, reason=reason(error)
        ) from error
    if too_large:
        raise CaptureError(
            "The picture {file} is too large: more than {most} MB. Save it smaller, as JPEG or PNG.",
            file=path.name,
            most=MAX_BYTES // 1_000_000,
        )
    if not data:
        raise CaptureError(
            "The picture {file} is empty (0 bytes). Copy it again from where it came.", file=path.name
        )
    width, height = picture_size(data) or (0, 0)
    if width * height > MAX_PIXELS:
        raise CaptureError(
            "The picture {file} is too large: {width}x{height}, at most {most} megapixels can be read. "
            "Make it smaller first.",
            file=path.name,
            width=width,
            height=height,
            most=MAX_PIXELS // 1_000_000,
        )
    readable = not data.startswith(_PNG) or _has_whole_chunks(data)
    picture = (
        _decode(data, cv2.IMREAD_COLOR) if readable else None
    )  # upright as EXIF says, 8 bit, transparency lost
    if picture is not None and not data.startswith(_JPEG):
        full = _decode(data, cv2.IMREAD_UNCHANGED)
        if full is not None and full.ndim == 3 and full.shape[2] in (2, 4):
            picture = full
    if picture is None:
        raise CaptureError(
            "The picture {file} is damaged or of a kind that can not be read. Check that another program "
            "can show it, and save it as JPEG or PNG.",
            file=path.name,
        )
    return to_bgr(picture)


def to_bgr(picture: npt.NDArray[Any]) -> Image:
    """Return any decoded picture as contiguous BGR uint8 (height, width, 3); transparency becomes white."""
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    elif picture.dtype != np.uint8:
        scale = 255.0 if np.issubdtype(picture.dtype, np.floating) else 1.0
        picture = (np.nan_to_num(picture) * scale).clip(0, 255).astype(np.uint8)
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    if channels in (1, 2):  # grey, grey with alpha, or raw YUYV: the first channel is the light
        grey = picture if picture.ndim == 2 else picture[:, :, 0]
        return _uint8(cv2.cvtColor(np.ascontiguousarray(grey), cv2.COLOR_GRAY2BGR))
    if channels == 4:
        return _over_white(picture)
    return np.ascontiguousarray(picture[:, :, :3])


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return (width, height) as the header of a PNG, JPEG, GIF, BMP or WebP states it; None for others."""
    try:
        for magic, size_of in _SIZES:
            if data.startswith(magic):
                return size_of(data)
    except struct.error:
        return None  # cut off inside its header: decoding will say so
    return None


def reason(error: OSError) -> Sentence:
    """Return why a file could not be read, in words."""
    if isinstance(error, PermissionError):
        return said(
            "this user has no permission to read it; change its permissions or copy it to your own folder"
        )
    if isinstance(error, FileNotFoundError):
        return said("it is not there; check the spelling and the folder")
    return said("{reason}; check the disk or network drive it is on", reason=os_reason(error))


def _png_size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _has_whole_chunks(data: bytes) -> bool:
    """Return whether no chunk of a PNG is longer than the file: OpenCV would ask for its four gigabytes."""
    position = len(_PNG)
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        if position > len(data):
            return False
        if kind == b"IEND":
            break  # what follows is not read
    return True


def _gif_size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _bmp_size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<ii", data, 18)
    return abs(width), abs(height)  # a negative height means top-down


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return (int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1)
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD9:  # padding, and markers without a body
            position += 1 if marker == 0xFF else 2
            continue
        if marker in _JPEG_SIZED:
            height, width = struct.unpack_from(">HH", data, position + 5)
            return width, height
        (length,) = struct.unpack_from(">H", data, position + 2)
        position += 2 + length
    return None


_SIZES: tuple[tuple[bytes, Callable[[bytes], tuple[int, int] | None]], ...] = (
    (_PNG, _png_size),
    (b"GIF8", _gif_size),
    (b"BM", _bmp_size),
    (b"RIFF", _webp_size),
    (_JPEG, _jpeg_size),
)


def _decode(data: bytes, flags: int) -> npt.NDArray[Any] | None:
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        return None  # OpenCV's own limits, or a format it gave up on


def _over_white(picture: Image) -> Image:
    alpha = cv2.cvtColor(np.ascontiguousarray(picture[:, :, 3]), cv2.COLOR_GRAY2BGR)
    colours = np.ascontiguousarray(picture[:, :, :3])
    return _uint8(cv2.add(cv2.multiply(colours, alpha, scale=1 / 255), cv2.bitwise_not(alpha)))


def _uint8(picture: npt.NDArray[Any]) -> Image:
    return picture.astype(np.uint8, copy=False)
