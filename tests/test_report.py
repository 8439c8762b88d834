"""The report of a lesson: what it says, in both languages, as HTML and PDF, on the command line."""

import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from desktop.assembly import model_name
from desktop.capture.demo_script import DemoScript
from desktop.cli import cli
from desktop.paths import WEIGHTS, DataDir
from desktop.report import ensure_application, lesson_page, page_html, page_pdf
from desktop.report.accuracy import measured_accuracy
from desktop.report.estimates import MIN_SECONDS
from desktop.report.lesson import Lesson, lesson
from desktop.report.lesson_page import LessonPage
from desktop.report.page import Figure, Page, Points, Table
from desktop.report.speech import Speech
from desktop.segments import Marker
from desktop.settings import Settings
from desktop.statistics import Interval, SessionDetails, summarize
from desktop.store import SessionRecord, SessionStore, store_for
from models.emotion import EMOTIONS, mood_index

START = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
MODEL = "emotion-yolov8n 0.1.0"
HOSTILE = (
    "<script>alert(1)</script> Robert'); DROP TABLE session;-- \u202egnippilf\u202c \x07 {{ 7 * 7 }} & \"'"
)
PHYSICS = SessionDetails("Physics", "9-B", "O. Kovalenko", "The new tasks")


def calm_lesson(seconds: int, *, seed: int = 0, faces: float = 12.0) -> list[Interval]:
    """Return a lesson in which nothing happens."""
    shares = np.random.default_rng(seed).dirichlet(np.array([4, 1, 2, 15, 40, 9, 6]), size=seconds)
    return [
        Interval(second, 10, 1, faces, 0.1, 0.5, tuple(each) if faces else None)
        for second, each in enumerate(shares.tolist())
    ]


def demo_lesson(seed: int = 3) -> tuple[list[Interval], list[Marker], DemoScript]:
    """Return the demo classroom's lesson as a classifier with an eye of its own would have seen it."""
    script = DemoScript(seed)
    rng = np.random.default_rng(seed)
    intervals = []
    for second in range(int(script.length_s)):
        truth = np.array(script.truth(second))
        seen = np.clip(truth + rng.normal(0, 0.03, len(EMOTIONS)), 0, None)
        faces = float(np.clip(8 + rng.normal(0, 0.5), 1, 9))
        intervals.append(Interval(second, 10, 1, faces, 0.1, 0.5, tuple((seen / seen.sum()).tolist())))
    return intervals, [Marker(int(part.start_s), part.kind) for part in script.segments], script


def figures(
    intervals: Sequence[Interval],
    markers: Sequence[Marker] = (),
    details: SessionDetails = PHYSICS,
    *,
    finished: bool = True,
) -> Lesson:
    end = START + timedelta(seconds=len(intervals))
    record = SessionRecord(
        "0b6c1f9e-8a52-4c7e-9d5b-2f6b8a1c0e11",
        START,
        end,
        finished,
        details,
        MODEL,
        "Webcam",
        summarize(intervals),
    )
    return lesson(record, intervals, markers)


def page_of(data: Lesson, language: str = "en") -> Page:
    return LessonPage(Speech(language), None).page(data)


def sentences(page: Page) -> list[str]:
    return [item for block in page.blocks if isinstance(block, Points) for item in block.items]


def svgs(page: Page) -> list[str]:
    return [block.svg for block in page.blocks if isinstance(block, Figure)]


def tables(page: Page) -> list[Table]:
    return [block for block in page.blocks if isinstance(block, Table)]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> _Tags:
    parser = _Tags()
    parser.feed(html)
    return parser


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    made = store_for(Settings(), DataDir(tmp_path / "data"))
    DataDir(tmp_path / "data").create()
    yield made
    made.close()


def stored(
    store: SessionStore,
    intervals: Sequence[Interval],
    markers: Sequence[Marker] = (),
    details: SessionDetails = PHYSICS,
) -> str:
    record = store.create(details, START, MODEL, "Webcam")
    store.append_all(record.id, intervals)
    store.set_markers(record.id, markers)
    store.finish(record.id, START + timedelta(seconds=len(intervals)))
    return record.id


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


# As a page


@pytest.mark.parametrize("details", [PHYSICS, SessionDetails(HOSTILE, HOSTILE, HOSTILE, HOSTILE)])
def test_page_runs_nothing_and_asks_for_nothing(details: SessionDetails) -> None:
    data = figures(calm_lesson(400), [Marker(0, HOSTILE), Marker(200, "quiz")], details)
    html = page_html(page_of(data))
    tags = parsed(html)
    assert not {tag for tag, _ in tags.tags} & {
        "script",
        "link",
        "iframe",
        "img",
        "object",
        "embed",
        "form",
        "a",
    }
    for _, attributes in tags.tags:
        assert not {name for name in attributes if name.startswith("on") or name in ("src", "href")}
    policy = next(a["content"] for tag, a in tags.tags if tag == "meta" and a.get("http-equiv"))
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", html).replace("http-equiv", "")


def test_hostile_text_is_shown_as_text() -> None:
    ensure_application()
    page = page_of(figures(calm_lesson(400), [Marker(0, HOSTILE)], SessionDetails(HOSTILE, "", "", HOSTILE)))
    tags = parsed(page_html(page))
    assert "<script>alert(1)</script>" in tags.text
    assert "{{ 7 * 7 }}" in tags.text
    for svg in svgs(page):
        ElementTree.fromstring(svg)  # noqa: S314 - our own
    assert page_pdf(page).startswith(b"%PDF")


def test_a_megabyte_of_text_is_a_report_too(store: SessionStore) -> None:
    ensure_application()
    details = SessionDetails("x" * 1_000_000, "ы" * 1_000_000, "\u202e" * 1_000_000, "слово " * 170_000)
    session_id = stored(store, calm_lesson(60), [Marker(0, "y" * 1_000_000)], details)
    page = lesson_page(store, session_id, "uk")
    assert len(page_html(page)) < 500_000
    assert page_pdf(page).startswith(b"%PDF")


def test_charts_are_vectors_that_stand_alone() -> None:
    page = page_of(figures(*demo_lesson()[:2]))
    for svg in svgs(page):
        root = ElementTree.fromstring(svg)  # noqa: S314 - our own
        kinds = {element.tag.split("}")[1] for element in root.iter()}
        assert kinds <= {"svg", "title", "defs", "path", "rect", "circle", "text", "g"}


def test_pdf_is_text_and_vectors() -> None:
    ensure_application()
    pdf = page_pdf(page_of(figures(*demo_lesson()[:2])))
    assert pdf.startswith(b"%PDF")
    assert b"/Font" in pdf
    assert b"/Subtype /Image" not in pdf
    assert pdf.count(b"/Type /Page\n") >= 2


def test_lesson_of_ninety_minutes_reports_in_under_two_seconds(store: SessionStore) -> None:
    ensure_application()
    markers = [
        Marker(second, ("lecture", "interactive", "quiz")[second // 600 % 3])
        for second in range(0, 5400, 600)
    ]
    session_id = stored(store, calm_lesson(5400), markers)
    lesson_page(store, session_id, "en")  # what is loaded once
    started = time.process_time()
    page = lesson_page(store, session_id, "en")
    page_html(page)
    page_pdf(page)
    assert time.process_time() - started < 2


# On the command line


def run(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [*arguments, "--data-dir", str(tmp_path / "data")])
    return result.exit_code, result.output


@pytest.mark.parametrize(("name", "beginning"), [("lesson.html", b"<!DOCTYPE html>"), ("урок.PDF", b"%PDF")])
def test_command_writes_a_file(store: SessionStore, tmp_path: Path, name: str, beginning: bytes) -> None:
    session_id = stored(store, calm_lesson(60))
    out = tmp_path / name
    out.write_text("an older one")
    code, said = run(tmp_path, "report", session_id[:8], "--out", str(out), "--language", "uk")
    assert (code, said.strip()) == (0, str(out))
    assert out.read_bytes().startswith(beginning)
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("intervals", "words"),
    [
        ([], "Nothing was recorded"),
        (calm_lesson(90, faces=0.0), "No face was found"),
        (calm_lesson(1), "too few to say anything"),
    ],
    ids=["empty", "no faces", "one second"],
)
def test_command_says_that_there_is_nothing_to_report(
    store: SessionStore, tmp_path: Path, intervals: list[Interval], words: str
) -> None:
    session_id = stored(store, intervals, [Marker(0, "quiz")])
    out = tmp_path / "report.html"
    arguments = ["report", session_id, "--out", str(out), "--data-dir", str(tmp_path / "data")]
    result = CliRunner().invoke(cli, [*arguments, "--language", "en"])
    assert result.exit_code == 1
    assert words in result.stderr
    assert words in out.read_text("utf-8")
    assert len(store.intervals(session_id)) == len(intervals)


def test_command_says_what_to_do_about_bad_input(store: SessionStore, tmp_path: Path) -> None:
    session_id = stored(store, calm_lesson(60))
    for out, words in (
        (tmp_path / "lesson.docx", ".html or .pdf"),
        (tmp_path / "nowhere" / "lesson.html", "can not be written"),
        (tmp_path, ".html or .pdf"),
    ):
        code, said = run(tmp_path, "report", session_id, "--out", str(out))
        assert code == 1
        assert words in said
    code, said = run(tmp_path, "report", "abcdef", "--out", str(tmp_path / "x.html"))
    assert code == 1
    assert "There is no session" in said


def test_figures_of_the_shipped_model_are_there() -> None:
    known = measured_accuracy(WEIGHTS)
    assert known is not None
    assert known.low < known.accuracy < known.high
    assert known.model == model_name()
