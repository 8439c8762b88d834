"""Comparisons: lessons over time, kinds of segments, two lessons; figures, pages and the command line."""

import json
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from desktop.cli import cli
from desktop.report import ReportError, compared, comparison_page, ensure_application, page_html, page_pdf
from desktop.report.comparison import ChosenLessons, LessonPair
from desktop.report.estimates import MIN_LESSONS
from desktop.report.groups import GroupComparison, by_detail
from desktop.report.kinds import KindComparison
from desktop.report.student import t_quantile
from desktop.segments import Marker
from desktop.statistics import Interval, SessionDetails, Summary, summarize
from desktop.store import SessionRecord, SessionStore, rows, schema
from models.emotion import EMOTIONS
from models.errors import said
from tests.lessons import HAPPIER, START, lesson_of, opened, shares_with, stored

HAPPY = EMOTIONS.index("happy")
Choice = Literal["teacher", "group", "course", "kind"]
CHOICES: tuple[Choice, ...] = ("teacher", "group", "course", "kind")


def record_of(number: int, lift: float, details: SessionDetails, day: float) -> SessionRecord:
    started = START + timedelta(days=day)
    summary = Summary(600, 600, 6000, 0, 12.0, 0.1, 0.5, shares_with(lift))
    return SessionRecord(f"session-{number}", started, started, True, details, "m", "s", summary)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    with opened(tmp_path / "data") as made:
        yield made


# Over time


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (9, 2.2622), (30, 2.0423), (1000, 1.9623)],
)
def test_t_quantile_is_that_of_the_tables(freedom: float, quantile: float) -> None:
    assert t_quantile(freedom) == pytest.approx(quantile, rel=2e-4)


def test_groups_count_each_lesson_once_and_carry_a_t_interval() -> None:
    lifts = [0.0, 0.5, 1.0, 0.3]
    records = [record_of(n, lift, SessionDetails(teacher="A"), n) for n, lift in enumerate(lifts)]
    (group,) = by_detail(records, "teacher").groups
    assert group.estimates is not None
    happy = [shares_with(lift)[HAPPY] for lift in lifts]
    reach = 3.1824 * statistics.stdev(happy) / 2
    assert group.estimates["happy"].value == pytest.approx(statistics.mean(happy))
    assert group.estimates["happy"].low == pytest.approx(statistics.mean(happy) - reach, rel=1e-3)


@pytest.mark.parametrize("lessons", [1, MIN_LESSONS - 1])
def test_few_lessons_have_a_mean_and_no_interval(lessons: int) -> None:
    records = [record_of(n, n, SessionDetails(teacher="A"), n) for n in range(lessons)]
    (group,) = by_detail(records, "teacher").groups
    assert group.estimates is None
    assert group.trend is None
    assert page_html(comparison_page(GroupComparison("teacher", (group,)), "en"))


def test_trend_finds_the_slope_and_its_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        records = [
            record_of(n, 0.02 * day + float(rng.normal(0, 0.5)), SessionDetails(course="P"), day)
            for n, day in enumerate(rng.uniform(0, 90, size=10))
        ]
        (group,) = by_detail(records, "course").groups
        assert group.trend is not None
        truth = 30 * 0.02 * (HAPPIER[HAPPY] + 0.06)
        held += group.trend.slope.low <= truth <= group.trend.slope.high
    assert 0.91 <= held / 200 <= 0.98


def test_lessons_at_one_moment_have_no_trend() -> None:
    records = [record_of(n, n, SessionDetails(group="9"), 0) for n in range(5)]
    (group,) = by_detail(records, "group").groups
    assert group.trend is None
    assert group.estimates is not None


def test_names_differ_only_by_blanks_and_sessions_without_faces_count_nowhere() -> None:
    records = [record_of(n, 0, SessionDetails(teacher=name), n) for n, name in enumerate(["A  B", "A B", ""])]
    empty = SessionRecord("x", START, START, True, SessionDetails(teacher="C"), "m", "s", summarize(()))
    groups = by_detail([*records, empty], "teacher").groups
    assert [(group.name, len(group.points)) for group in groups] == [("A B", 2), ("", 1)]


# Two lessons


def test_two_lessons_are_compared_as_wholes_and_kind_by_kind(store: SessionStore) -> None:
    markers = [Marker(0, "lecture"), Marker(120, "quiz")]
    later = stored(store, lesson_of(1, [1, 2]), markers, day=7)
    earlier = stored(store, lesson_of(2, [0, 1]), markers, day=0)
    pair = compared(store, (later, earlier))
    assert isinstance(pair, LessonPair)
    assert (pair.first.record.id, pair.second.record.id) == (earlier, later)
    assert pair.whole is not None
    assert pair.whole["happy"].low <= 0.10 <= pair.whole["happy"].high
    assert pair.whole["happy"].differs
    assert [kind for kind, _ in pair.kinds] == ["lecture", "quiz"]
    assert "higher in lesson B" in page_html(comparison_page(pair, "en"))


def test_lesson_is_not_compared_with_itself(store: SessionStore) -> None:
    session_id = stored(store, lesson_of(1, [0]))
    with pytest.raises(ReportError, match="one and the same"):
        compared(store, (session_id, session_id[:8]))


def test_chosen_lessons_are_compared_over_time_with_their_kinds(store: SessionStore) -> None:
    markers = [Marker(0, "lecture"), Marker(120, "interactive")]
    ids = [stored(store, lesson_of(n, [n / 4, n / 4 + 1]), markers, day=10 * n) for n in range(4)]
    stored(store, lesson_of(9, [0, 0]), markers, day=99)  # not chosen
    chosen = compared(store, (ids[2], ids[0], ids[3], ids[1]))
    assert isinstance(chosen, ChosenLessons)
    assert [each.record.id for each in chosen.lessons] == ids
    assert all(each.mood is not None and each.mood.differs for each in chosen.lessons)
    assert chosen.together is not None
    assert chosen.together.trend is not None
    assert chosen.together.trend.slope.low <= 0.12 <= chosen.together.trend.slope.high
    assert chosen.together.trend.slope.differs
    assert chosen.kinds.lessons == 4
    text = page_html(comparison_page(chosen, "en"))
    assert "the mood index rose over time" in text
    assert "faces looked happier during “\u2068Interactive\u2069”" in text


def test_chosen_lessons_without_faces_are_a_page_that_says_so(store: SessionStore) -> None:
    empty = [Interval(second, 10, 0, 0.0, 0.0, 0.5, None) for second in range(60)]
    ids = [stored(store, empty if n else [], day=n) for n in range(3)]
    chosen = compared(store, tuple(ids))
    for language in ("en", "uk"):
        assert page_html(comparison_page(chosen, language))
    assert "there is nothing to compare" in page_html(comparison_page(chosen, "en"))


def test_lessons_with_too_little_give_no_number(store: SessionStore) -> None:
    pair = compared(store, (stored(store, lesson_of(1, [0])), stored(store, lesson_of(1, [0], 20), day=1)))
    assert isinstance(pair, LessonPair)
    assert pair.whole is None
    assert "Not enough data" in page_html(comparison_page(pair, "en"))


# Pages, speed, command line


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("what", CHOICES)
def test_every_comparison_is_a_page_even_of_nothing(store: SessionStore, what: Choice, language: str) -> None:
    ensure_application()
    for lessons in range(3):
        comparison = compared(store, what)
        assert page_html(comparison_page(comparison, language))
        assert page_pdf(comparison_page(comparison, language)).startswith(b"%PDF")
        stored(
            store,
            lesson_of(lessons, [0, 1]),
            [Marker(0, "<b>lecture</b>"), Marker(120, "quiz")],
            SessionDetails("<script>", "\u202e9-B", "'; DROP TABLE session;--"),
            day=lessons,
        )
    assert "<script>" not in page_html(comparison_page(compared(store, what), language))


def test_a_thousand_lessons_compare_in_under_three_seconds(store: SessionStore) -> None:
    lesson = lesson_of(1, [0, 1], 60)
    markers = [Marker(0, "lecture"), Marker(60, "interactive")]
    with store._database.writing(said("fill")) as connection:  # in one transaction: 4,000 would take a minute
        for number in range(1000):
            record = record_of(number, 0, SessionDetails(teacher=f"Teacher {number % 40}"), number / 4)
            session = rows.session_row(record) | {"ended_at": record.ended_at}
            connection.execute(insert(schema.session_table).values(session))
            rows.add_intervals(connection, record.id, lesson)
            row = rows.session(connection, record.id)
            assert row is not None
            rows.replace_markers(connection, row, markers)
            summary = rows.summary_row(record.id, record.summary)
            connection.execute(insert(schema.summary_table).values(summary))
    for what in CHOICES:
        started = time.process_time()
        comparison = compared(store, what)
        page_html(comparison_page(comparison, "en"))
        assert time.process_time() - started < 3
        assert isinstance(comparison, GroupComparison | KindComparison)
    assert isinstance(comparison, KindComparison)
    assert comparison.lessons == 1000


def run(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["compare", *arguments, "--data-dir", str(tmp_path / "data")])
    return result.exit_code, result.output


def test_command_prints_json_and_writes_a_page(store: SessionStore, tmp_path: Path) -> None:
    ids = [
        stored(store, lesson_of(n, [0, 1]), [Marker(0, "lecture"), Marker(120, "quiz")], day=n)
        for n in range(4)
    ]
    code, said = run(tmp_path, "--by", "teacher", "--json")
    assert code == 0
    (group,) = json.loads(said)["groups"]
    assert (group["name"], group["lessons"], len(group["points"])) == ("O. Kovalenko", 4, 4)
    assert group["estimates"]["mood"]["low"] < group["means"]["mood"] < group["estimates"]["mood"]["high"]
    assert set(group["trend"]) == {"value", "low", "high"}
    code, said = run(tmp_path, "--by", "kind", "--json")
    assert json.loads(said)["differences"][0]["interval"] == "within these lessons"
    code, said = run(tmp_path, *ids[:2], "--json")
    assert json.loads(said)["sessions"] == ids[:2]
    code, said = run(tmp_path, *ids, "--json")
    assert json.loads(said)["sessions"] == ids
    assert json.loads(said)["together"]["trend"] is not None
    assert "all together" in run(tmp_path, *ids)[1]
    out = tmp_path / "by kind.html"
    assert run(tmp_path, "--by", "kind", "--out", str(out))[0] == 0
    assert out.read_text("utf-8").startswith("<!DOCTYPE html>")
    code, said = run(tmp_path, "--by", "teacher")
    assert "O. Kovalenko" in said


def test_command_without_lessons_says_so(tmp_path: Path) -> None:
    code, said = run(tmp_path, "--by", "course")
    assert code == 0
    assert "No lesson with enough faces" in said


@pytest.mark.parametrize("arguments", [(), ("abcd",), ("abcd", "efgh", "--by", "kind"), ("--by", "mood")])
def test_command_explains_what_it_takes(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert run(tmp_path, *arguments)[0] == 2


def test_command_says_what_to_do_about_bad_input(store: SessionStore, tmp_path: Path) -> None:
    session_id = stored(store, lesson_of(1, [0]))
    for arguments, words in (
        ((session_id, session_id), "one and the same"),
        ((session_id, "ffffffff-none"), "There is no session"),
        (("--by", "kind", "--out", str(tmp_path / "x.txt")), ".html or .pdf"),
        (("--by", "kind", "--out", str(tmp_path / "none" / "x.html")), "can not be written"),
    ):
        code, said = run(tmp_path, *arguments)
        assert code == 1
        assert words in said


@pytest.mark.parametrize("change", [-0.0004, 0.0004])
def test_a_difference_that_rounds_to_nothing_is_no_minus(tmp_path: Path, change: float) -> None:
    parts = [(0.1, 0.0, 0.0, 0.1 + happier, 0.8 - happier, 0.0, 0.0) for happier in (0.0, change)]
    lesson = [Interval(second, 10, 0, 12.0, 0.1, 0.5, parts[second // 120]) for second in range(240)]
    with opened(tmp_path) as made:
        for day in range(2):
            stored(made, lesson, [Marker(0, "lecture"), Marker(120, "quiz")], day=day)
    result = CliRunner().invoke(cli, ["compare", "--by", "kind", "--data-dir", str(tmp_path)])
    assert result.exit_code == 0
    assert "+0.00" in result.stdout
    assert "-0.00" not in result.stdout and "-0.0 " not in result.stdout
