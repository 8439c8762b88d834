"""`classmood benchmark`: figures of the real engine and pipeline, and words where nothing can be measured."""

import json
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from typer.testing import CliRunner, Result

from desktop.benchmark.figures import collect, spread, spreads
from desktop.benchmark.pure import measure_overhead, to_and_fro
from desktop.capture.frame import Frame
from desktop.cli import cli
from desktop.pipeline import FrameResult
from models.detectors import HaarDetector
from tests.program import PUPILS, demo_picture, demo_video

FPS = 20.0
KEYS = {"fps", "throughput_fps", "latency_ms_p50", "latency_ms_p95", "dropped", "cpu_cores", "rss_mb"}
KEYS |= {"overhead_ratio", "faces_mean", "stages"}


def benchmark(folder: Path, *arguments: str | Path) -> Result:
    """Run the command in this process."""
    words = ["benchmark", *map(str, arguments), "--data-dir", str(folder)]
    return CliRunner(env={"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}).invoke(cli, words)


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """Return a video of two seconds."""
    return demo_video(tmp_path / "lesson.mp4", [n / FPS for n in range(40)], FPS)


def test_the_figures_of_a_short_run_fit_its_source(qapp: QApplication, tmp_path: Path, lesson: Path) -> None:
    result = benchmark(tmp_path, "--source", lesson, "--detector", "learned", "--seconds", "1", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    figures: dict[str, Any] = json.loads(result.stdout)
    assert set(figures) >= KEYS
    assert figures["source"] == "lesson.mp4" and figures["size"] == [640, 360]
    assert 0 < figures["fps"] < 1.5 * FPS  # at the source's pace, however fast the machine is
    assert figures["throughput_fps"] > 0
    assert 0 < figures["latency_ms_p50"] <= figures["latency_ms_p95"]
    assert figures["dropped"] >= 0
    assert figures["cpu_cores"] > 0 and figures["rss_mb"] > 50
    assert figures["overhead_ratio"] > 0.5  # two threads share a frame's work, no more
    assert figures["faces_mean"] == pytest.approx(PUPILS, abs=2)
    stages = figures["stages"]
    assert {"follow", "scan", "classify", "whole_frame", "bare_calls"} <= set(stages)
    assert all(0 <= each["p50"] <= each["p95"] for each in stages.values())
    assert stages["bare_calls"]["p50"] < 2 * stages["whole_frame"]["p50"]
    costs = figures["costs"]
    assert max(costs, key=costs.__getitem__) == "networks"
    assert figures["found_by"] == "learned" and figures["analysed_fps"] <= figures["fps"]


def test_people_get_a_table_and_nothing_is_recorded(qapp: QApplication, tmp_path: Path, lesson: Path) -> None:
    folder = tmp_path / "data"
    result = benchmark(folder, "--source", lesson, "--seconds", "1", "--detector", "haar")
    assert (result.exit_code, result.stderr) == (0, "")
    assert not [file for file in folder.rglob("*") if file.is_file()]  # nothing is recorded
    lines = result.stdout.splitlines()
    assert lines[0] == "lesson.mp4, 640x360, 20 frames a second; faces found by: haar"
    for words in (
        "frames a second",
        "from capture to the window",
        "processor",
        "memory",
        "overhead",
        "  CascadeClassifier",
    ):
        assert any(line.startswith(words) for line in lines), words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.mp4", "There is no file or folder"),
        ("picture.png", "is no moving picture"),
        ("short.mp4", "too short"),
        ("camera that nobody has", "camera"),
    ],
)
def test_what_can_not_be_measured_is_said(qapp: QApplication, tmp_path: Path, name: str, words: str) -> None:
    demo_picture(tmp_path / "picture.png")
    demo_video(tmp_path / "short.mp4", [0.0, 0.1, 0.2])
    source = tmp_path / name if "." in name else name
    result = benchmark(tmp_path, "--source", source, "--seconds", "1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr and len(result.stderr.splitlines()) == 1


def test_a_detector_without_its_file_is_said(qapp: QApplication, tmp_path: Path) -> None:
    result = benchmark(tmp_path, "--detector", "yunet", "--seconds", "1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "classmood download yunet" in result.stderr


@pytest.mark.parametrize("arguments", [["--detector", "guess"], ["--seconds", "0"], ["lesson.mp4"]])
def test_wrong_usage_is_told(tmp_path: Path, arguments: list[str]) -> None:
    assert benchmark(tmp_path, *arguments).exit_code == 2


def test_pictures_go_to_and_fro_so_that_nothing_jumps() -> None:
    pictures = [np.full((1, 1, 3), value, np.uint8) for value in range(3)]
    frames = to_and_fro(pictures)
    assert [int(next(frames)[0, 0, 0]) for _ in range(9)] == [0, 1, 2, 1, 0, 1, 2, 1, 0]


class Wasteful:
    """A pipeline that makes a cascade search and then does as much again by other means."""

    def __init__(self) -> None:
        self._detector = HaarDetector()
        self._noise = np.random.default_rng(0).integers(0, 255, (2000, 2000)).astype(np.uint8)

    def process(self, frame: Frame) -> FrameResult:
        self._detector.detect(frame.image)
        cv2.GaussianBlur(self._noise, (31, 31), 9)
        return FrameResult(frame, ())

    def process_all(self, frames: Iterable[Frame]) -> Generator[FrameResult]:
        yield from map(self.process, frames)


def test_what_is_no_network_and_no_cascade_counts_as_overhead() -> None:
    picture = np.zeros((90, 160, 3), np.uint8)
    overhead = measure_overhead(Wasteful(), [picture] * 2, 10.0, 0.2, lambda _: None)
    blur = {cost.function: cost.ms for cost in overhead.costs}["GaussianBlur"]
    assert overhead.frame.p50_ms > blur / 2
    assert overhead.ratio > 2  # the blur takes many times as long as the search of so small a picture


def test_spreads_of_stages() -> None:
    assert spread([]).p95_ms == 0
    stages: dict[str, list[float]] = {}
    collect(stages, [{"scan": float(ms)} for ms in range(101)])
    assert spreads(stages)["scan"] == spread([float(ms) for ms in range(101)])
    assert (spread([float(ms) for ms in range(101)]).p50_ms, spreads(stages)["scan"].p95_ms) == (50.0, 95.0)
