"""Pictures of every kind become upright BGR; absurd ones are refused before they are decoded."""

import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.capture.frame import CaptureError
from desktop.capture.pictures import picture_size, read_picture, to_bgr


def write(path: Path, image: npt.NDArray[Any], flags: tuple[int, ...] = ()) -> Path:
    ok, data = cv2.imencode(path.suffix, image, flags)
    assert ok
    path.write_bytes(data.tobytes())
    return path


def png_that_claims(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def with_exif_orientation(jpeg: bytes, orientation: int) -> bytes:
    tiff = b"II*\x00\x08\x00\x00\x00" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def test_grey_and_16_bit_pictures_keep_their_light(tmp_path: Path) -> None:
    grey = read_picture(write(tmp_path / "grey.png", np.full((6, 8), 77, np.uint8)))
    deep = read_picture(write(tmp_path / "deep.png", np.full((6, 8, 3), 200 * 256, np.uint16)))
    assert grey.shape == deep.shape == (6, 8, 3)
    assert np.all(grey == 77)
    assert np.all(deep == 200)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_transparent_parts_become_white(tmp_path: Path, depth: type[np.unsignedinteger[Any]]) -> None:
    whole = np.iinfo(depth).max
    image = np.zeros((4, 6, 4), depth)
    image[:, :3, 2] = whole  # red, opaque
    image[:, :3, 3] = whole
    seen = read_picture(write(tmp_path / "a.png", image))
    assert seen[0, 0].tolist() == [0, 0, 255]
    assert seen[0, 5].tolist() == [255, 255, 255]


def test_a_photograph_taken_upright_is_shown_upright(tmp_path: Path) -> None:
    image = np.zeros((20, 40, 3), np.uint8)
    image[:, :20] = 255
    jpeg = cv2.imencode(".jpg", image)[1].tobytes()
    (tmp_path / "a.jpg").write_bytes(with_exif_orientation(jpeg, 6))  # to be turned clockwise
    seen = read_picture(tmp_path / "a.jpg")
    assert seen.shape == (40, 20, 3)
    assert seen[5].mean() > 250
    assert seen[35].mean() < 5


def test_an_8k_picture_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "8k.jpg", np.full((4320, 7680, 3), 90, np.uint8))
    assert read_picture(path).shape == (4320, 7680, 3)


def test_an_absurd_size_is_refused_before_decoding(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(png_that_claims(100_000, 100_000))
    with pytest.raises(CaptureError, match=r"bomb\.png is too large: 100000x100000"):
        read_picture(tmp_path / "bomb.png")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".gif", ".webp"])
def test_the_size_is_known_from_the_header(suffix: str) -> None:
    image = np.zeros((48, 70, 3), np.uint8)
    assert picture_size(cv2.imencode(suffix, image)[1].tobytes()) == (70, 48)


def test_webp_with_and_without_loss_or_transparency() -> None:
    image = np.random.default_rng(0).integers(0, 255, (33, 47, 4), np.uint8)
    for channels, quality in ((4, 50), (4, 101), (3, 50), (3, 101)):
        data = cv2.imencode(".webp", image[:, :, :channels], [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
        assert picture_size(data) == (47, 33)


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"RIFF", b"\xff\xd8\xff"]), st.binary(max_size=64)
)
def test_no_header_upsets_the_size_check(magic: bytes, rest: bytes) -> None:
    size = picture_size(magic + rest)
    assert size is None or min(size) >= 0


@pytest.mark.parametrize(
    "image",
    [
        np.full((4, 5), 9, np.uint8),
        np.full((4, 5, 1), 9, np.uint8),
        np.full((4, 5, 2), 9, np.uint8),
        np.full((4, 5, 3), 9, np.uint8)[:, ::-1],
        np.full((4, 5, 3), 9 / 255, np.float32),
        np.full((4, 5, 3), 9 * 256, np.uint16),
    ],
)
def test_any_channel_count_and_depth_becomes_contiguous_bgr(image: npt.NDArray[Any]) -> None:
    seen = to_bgr(image)
    assert seen.shape == (4, 5, 3)
    assert seen.dtype == np.uint8
    assert seen.flags.c_contiguous
    assert np.all(seen == 9)
