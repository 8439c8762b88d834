"""The detector `auto`: the best that the computer keeps up with, and another when it can not any more."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.boxes import CropRule, Detection, Image
from models.choosing import WATCHED, ChoosingDetector, open_detector
from models.detectors import FaceDetector
from models.downloads import YUNET
from models.errors import ModelError

PICTURE = np.zeros((90, 160, 3), np.uint8)


class Computer:
    """Time that passes only while a detector searches."""

    def __init__(self) -> None:
        self.now = 0.0

    def detector(self, name: str, ms: float) -> Callable[[], "Timed"]:
        return lambda: Timed(self, name, ms)


class Timed:
    """Takes so many milliseconds to find a face of its own."""

    def __init__(self, computer: Computer, name: str, ms: float) -> None:
        self.name = name
        self.crop = CropRule(scale=len(name), shift=0.0)
        self.ms = ms
        self._computer = computer

    def detect(self, image: Image) -> list[Detection]:
        self._computer.now += self.ms / 1000
        return [Detection((0, 0, float(len(self.name)), 9), 0.9)]


def broken() -> FaceDetector:
    raise ModelError("The file is missing.")


def choose(computer: Computer, *loaders: Callable[[], FaceDetector]) -> ChoosingDetector:
    return ChoosingDetector(loaders, affordable_ms=60, clock=lambda: computer.now)


def test_the_best_one_that_is_quick_enough_is_chosen() -> None:
    computer = Computer()
    best, good, last = (computer.detector(*one) for one in (("best", 80), ("good", 40), ("last", 10)))
    assert choose(computer, best, good, last).name == "good"


def test_a_fast_computer_uses_the_best() -> None:
    computer = Computer()
    chosen = choose(computer, computer.detector("best", 20), computer.detector("last", 1))
    assert chosen.name == "best"
    assert chosen.crop == CropRule(scale=4, shift=0.0)
    assert [face.box[2] for face in chosen.detect(PICTURE)] == [4]


def test_where_all_are_too_slow_the_quickest_is_used() -> None:
    computer = Computer()
    slow = [computer.detector("best", 300), computer.detector("good", 90), computer.detector("last", 200)]
    assert choose(computer, *slow).name == "good"


def test_what_can_not_be_loaded_is_passed_over() -> None:
    computer = Computer()
    assert choose(computer, broken, computer.detector("last", 10)).name == "last"
    assert choose(computer, computer.detector("slow", 100), broken).name == "slow"
    with pytest.raises(ModelError, match="missing"):
        choose(computer, broken)


def test_a_detector_that_becomes_too_slow_gives_way() -> None:
    computer = Computer()
    first = Timed(computer, "best", 20)
    chosen = choose(computer, lambda: first, computer.detector("last", 15))
    for _ in range(WATCHED):
        chosen.detect(PICTURE)
    assert chosen.name == "best"
    first.ms = 100
    for _ in range(WATCHED // 3):
        chosen.detect(PICTURE)
    assert chosen.name == "best"  # a moment of work elsewhere is no reason
    for _ in range(WATCHED):
        chosen.detect(PICTURE)
    assert chosen.name == "last"
    assert chosen.crop == CropRule(scale=4, shift=0.0)


def test_a_slow_detector_stays_where_no_other_is_quicker() -> None:
    computer = Computer()
    first = Timed(computer, "best", 20)
    chosen = choose(computer, lambda: first, computer.detector("last", 95))
    first.ms = 100
    for _ in range(4 * WATCHED):
        chosen.detect(PICTURE)
    assert chosen.name == "best"


def test_auto_uses_our_own_network_and_falls_back_to_the_cascade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_detector("auto", models_dir=tmp_path, live=False).name == "learned"
    assert open_detector("haar", models_dir=tmp_path, live=False).name == "haar"
    monkeypatch.setattr("models.detectors.LearnedDetector", broken)
    assert open_detector("auto", models_dir=tmp_path, live=True).name == "haar"


def test_a_damaged_file_of_yunet_costs_auto_nothing_but_yunet(tmp_path: Path) -> None:
    (tmp_path / YUNET.file_name).write_bytes(b"no network")
    assert open_detector("auto", models_dir=tmp_path, live=False).name == "learned"


@pytest.mark.data
def test_auto_prefers_yunet_where_its_file_is(tmp_path: Path, shared_data: Path) -> None:
    (tmp_path / YUNET.file_name).write_bytes((shared_data / "models" / "yunet_n_640_640.onnx").read_bytes())
    assert open_detector("auto", models_dir=tmp_path, live=False).name == "yunet"
