"""Every source keeps the same contract; bad specs and bad files get a sentence, not a traceback."""

import struct
import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from desktop.capture.demo import DemoSource
from desktop.capture.frame import CaptureError, Source, SourceLostError
from desktop.capture.images import PICTURE_S, ImagesSource
from desktop.capture.pacing import PacedSource
from desktop.capture.sources import open_source
from desktop.capture.video import MediaTimes
from models.boxes import Image

Opener = Callable[[], Source]


def picture(number: int, width: int = 64, height: int = 48) -> Image:
    """A flat picture whose grey level tells its number."""
    return np.full((height, width, 3), 20 + 10 * number % 230, np.uint8)


def write_video(path: Path, frames: int = 5, fps: float = 10) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (64, 48))
    for number in range(frames):
        writer.write(picture(number))
    writer.release()
    return path


def write_gif(path: Path, frames: int = 5) -> Path:
    animation = cv2.Animation()
    animation.frames = [picture(number) for number in range(frames)]
    animation.durations = [100] * frames
    assert cv2.imwriteanimation(str(path), animation)
    return path


def write_picture(path: Path, image: Image) -> Path:
    ok, data = cv2.imencode(path.suffix, image)
    assert ok
    path.write_bytes(data.tobytes())
    return path


def write_pictures(folder: Path, count: int) -> Path:
    for number in range(count):
        write_picture(folder / f"{number}.png", picture(number))
    return folder


class FakeCapture:
    """What OpenCV gives for a camera or stream: `frames` pictures, then nothing but failures."""

    def __init__(self, frames: int = 5, *, opened: bool = True, frame_count: float = -1) -> None:
        self.frames = frames
        self.given = 0
        self.opened = opened
        self.released = False
        self.frame_count = frame_count

    def isOpened(self) -> bool:  # noqa: N802
        return self.opened

    def get(self, prop: int) -> float:
        return {cv2.CAP_PROP_FPS: 30.0, cv2.CAP_PROP_FRAME_COUNT: self.frame_count}.get(prop, 0.0)

    def set(self, *_: float) -> bool:
        return False

    def read(self, _place: Image | None = None) -> tuple[bool, Image | None]:
        assert not self.released, "read after release crashes the real one"
        if self.given >= self.frames:
            return False, None
        self.given += 1
        return True, picture(self.given - 1)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def one_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    """One camera is plugged in and nothing needs to be waited for."""
    from desktop.capture import cameras

    camera = cameras.Camera(0, "Test Webcam", "camera:|Test Webcam|", cv2.CAP_V4L2)
    monkeypatch.setattr(cameras, "list_cameras", lambda: [camera])


def opener(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Return what opens a source of that kind with (at least) five frames."""
    if kind in ("camera", "stream"):
        monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeCapture())
    specs: dict[str, Callable[[], str]] = {
        "video": lambda: str(write_video(folder / "lesson.avi")),
        "gif": lambda: str(write_gif(folder / "wave.gif")),
        "folder": lambda: str(write_pictures(folder, 5)),
        "demo": lambda: "demo:3",
        "camera": lambda: "Test Web",
        "stream": lambda: "rtsp://user:secret@camera.example/one",
    }
    spec = specs[kind]()
    return lambda: open_source(spec, width=320, height=180)


@pytest.fixture(params=["video", "gif", "folder", "demo", "camera", "stream"])
def open_it(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_camera: None
) -> Opener:
    return opener(request.param, tmp_path, monkeypatch)


class TestContract:
    """What the rest of the program relies on, whatever the source."""

    def test_frames_are_contiguous_bgr_and_counted_from_zero(self, open_it: Opener) -> None:
        source = open_it()
        frames = [source.read() for _ in range(5)]
        for number, frame in enumerate(frames):
            assert frame is not None
            assert frame.index == number
            assert frame.image.dtype == np.uint8
            assert frame.image.ndim == 3
            assert frame.image.shape[2] == 3
            assert frame.image.flags.c_contiguous
        source.close()

    def test_time_never_runs_backwards(self, open_it: Opener) -> None:
        source = open_it()
        times = [frame.timestamp for frame in (source.read() for _ in range(5)) if frame]
        assert len(times) == 5
        assert times == sorted(times)
        if not source.info.live:
            assert times[0] == 0
            assert len(set(times)) == 5
        source.close()

    def test_a_frame_is_not_overwritten_by_later_ones(self, open_it: Opener) -> None:
        source = open_it()
        first = source.read()
        assert first is not None
        before = first.image.copy()
        for _ in range(4):
            source.read()
        assert np.array_equal(first.image, before)
        source.close()

    def test_info_is_true(self, open_it: Opener) -> None:
        source = open_it()
        frame = source.read()
        assert frame is not None
        assert source.info.name
        assert source.info.size == (frame.image.shape[1], frame.image.shape[0])
        assert source.info.kind in ("camera", "video", "images", "stream", "demo")
        assert source.info.live == (source.info.kind in ("camera", "stream"))
        source.close()

    def test_closing_twice_is_fine_and_reading_then_is_an_error(self, open_it: Opener) -> None:
        source = open_it()
        source.read()
        source.close()
        source.close()
        with pytest.raises(CaptureError, match="closed"):
            source.read()


@pytest.mark.parametrize("kind", ["video", "gif", "folder"])
def test_the_end_stays_the_end(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = opener(kind, tmp_path, monkeypatch)()
    frames = [source.read() for _ in range(8)]
    assert [frame is not None for frame in frames] == [True] * 5 + [False] * 3
    source.close()


@pytest.mark.parametrize("kind", ["video", "gif", "folder"])
def test_a_looping_file_goes_round_with_growing_time(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opener(kind, tmp_path, monkeypatch)  # makes the file
    spec = {"video": tmp_path / "lesson.avi", "gif": tmp_path / "wave.gif", "folder": tmp_path}[kind]
    source = open_source(str(spec), width=64, height=48, loop=True)
    frames = [source.read() for _ in range(12)]
    source.close()
    assert source.info.frame_count is None
    times = [frame.timestamp for frame in frames if frame is not None]
    assert len(times) == 12
    assert np.all(np.diff(times) > 0)
    assert frames[0] is not None
    assert frames[5] is not None
    assert abs(int(frames[0].image[0, 0, 0]) - int(frames[5].image[0, 0, 0])) <= 3
    assert [frame.index for frame in frames if frame is not None] == list(range(12))


def test_a_video_has_the_time_of_its_own_rate(tmp_path: Path) -> None:
    source = open_source(str(write_video(tmp_path / "a.avi", fps=10)), width=0, height=0)
    assert source.info.fps == pytest.approx(10)
    assert source.info.frame_count == 5
    times = [frame.timestamp for frame in (source.read() for _ in range(5)) if frame]
    assert times == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    source.close()


@pytest.mark.parametrize(
    ("positions", "expected"),
    [
        ([0, 0, 0], [0, 0.04, 0.08]),  # a container without time stamps
        ([0, 0.5, 0.3, 0.8], [0, 0.5, 0.54, 1.04]),  # one that jumps back
        ([0, 0.1, 5000, 5000.1], [0, 0.1, 0.14, 0.24]),  # one with a damaged stamp
        ([7.0, 7.2], [0, 0.2]),  # one that does not begin at 0
    ],
)
def test_nonsensical_time_stamps_are_mended(positions: list[float], expected: list[float]) -> None:
    times = MediaTimes(0.04)
    assert [times.next(position) for position in positions] == pytest.approx(expected)


@pytest.mark.parametrize("stated", [0.0, 1000.0, float("nan")])
def test_a_nonsensical_rate_is_not_believed(
    stated: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OddCapture(FakeCapture):
        def get(self, prop: int) -> float:
            return stated if prop == cv2.CAP_PROP_FPS else 0.0

    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: OddCapture())
    (tmp_path / "a.mp4").write_bytes(b"x")
    source = open_source(str(tmp_path / "a.mp4"), width=0, height=0)
    assert source.info.fps is None
    times = [frame.timestamp for frame in (source.read() for _ in range(3)) if frame]
    assert times == pytest.approx([0, 0.04, 0.08])


def test_a_film_made_upright_with_a_telephone_is_shown_upright(tmp_path: Path) -> None:
    path = tmp_path / "upright.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (64, 48))
    writer.write(picture(1))
    writer.release()
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # the track header's transformation
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    source = open_source(str(path), width=0, height=0)
    frame = source.read()
    source.close()
    assert frame is not None
    assert frame.image.shape == (64, 48, 3)
    assert source.info.size == (48, 64)


def test_a_cut_off_video_plays_to_where_it_was_cut(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.avi", frames=40)
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    source = open_source(str(cut), width=0, height=0)
    count = sum(1 for _ in iter(source.read, None))
    assert 5 <= count < 40
    source.close()


def test_a_gif_of_one_frame_is_a_picture(tmp_path: Path) -> None:
    source = open_source(str(write_gif(tmp_path / "one.gif", frames=1)), width=0, height=0)
    assert source.info.kind == "images"
    assert source.info.frame_count == 1
    assert source.read() is not None
    assert source.read() is None


def test_paths_may_hold_any_letters(tmp_path: Path) -> None:
    folder = tmp_path / "Урок №1 – déjà vu"
    folder.mkdir()
    for path in (write_video(folder / "клас.avi"), write_picture(folder / "обличчя 😀.png", picture(1))):
        source = open_source(str(path), width=0, height=0)
        assert source.info.name == path.name
        assert source.read() is not None
        source.close()


def test_pictures_of_a_folder_come_in_natural_order(tmp_path: Path) -> None:
    for number in (10, 9, 2, 1):
        write_picture(tmp_path / f"scan{number}.PNG", picture(number))
    write_picture(tmp_path / ".hidden.png", picture(20))
    (tmp_path / "notes.txt").write_text("not a picture")
    source = open_source(str(tmp_path), width=0, height=0)
    frames = list(iter(source.read, None))
    assert [int(frame.image[0, 0, 0]) for frame in frames if frame] == [30, 40, 110, 120]
    assert [frame.timestamp for frame in frames if frame] == [0, PICTURE_S, 2 * PICTURE_S, 3 * PICTURE_S]


def test_each_picture_of_a_folder_is_a_scene_of_its_own(tmp_path: Path) -> None:
    for number in range(3):
        write_picture(tmp_path / f"{number}.png", picture(number))
    source = ImagesSource(tmp_path, loop=True)
    scenes = [frame.scene for frame in (source.read() for _ in range(7)) if frame]
    assert len(set(scenes[:3])) == 3
    assert scenes == (3 * scenes[:3])[:7]
    alone = ImagesSource(tmp_path / "1.png", loop=True)
    assert len({frame.scene for frame in (alone.read() for _ in range(3)) if frame}) == 1
    paced = PacedSource(ImagesSource(tmp_path), wait=lambda _: False)
    first = paced.read()
    assert first is not None and first.scene == scenes[0]


def test_a_corrupt_picture_in_a_folder_is_named_and_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_picture(tmp_path / "1.png", picture(1))
    (tmp_path / "2-broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not really")
    write_picture(tmp_path / "3.png", picture(3))
    source = ImagesSource(tmp_path)
    assert len(list(iter(source.read, None))) == 2
    assert "2-broken.jpg" in caplog.text
    assert "2-broken.jpg" in str(source.unreadable[0])


def test_a_folder_of_corrupt_pictures_is_an_error_even_when_looping(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"nothing")
    (tmp_path / "b.jpg").write_bytes(b"")
    with pytest.raises(CaptureError, match=r"None of the 2 pictures.*a\.jpg"):
        open_source(str(tmp_path), width=0, height=0, loop=True)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.mp4", b"", "empty"),
        ("empty.png", b"", "empty"),
        ("noise.mp4", b"no video at all" * 100, "damaged"),
        ("noise.gif", b"GIF89a and then nothing", "damaged"),
        ("noise.jpg", b"\xff\xd8\xff and then nothing", "damaged"),
        ("without_suffix", b"\x00" * 1000, "damaged"),
    ],
)
def test_bad_files_are_named_with_what_is_wrong(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CaptureError, match=says) as error:
        open_source(str(tmp_path / name), width=0, height=0)
    assert name in str(error.value)
    assert len(str(error.value).split(". ")) >= 2, "it also says what to do"


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("lesson.mp4", "no file"),
        ("./lesson", "no file"),
        ("C:\\lessons\\one.avi", "no file"),
        ("demo:happy", "whole number"),
        ("rtsp://", "not valid"),
        ("http://host:port/x", "not valid"),
        ("a\x00b.mp4", "no file"),
        ("x" * 5000, "No camera"),
    ],
)
def test_bad_specs_are_explained(spec: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.capture.cameras.list_cameras", list)
    with pytest.raises(CaptureError, match=says):
        open_source(spec, width=640, height=480)


def test_a_folder_without_pictures_is_explained(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no pictures"):
        open_source(str(tmp_path), width=0, height=0)


def test_without_a_camera_the_demo_classroom_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.capture.sources.list_cameras", list)
    source = open_source("", width=320, height=180)
    assert isinstance(source, DemoSource)


def test_a_stream_never_shows_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeCapture(opened=False))
    with pytest.raises(CaptureError) as error:
        open_source("rtsp://user:secret@camera.example:554/one?key=secret", width=0, height=0)
    assert "secret" not in str(error.value)
    assert "rtsp://camera.example:554/one" in str(error.value)


def test_a_broken_stream_is_lost_and_not_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeCapture(frames=2))
    monkeypatch.setattr("desktop.capture.live.LOST_AFTER_S", 0.0)
    monkeypatch.setattr("desktop.capture.live.RETRY_S", 0.0)
    source = open_source("http://camera.example/mjpg", width=0, height=0)
    assert source.info.live
    source.read()
    source.read()
    with pytest.raises(SourceLostError, match=r"camera\.example.*network"):
        source.read()


def test_a_recording_behind_an_address_is_a_video(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = FakeCapture(frames=3, frame_count=3)
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: capture)
    source = open_source("https://school.example/lesson.mp4", width=0, height=0)
    assert not source.info.live
    assert len(list(iter(source.read, None))) == 3
    source.close()
    assert capture.released


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "frames", "seconds"),
    [("classroom.gif", 45, 2.93), ("no_face.mp4", 95, 3.92), ("student.mkv", 52, 1.7)],
)
def test_real_files_are_read_to_their_end(name: str, frames: int, seconds: float, shared_data: Path) -> None:
    source = open_source(str(shared_data / "videos" / name), width=0, height=0)
    times = [frame.timestamp for frame in iter(source.read, None) if frame]
    source.close()
    assert len(times) == frames
    assert times[-1] == pytest.approx(seconds, abs=0.02)


def test_closing_from_another_thread_wakes_a_waiting_reader(tmp_path: Path) -> None:
    source = PacedSource(open_source(str(write_video(tmp_path / "slow.avi", fps=0.2)), width=0, height=0))
    assert source.read() is not None
    threading.Timer(0.05, source.close).start()
    with pytest.raises(CaptureError, match="closed"):
        source.read()  # due in five seconds
