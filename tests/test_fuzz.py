"""Wild input: mutated files of every kind come out as read or refused in our own words, in bounds."""

import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from desktop.capture.frame import CaptureError
from desktop.capture.sources import open_source
from models.emotion import EmotionClassifier
from models.errors import ModelError
from models.learned import LearnedDetector
from tests.chaos import report, times
from tests.fuzz_readers import READERS
from tests.fuzzing import fuzz, mutated
from tests.onnx_models import write_tiny_detector, write_tiny_model

SHORT = 100
LONGEST_CPU_S = 5.0  # of processor time for one input
MOST_MEMORY_MB = 1000.0  # of the whole process
SIDE = 40_000
NOT_FOR_OPENCV = (766,)  # inputs on which its network reader crashes


@pytest.mark.parametrize("reader", sorted(READERS.keys() - {"yunet"}))
@times(short=SHORT, long=10_000, name="count")
def test_mutated_files_are_read_or_refused_in_our_own_words(reader: str, count: int) -> None:
    _check(reader, 30 if reader == "databases" and count == SHORT else count)  # each is opened five times


@pytest.mark.data
@times(short=SHORT, long=10_000, name="count")
def test_mutated_files_of_yunet_are_read_or_refused_in_our_own_words(shared_data: Path, count: int) -> None:
    _check("yunet", count)


@pytest.mark.data
@pytest.mark.parametrize("number", NOT_FOR_OPENCV)
def test_a_yunet_that_would_crash_opencv_is_refused(shared_data: Path, number: int) -> None:
    outcome = fuzz("yunet", 1, first=number)
    assert (outcome.refused, outcome.wrong) == (1, [])


def _check(reader: str, count: int) -> None:
    outcome = fuzz(reader, count)
    report(f"{reader}: {outcome}")
    assert outcome.wrong == []
    assert outcome.tried == count
    assert outcome.refused > 0
    assert outcome.slowest_s < LONGEST_CPU_S
    assert outcome.memory_mb < MOST_MEMORY_MB


def test_the_same_number_is_the_same_input() -> None:
    data = bytes(range(200))
    assert mutated(data, random.Random(5), text=False) == mutated(data, random.Random(5), text=False)
    assert len({mutated(data, random.Random(seed), text=True) for seed in range(100)}) > 80


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(side: int) -> bytes:
    """Return a picture whose few bytes unpack to the whole square, as a bomb does."""
    rows = zlib.compressobj(9)
    packed = rows.compress(bytes(1_000_000)) + rows.flush()
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _long_chunk() -> bytes:
    """Return a small picture with a chunk that says it has four gigabytes."""
    data = cv2.imencode(".png", np.zeros((40, 60, 3), np.uint16))[1].tobytes()
    at = data.find(b"IDAT") - 4
    return data[:at] + b"\xff\xff\xff\x00" + data[at + 4 :]


def _gif(side: int) -> bytes:
    frame = b"\x2c" + struct.pack("<HHHH", 0, 0, 1, 1) + b"\x00\x02\x02\x44\x01\x00"
    screen = struct.pack("<HH", side, side) + b"\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    return b"GIF89a" + screen + frame * 3 + b"\x3b"


def _tiff(side: int) -> bytes:
    """Return a picture of one strip: its size stands in a directory, which only the decoder reads."""
    tags = [
        (256, side),
        (257, side),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 200),
        (277, 1),
        (278, side),
        (279, 9),
    ]
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + directory + bytes(300)


def _jpeg(side: int) -> bytes:
    data = bytearray(cv2.imencode(".jpg", np.zeros((48, 64, 3), np.uint8))[1].tobytes())
    at = data.find(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", side, side)
    return bytes(data)


def _bmp(side: int) -> bytes:
    sizes = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + sizes


BOMBS = {
    "bomb.png": _png(SIDE),
    "chunk.png": _long_chunk(),
    "bomb.jpg": _jpeg(SIDE),
    "bomb.bmp": _bmp(SIDE),
    "bomb.gif": _gif(SIDE),
    "bomb.tif": _tiff(SIDE),
    "bomb.ppm": b"P5 %d %d 255\n" % (SIDE, SIDE) + bytes(100),
    "smaller.tif": _tiff(20_000),  # OpenCV alone would ask for a gigabyte
    "smaller.ppm": b"P5 20000 20000 255\n" + bytes(100),
    "smaller.gif": _gif(11_000),  # FFmpeg alone would
    "bomb.mp4": _png(SIDE),  # its ending lies
    "lies.mp4": _gif(11_000),
    "lies.jpg": _png(SIDE),
}
_MEMORY = """
import resource, sys
from desktop.capture.frame import CaptureError
from desktop.capture.sources import open_source
for path in sys.argv[1:]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        open_source(path, width=64, height=48)
        print(path, "was opened")
    except CaptureError:
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        if grown > 40:
            print(path, "took", grown, "MB")
"""


def test_pictures_that_would_fill_the_memory_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    for name, data in BOMBS.items():
        (tmp_path / name).write_bytes(data)
    ended = subprocess.run(  # noqa: S603  (our own program, alone in a process: its memory is measured)
        [sys.executable, "-c", _MEMORY, *(str(tmp_path / name) for name in BOMBS)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.stdout, ended.returncode) == ("", 0), ended.stderr


def test_a_large_size_is_said(tmp_path: Path) -> None:
    for name in ("bomb.png", "smaller.gif"):
        (tmp_path / name).write_bytes(BOMBS[name])
        with pytest.raises(CaptureError, match="too large"):
            open_source(str(tmp_path / name), width=64, height=48)


def test_a_huge_file_is_not_read_into_memory(tmp_path: Path) -> None:
    for name in ("a.png", "a.onnx"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(50_000_000_000)  # a hole: it takes no space
    with pytest.raises(CaptureError, match="too large"):
        open_source(str(tmp_path / "a.png"), width=64, height=48)
    with pytest.raises(ModelError, match="no ONNX file"):
        EmotionClassifier(tmp_path / "a.onnx")


@pytest.mark.parametrize("side", ["0", "31", "5000", "9" * 5000, "٣٢٠", "-64", "64.0"])
def test_a_detector_with_an_absurd_input_is_refused(tmp_path: Path, side: str) -> None:
    with pytest.raises(ModelError, match="image_size"):
        LearnedDetector(write_tiny_detector(tmp_path / "face.onnx", metadata={"image_size": side}))


@pytest.mark.parametrize("name", [b"scores", b"images", b"probabilities", b"classmood_format", b"Flatten"])
def test_names_that_are_no_text_make_no_model(tmp_path: Path, name: bytes) -> None:
    path = write_tiny_model(tmp_path / "emotion.onnx")
    path.write_bytes(path.read_bytes().replace(name, b"\xff" * len(name), 1))
    with pytest.raises(ModelError):
        EmotionClassifier(path)


def test_a_detector_that_gives_too_much_or_too_little_is_refused(tmp_path: Path) -> None:
    path = write_tiny_detector(tmp_path / "face.onnx")
    model = onnx.load(str(path))
    model.graph.node[-4].input.append(model.graph.node[-4].input[0])  # the scores of the finest places twice
    onnx.save(model, str(path))
    with pytest.raises(ModelError, match="can not be run"):
        LearnedDetector(path)
