"""The demo lesson from picture to report: drawn, searched, read, counted, compared with its own script."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from desktop.assembly import build_pipeline
from desktop.capture.demo import DemoSource
from desktop.capture.frame import Frame
from desktop.emotion_model import EmotionModels
from desktop.report import page_html
from desktop.report.lesson import Lesson, lesson
from desktop.report.lesson_page import LessonPage
from desktop.report.speech import Speech
from desktop.segments import Marker
from desktop.settings import AnalysisSettings, ModelSettings
from desktop.statistics import Interval, IntervalAccumulator, SessionDetails, summarize
from desktop.store import SessionRecord
from models.emotion import mood_index

STARTED = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
PARTS = ("lecture", "interactive")  # the lesson's beginning; all of it would take twice as long


@pytest.fixture(scope="module")
def source() -> DemoSource:
    return DemoSource(0, width=960, height=540)


@pytest.fixture(scope="module")
def replayed(source: DemoSource, tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """Return the lesson as the shipped detector and model see it, at one frame a second and in one thread."""
    parts = [part for part in source.script.segments if part.kind in PARTS]
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    folder = Path(tmp_path_factory.mktemp("models"))
    pipeline = build_pipeline(AnalysisSettings(), folder, live=False)
    accumulator = IntervalAccumulator()
    intervals: list[Interval] = []
    try:
        for second in range(int(max(part.end_s for part in parts))):
            result = pipeline.process(Frame(second, second, source.render(second)))
            intervals += accumulator.add(result, second, 0.5)
        intervals += accumulator.finish()
    finally:
        cv2.setNumThreads(threads)
    markers = [Marker(int(part.start_s), part.kind) for part in parts]
    end = STARTED + timedelta(seconds=len(intervals))
    details = SessionDetails("Physics", "9-B", "O. Kovalenko", "")
    summary, model = summarize(intervals), EmotionModels(folder).name(ModelSettings())
    record = SessionRecord("replay", STARTED, end, True, details, model, "demo", summary)
    return lesson(record, intervals, markers)


def true_difference(source: DemoSource) -> float:
    """Return by how much the script's mood index is higher in the interactive part."""
    moods = {
        part.kind: np.mean(
            [mood_index(source.script.truth(second)) for second in range(int(part.start_s), int(part.end_s))]
        )
        for part in source.script.segments
    }
    return float(moods["interactive"] - moods["lecture"])


def test_interval_of_the_replayed_lesson_contains_the_difference_of_the_script(
    source: DemoSource, replayed: Lesson
) -> None:
    estimates = replayed.bootstrap.difference("interactive", "lecture").estimates
    assert estimates is not None
    mood, happy = estimates["mood"], estimates["happy"]
    assert mood.low <= true_difference(source) <= mood.high
    assert mood.high - mood.low < 0.5  # an interval that contains everything would say nothing
    assert mood.low > 0
    assert happy.low > 0
    assert replayed.summary.coverage > 0.95


def test_report_of_the_replayed_lesson_names_the_interactive_part_as_happier(replayed: Lesson) -> None:
    html = page_html(LessonPage(Speech("en"), None).page(replayed))
    assert "Faces looked happier during “\u2068Interactive\u2069” than during “\u2068Lecture\u2069”" in html
