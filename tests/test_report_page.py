"""The report as a page: safe, self-contained, quick, as HTML and PDF, and on the command line."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from desktop.cli import cli
from desktop.emotion_model import EmotionModels
from desktop.paths import WEIGHTS
from desktop.report import ensure_application, lesson_page, page_html, page_pdf
from desktop.report.accuracy import measured_accuracy
from desktop.segments import Marker
from desktop.settings import ModelSettings
from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore
from tests.lessons import opened
from tests.reports import (
    HOSTILE,
    PHYSICS,
    calm_lesson,
    demo_lesson,
    figures,
    page_of,
    parsed,
    stored,
    svgs,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    with opened(tmp_path / "data") as made:
        yield made


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


def test_figures_of_the_shipped_model_are_there(tmp_path: Path) -> None:
    known = measured_accuracy(WEIGHTS)
    assert known is not None
    assert known.low < known.accuracy < known.high
    assert known.model == EmotionModels(tmp_path).name(ModelSettings())
