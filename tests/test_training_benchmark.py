"""The article's loop beside the application: the same frames in turns, ratios, every face read."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from desktop.benchmark.figures import FullSpeed, Spread
from desktop.capture.demo import DemoSource
from models.boxes import Image
from tests.program import PUPILS, demo_video
from training import benchmark as benchmark_module
from training.benchmark import ArticleLoop, Side, application, compare_speed, read_frames
from training.errors import TrainingError

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.training


class CountingLoop(ArticleLoop):
    """The article's loop without its networks: finds two faces and reads one."""

    def __init__(self) -> None:
        self.frames = 0

    def process(self, image: Image) -> tuple[int, int]:
        self.frames += 1
        return 2, 1


@pytest.fixture(scope="module")
def classroom() -> Image:
    return DemoSource(width=1280, height=720).render(3.0)


def test_the_article_reads_the_first_face_only(classroom: Image) -> None:
    found, read = ArticleLoop(None).process(classroom)
    assert 2 <= found <= PUPILS and read == 1


def test_the_article_reads_nobody_in_an_empty_room() -> None:
    assert ArticleLoop(None).process(np.full((720, 1280, 3), 90, np.uint8)) == (0, 0)


def test_everybody_takes_a_turn_in_every_round() -> None:
    turns: list[str] = []

    def measure(side: Side, seconds: float) -> FullSpeed:
        turns.append(side.name)
        return FullSpeed(fps=1e9, frame=Spread(0.0, 0.0), faces_mean=7, read_mean=7)

    threads = cv2.getNumThreads()
    sides = [Side("learned"), Side("haar", thorough=True)]
    loop = CountingLoop()
    article = compare_speed(
        [np.zeros((9, 9, 3), np.uint8)] * 3, loop, sides, measure, (2, 0.01), lambda *_: None
    )
    assert turns == ["learned", "haar"] * 2
    assert len(article.fps) == 2 and loop.frames > 6
    assert sides[0].ratio(article) > 1
    assert cv2.getNumThreads() == threads  # the article's choice does not slow what follows
    summary = sides[0].summary(article)
    assert (summary["aim"], summary["faces_read"]) == (10, 7)
    assert sides[1].summary(article)["aim"] is None  # the aims are the window's


def test_a_short_contest_prints_ratios(tmp_path: Path) -> None:
    video = demo_video(tmp_path / "class.mp4", [n / 10 for n in range(12)])
    arguments = ["benchmark", "--video", str(video), "--rounds", "1", "--seconds", "0.3", "--height", "360"]
    result = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "training", *arguments, "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)  # ultralytics says nothing there
    assert told["size"] == [640, 360] and told["weights"] == "random"
    results = {(each["detector"], each["every_frame"]): each for each in told["results"]}
    assert set(results) == {
        ("article", True),
        ("learned", False),
        ("learned", True),
        ("haar", False),
        ("haar", True),
    }
    assert results["article", True]["ratio"] == 1
    assert results["article", True]["faces_read"] <= 1
    for every_frame in (False, True):
        ours = results["learned", every_frame]
        assert ours["faces_read"] == pytest.approx(PUPILS, abs=1)  # every face, not the first
        assert ours["ratio"] == pytest.approx(ours["fps"] / results["article", True]["fps"], rel=0.01)


def test_a_video_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no video"):
        (tmp_path / "words.mp4").write_text("words")
        read_frames(tmp_path / "words.mp4", 720, 10)


def test_an_application_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark_module, "PROGRAM", "desktop.nothing:measure")
    with pytest.raises(TrainingError, match="make train-env"):
        application([], None)
