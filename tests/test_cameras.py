"""Cameras: found by name or number, found again after they were unplugged, opened or explained."""

from dataclasses import dataclass
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from desktop.capture import cameras
from desktop.capture.cameras import Camera, find_camera, list_cameras, open_camera
from desktop.capture.clock import Clock
from desktop.capture.frame import CaptureError, SourceLostError
from desktop.capture.sources import open_source
from models.boxes import Image


@dataclass
class Plugged:
    """What the system says of one camera."""

    index: int
    name: str
    path: str
    vid: int | None = None
    pid: int | None = None


HD = Plugged(0, "HD Webcam: HD Webcam", "/dev/video0", 0x046D, 0x0825)
DESK = Plugged(2, "Document Camera", "/dev/video2", 0x1234, 0x0001)
HD_TWO = Plugged(4, "HD Webcam: HD Webcam", "/dev/video4", 0x046D, 0x0825)


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> "Plug":
    return Plug(monkeypatch)


class Plug:
    """Plugs cameras in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        monkeypatch.setattr("sys.platform", "linux")

    def __call__(self, *plugged: Plugged) -> None:
        system = SimpleNamespace(enumerate_cameras=lambda _backend: list(plugged))
        self._monkeypatch.setattr(cameras, "_enumerator", system)


class FakeClock:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.time_s = 100.0
        self.clock = Clock(now=lambda: self.time_s, wait=self._wait)

    def _wait(self, seconds: float) -> None:
        self.time_s += seconds


class FakeCamera:
    """A `cv2.VideoCapture` of a camera: `script` says for every read whether a picture comes."""

    def __init__(self, script: str, *, opened: bool = True, repeat: str = "x") -> None:
        self.script = script  # "." a picture, "x" a failure
        self.repeat = repeat  # what goes on for ever after the script
        self.opened = opened
        self.settings: list[tuple[int, float]] = []
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802
        return self.opened

    def set(self, prop: int, value: float) -> bool:
        self.settings.append((prop, value))
        return True

    def get(self, prop: int) -> float:
        return 30.0 if prop == cv2.CAP_PROP_FPS else 0.0

    def read(self, _place: Image | None = None) -> tuple[bool, Image | None]:
        step, self.script = self.script[:1] or self.repeat, self.script[1:]
        if step == "x":
            return False, None
        image = np.zeros((48, 64, 3), np.uint8)
        image[:, :32] = 200
        return True, image

    def release(self) -> None:
        self.released = True


CAMERA = Camera(0, "HD Webcam", "camera:046d-0825|HD Webcam|/dev/video0", cv2.CAP_V4L2)


def test_cameras_are_listed_by_index_with_tidy_names(plug: Plug) -> None:
    plug(DESK, HD)
    assert [(c.index, c.name) for c in list_cameras()] == [(0, "HD Webcam"), (2, "Document Camera")]


def test_no_camera_is_an_empty_list(plug: Plug) -> None:
    plug()
    assert list_cameras() == []


def test_a_system_that_can_not_list_cameras_says_so_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(backend: int) -> list[Plugged]:
        raise OSError("device is gone")

    monkeypatch.setattr(cameras, "_enumerator", SimpleNamespace(enumerate_cameras=broken))
    assert list_cameras() == []
    assert "device is gone" in caplog.text
    monkeypatch.setattr(cameras, "_enumerator", None)
    assert list_cameras() == []
    assert "can not be listed" in caplog.text


def test_windows_lists_a_camera_of_both_back_ends_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    seen = {
        cv2.CAP_DSHOW: [Plugged(0, "HD Webcam", r"\\?\usb#1", 1, 2), Plugged(1, "Virtual Camera", "")],
        cv2.CAP_MSMF: [
            Plugged(0, "IR Camera", r"\\?\usb#3", 5, 6),
            Plugged(1, "HD Webcam", r"\\?\usb#1x", 1, 2),
        ],
    }
    monkeypatch.setattr(cameras, "_enumerator", SimpleNamespace(enumerate_cameras=seen.__getitem__))
    assert [(c.name, c.index, c.backend) for c in list_cameras()] == [
        ("HD Webcam", 0, cv2.CAP_DSHOW),
        ("Virtual Camera", 1, cv2.CAP_DSHOW),
        ("IR Camera", 0, cv2.CAP_MSMF),
    ]


@pytest.mark.parametrize("spec", ["2", "/dev/video2", "Document Camera", "docu", "DOCUMENT cam"])
def test_a_camera_is_found_by_number_path_or_part_of_its_name(plug: Plug, spec: str) -> None:
    plug(HD, DESK)
    assert find_camera(spec).name == "Document Camera"


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("cam", r"Several.*0 \(HD Webcam\), 2 \(Document Camera\)"),
        ("Phone", "No camera.*0"),
        ("7", "number 7.*0"),
    ],
)
def test_a_camera_that_is_not_clear_gets_the_choices(plug: Plug, spec: str, says: str) -> None:
    plug(HD, DESK)
    with pytest.raises(CaptureError, match=says):
        find_camera(spec)


def test_a_camera_is_found_again_at_another_index(plug: Plug) -> None:
    plug(HD, DESK)
    identity = find_camera("HD").identity
    plug(
        Plugged(0, "Document Camera", "/dev/video0", 0x1234, 0x0001),
        Plugged(3, HD.name, "/dev/video3", HD.vid, HD.pid),
    )
    assert find_camera(identity).index == 3


def test_of_two_alike_the_one_at_the_same_place_is_found_again(plug: Plug) -> None:
    plug(HD, HD_TWO)
    second = list_cameras()[1]
    assert find_camera(second.identity).index == 4


def test_a_camera_that_is_still_unplugged_is_named(plug: Plug) -> None:
    plug(DESK)
    with pytest.raises(CaptureError, match="HD Webcam is not plugged in"):
        find_camera(CAMERA.identity)


def test_the_identity_of_an_opened_camera_opens_it_again(plug: Plug, monkeypatch: pytest.MonkeyPatch) -> None:
    plug(HD, DESK)
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeCamera("...."))
    source = open_source("document", width=640, height=480)
    again = open_source(source.info.identity, width=640, height=480)
    assert again.info == source.info


def test_the_format_is_set_before_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeCamera(".")
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: fake)
    open_camera(CAMERA, width=1280, height=720, clock=FakeClock().clock)
    assert [prop for prop, _ in fake.settings] == [
        cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
    ]  # fmt: skip


def test_a_camera_that_wakes_slowly_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeCamera("x" * 40 + ".."))
    source = open_camera(CAMERA, width=640, height=480, clock=FakeClock().clock)
    assert source.info.size == (64, 48)
    assert source.info.identity == CAMERA.identity


@pytest.mark.parametrize("opened", [True, False])
def test_a_busy_camera_is_explained_and_given_back(monkeypatch: pytest.MonkeyPatch, opened: bool) -> None:
    fake = FakeCamera("", opened=opened)
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: fake)
    with pytest.raises(CaptureError, match=r"HD Webcam.*another program"):
        open_camera(CAMERA, width=640, height=480, clock=FakeClock().clock)
    assert fake.released


@pytest.mark.parametrize(
    ("platform", "says"),
    [("win32", "Privacy & security > Camera"), ("darwin", "Privacy & Security > Camera")],
)
def test_privacy_settings_are_named(monkeypatch: pytest.MonkeyPatch, platform: str, says: str) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeCamera("", opened=False))
    with pytest.raises(CaptureError, match=says):
        open_camera(CAMERA, width=640, height=480, clock=FakeClock().clock)


def test_missing_permission_on_linux_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeCamera("", opened=False))
    monkeypatch.setattr("pathlib.Path.exists", lambda _: True)
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(CaptureError, match="usermod -aG video"):
        open_camera(CAMERA, width=640, height=480, clock=FakeClock().clock)


def test_a_single_failed_read_is_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeCamera(".xx.x."))
    source = open_camera(CAMERA, width=640, height=480, clock=FakeClock().clock)
    assert [source.read().index for _ in range(3)] == [0, 1, 2]


def test_an_unplugged_camera_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeCamera(".."))
    source = open_camera(CAMERA, width=640, height=480, clock=clock.clock)
    source.read()
    source.read()
    before = clock.time_s
    with pytest.raises(SourceLostError, match="HD Webcam no longer sends pictures"):
        source.read()
    assert clock.time_s - before < 3


def test_only_cameras_are_mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeCamera("....", repeat="."))
    clock = FakeClock().clock
    plain = open_camera(CAMERA, width=64, height=48, clock=clock).read()
    mirrored = open_camera(CAMERA, width=64, height=48, mirror=True, clock=clock).read()
    assert plain.image[0, 0, 0] == 200
    assert mirrored.image[0, 0, 0] == 0
    assert mirrored.image.flags.c_contiguous
