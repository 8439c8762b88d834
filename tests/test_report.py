"""The report of a lesson: what it says, in both languages."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from desktop.capture.demo import DemoSource
from desktop.report import ensure_application, page_html, page_pdf
from desktop.report.accuracy import measured_accuracy
from desktop.report.estimates import MIN_SECONDS
from desktop.report.lesson_page import LessonPage
from desktop.report.speech import Speech
from desktop.segments import Marker
from desktop.statistics import Interval
from models.emotion import EMOTIONS, mood_index
from tests.reports import (
    calm_lesson,
    demo_lesson,
    figures,
    page_of,
    parsed,
    sentences,
    svgs,
    tables,
)

# What it says


@pytest.mark.parametrize("seed", [0, 3, 7])
def test_demo_lesson_names_the_interactive_part_as_happier_with_the_truth_inside(seed: int) -> None:
    intervals, markers, script = demo_lesson(seed)
    data = figures(intervals, markers)
    found = data.bootstrap.difference("interactive", "lecture").estimates
    assert found is not None
    truth = {
        part.kind: np.mean([script.truth(s) for s in range(int(part.start_s), int(part.end_s))], axis=0)
        for part in script.segments
    }
    happy = EMOTIONS.index("happy")
    assert found["happy"].low > 0
    assert found["happy"].low <= truth["interactive"][happy] - truth["lecture"][happy] <= found["happy"].high
    mood = mood_index(truth["interactive"].tolist()) - mood_index(truth["lecture"].tolist())
    assert found["mood"].low <= mood <= found["mood"].high
    happier = [s for s in sentences(page_of(data)) if "Interactive" in s and "Lecture" in s]
    assert len(happier) == 1
    assert happier[0].index("Interactive") < happier[0].index("Lecture")
    assert happier[0].startswith("Faces looked happier during")


def test_no_difference_is_claimed_where_there_is_none() -> None:
    markers = [Marker(0, "lecture"), Marker(300, "quiz")]
    data = figures(calm_lesson(600), markers)
    found = data.bootstrap.differences[0].estimates
    assert found is not None
    assert not found["mood"].differs
    assert any(sentence.startswith("No clear difference of mood") for sentence in sentences(page_of(data)))


def test_short_segment_is_named_and_gets_no_number() -> None:
    markers = [Marker(0, "lecture"), Marker(200, "quiz"), Marker(200 + MIN_SECONDS - 1, "lecture")]
    page = page_of(figures(calm_lesson(400), markers))
    assert any("Not enough data" in sentence and "29 seconds" in sentence for sentence in sentences(page))
    assert "not enough data" in page_html(page)


def test_own_words_of_the_teacher_are_compared_too() -> None:
    page = page_of(figures(calm_lesson(400), [Marker(0, "lecture"), Marker(200, "Експеримент")]))
    assert "Експеримент" in page_html(page)


def test_lesson_without_markers_has_no_table_of_differences() -> None:
    page = page_of(figures(calm_lesson(300)))
    assert "Difference" not in {table.header[0] for table in tables(page) if table.header}
    assert len(svgs(page)) == 3


def test_lesson_without_faces_says_so_and_shows_no_shares() -> None:
    page = page_of(figures(calm_lesson(300, faces=0), [Marker(0, "lecture")]))
    assert "No face was found" in page_html(page)
    assert len(svgs(page)) == 1


@pytest.mark.parametrize("seconds", [0, 1, 2, 29, 31])
@pytest.mark.parametrize("language", ["en", "uk"])
def test_very_short_sessions_have_a_report(seconds: int, language: str) -> None:
    ensure_application()
    page = page_of(figures(calm_lesson(seconds), [Marker(0, "quiz")]), language)
    assert page_html(page)
    assert page_pdf(page).startswith(b"%PDF")


def test_gaps_and_pauses_are_told_apart() -> None:
    lost = [
        Interval(i.second, 0, 0, 0.0, 0.0, 0.0, None) if 100 <= i.second < 130 else i
        for i in calm_lesson(400)
        if not 200 <= i.second < 260
    ]
    data = figures(lost)
    assert (data.gap_s, data.pause_s, data.end) == (30, 60, 400)
    text = page_html(page_of(data))
    assert "30 seconds" in text
    assert "1:00 of pauses" in text


def test_a_film_that_ended_while_the_recording_went_on_is_said_to_have_no_picture() -> None:
    over = [Interval(second, 0, 0, 0.0, 0.0, 0.0, None) for second in range(400, 500)]
    data = figures([*calm_lesson(400), *over])
    assert (data.gap_s, data.ended_s, data.pause_s, data.summary.seconds) == (100, 100, 0, 500)
    assert data.summary.mood_index == pytest.approx(figures(calm_lesson(400)).summary.mood_index)
    text = page_html(page_of(data))
    assert "For 1:40 of 8:20 there was no picture" in text
    assert "100 seconds, 100 of them at the end" in text
    assert "400 of 500" in text
    assert "no picture:" not in page_html(page_of(figures(calm_lesson(400))))


def test_dark_room_and_few_faces_are_warned_of() -> None:
    seen = [
        Interval(
            i.second,
            10,
            0,
            1.0 if i.second % 5 == 0 else 0.0,
            0.8,
            0.1,
            i.shares if i.second % 5 == 0 else None,
        )
        for i in calm_lesson(400)
    ]
    text = page_html(page_of(figures(seen)))
    assert "only 20\u00a0%" in text
    assert "unsure of 80\u00a0%" in text
    assert "too dark" in text


def test_unfinished_session_is_named_as_such() -> None:
    assert "not finished" in page_html(page_of(figures(calm_lesson(60), finished=False)))


def test_model_accuracy_comes_from_the_file_beside_the_weights(tmp_path: Path) -> None:
    assert measured_accuracy(tmp_path) is None
    (tmp_path / "emotion.json").write_text(
        '{"name": "emotion-yolov8n", "version": "0.1.0", "data": "FER2013 PrivateTest", "plus_n": 3589,'
        ' "plus_accuracy_7": 0.7812, "plus_accuracy_7_interval": [0.767, 0.794],'
        ' "plus_recall": {"happy": 0.91, "disgust": 0.21, "sad": 0.6}}'
    )
    known = measured_accuracy(tmp_path)
    assert known is not None
    text = page_html(LessonPage(Speech("en"), known).page(figures(calm_lesson(60))))
    assert "78.1\u00a0%" in text
    assert "FER2013 PrivateTest" in text
    assert "weakest with “disgust” (21\u00a0%)" in text
    (tmp_path / "emotion.json").write_text("{")
    assert measured_accuracy(tmp_path) is None


def test_accuracy_of_another_model_is_not_claimed(tmp_path: Path) -> None:
    (tmp_path / "emotion.json").write_text(
        '{"name": "other", "version": "9", "data": "x", "plus_n": 1, "plus_accuracy_7": 0.99,'
        ' "plus_accuracy_7_interval": [0.9, 1.0]}'
    )
    page = LessonPage(Speech("en"), measured_accuracy(tmp_path)).page(figures(calm_lesson(60)))
    assert "99.0" not in page_html(page)
    assert "not known" in page_html(page)


# Languages


def test_ukrainian_report_is_ukrainian() -> None:
    text = parsed(
        page_html(page_of(figures(calm_lesson(400), [Marker(0, "lecture"), Marker(200, "quiz")]), "uk"))
    ).text
    assert "Настрій класу" in text
    assert "20 листопада 2026" in text
    english = {"lesson", "mood", "index", "seconds", "happy", "interval", "with", "faces", "than"}
    assert not english & set(re.findall("[a-z]{4,}", text.lower()))


def test_a_ukrainian_report_names_the_demo_in_ukrainian_and_cameras_as_they_are() -> None:
    for source, words in ((DemoSource().info.name, "Демонстраційний клас"), ("HD Webcam", "HD Webcam")):
        text = parsed(page_html(page_of(figures(calm_lesson(60), source=source), "uk"))).text
        assert words in text
        assert "Demo" not in text


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 секунда"), (3, "3 секунди"), (7, "7 секунд"), (21, "21 секунда")]
)
def test_ukrainian_plurals(count: int, words: str) -> None:
    assert Speech("uk").translate("Quality", "%n second(s)", count) == words


def test_numbers_are_written_as_the_language_does() -> None:
    assert Speech("uk").signed(-0.25) == "\u22120,25"
    assert Speech("en").signed(0.25) == "+0.25"
    assert Speech("en").signed(-0.001) == "0.00"
    assert Speech("en").whole(5400) == "5,400"


def test_no_text_lacks_its_translation() -> None:
    ts = Path(__file__).parents[1] / "assets" / "translations" / "classmood_uk.ts"
    root = ElementTree.parse(ts).getroot()  # noqa: S314 - our own
    for context in root.iter("context"):
        if context.findtext("name") in (
            "LessonPage",
            "Findings",
            "Charts",
            "Timeline",
            "ComparisonPage",
            "TrendChart",
        ):
            for message in context.iter("message"):
                translation = message.find("translation")
                assert translation is not None
                assert translation.get("type") is None, message.findtext("source")
                source, target = message.findtext("source") or "", "".join(translation.itertext())
                assert set(re.findall(r"\{\w+\}", source)) == set(re.findall(r"\{\w+\}", target)), source
