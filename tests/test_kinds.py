"""Kinds of segments over lessons: each lesson compared with itself, and what the store keeps."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from desktop.report import compared, comparison_page, page_html
from desktop.report.estimates import Estimate
from desktop.report.kinds import MIN_PAIRED, KindComparison, by_kind
from desktop.segments import Marker, segments
from desktop.statistics import Interval, SessionDetails, summarize
from desktop.store import SessionStore, kinds, rows, schema
from desktop.store.kinds import KindShares
from models.emotion import EMOTIONS
from models.errors import said
from tests.lessons import START, lesson_of, opened, shares_with, stored

HAPPY = EMOTIONS.index("happy")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    with opened(tmp_path / "data") as made:
        yield made


def kinds_of(lifts: dict[str, list[float]]) -> list[KindShares]:
    return [
        KindShares(f"session-{number}", kind, 300, shares_with(lift))
        for kind, each in lifts.items()
        for number, lift in enumerate(each)
    ]


def never(session_id: str, kind: str, other: str) -> None:
    raise AssertionError("no session had to be read")


def test_each_lesson_is_compared_with_itself() -> None:
    """Lessons that differ much among each other do not hide that each of them is happier when interactive."""
    base = [-1.0, 0.0, 2.0, 1.0, -0.5, 0.7]
    shares = kinds_of({"lecture": base, "interactive": [b + 0.5 + 0.02 * n for n, b in enumerate(base)]})
    comparison = by_kind(shares, never)
    (difference,) = comparison.differences
    assert difference.between_lessons
    assert difference.lessons == comparison.lessons == 6
    assert difference.estimates is not None
    sign = 1 if difference.kind == "interactive" else -1
    assert sign * difference.estimates["happy"].value == pytest.approx(0.055)
    assert difference.estimates["happy"].differs


def test_few_lessons_are_put_together_from_their_own_intervals() -> None:
    shares = kinds_of({"lecture": [0, 1], "interactive": [1, 2]})
    asked: list[tuple[str, str, str]] = []

    def within(session_id: str, kind: str, other: str) -> dict[str, Estimate]:
        asked.append((session_id, kind, other))
        return dict.fromkeys((*EMOTIONS, "mood"), Estimate(0.10, 0.06, 0.14))

    (difference,) = by_kind(shares, within).differences
    assert not difference.between_lessons
    assert difference.estimates is not None
    assert difference.estimates["mood"].low == pytest.approx(0.10 - 0.04 / 2**0.5)
    assert len(asked) == 2
    assert by_kind(shares, lambda *_: None).differences[0].estimates is None


def test_own_words_in_every_lesson_do_not_read_every_lesson() -> None:
    shares = [
        KindShares(f"session-{number}", kind, 300, shares_with(0))
        for number in range(200)
        for kind in (f"task {number}", f"talk {number}")
    ]
    asked: set[str] = set()
    comparison = by_kind(shares, lambda session_id, *_: asked.add(session_id))
    assert len(asked) == len(comparison.differences) == 10
    assert comparison.lessons == 200


def test_kinds_of_a_few_seconds_are_left_out() -> None:
    shares = [KindShares("a", "lecture", 300, shares_with(0)), KindShares("a", "quiz", 29, shares_with(0))]
    comparison = by_kind(shares, never)
    assert [kind.kind for kind in comparison.kinds] == ["lecture"]
    assert comparison.differences == ()


def test_database_sums_up_what_the_intervals_say(store: SessionStore) -> None:
    lesson = lesson_of(1, [0, 1, 0])
    markers = (Marker(30, "lecture"), Marker(120, "quiz"), Marker(240, ""), Marker(300, "lecture"))
    lesson[50] = Interval(50, 10, 0, 0.0, 0.0, 0.5, None)
    session_id = stored(store, lesson, markers)
    stored(store, lesson)  # nothing marked
    found = {each.kind: each for each in store.kind_shares() if each.session_id == session_id}
    assert set(found) == {"lecture", "quiz", ""}
    for kind, each in found.items():
        inside = [
            lesson[second]
            for segment in segments(markers, len(lesson))
            if segment.kind == kind
            for second in range(segment.start, segment.end)
        ]
        summary = summarize(inside)
        assert each.session_id == session_id
        assert each.seconds == summary.seconds_with_faces
        assert each.shares == pytest.approx(summary.shares)


def test_kinds_follow_every_change_of_a_session(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of the kinds is never older than the session, however that changes."""

    def checked() -> dict[str, int]:
        monkeypatch.setattr(rows, "summed_up_kinds", lambda *_: pytest.fail("it was not kept"))
        kept = sorted(store.kind_shares(), key=lambda each: each.kind)
        monkeypatch.undo()
        parts = kinds.summed_up(session_id, store.intervals(session_id), store.markers(session_id))
        assert kept == sorted(parts, key=lambda each: each.kind)
        return {each.kind: each.seconds for each in kept}

    lesson = lesson_of(1, [0, 1])
    session_id = stored(store, lesson, [Marker(0, "lecture"), Marker(120, "quiz")])
    assert checked() == {"": 0, "lecture": 120, "quiz": 120}
    store.set_markers(session_id, [Marker(0, "lecture"), Marker(100, "quiz"), Marker(200, "")])
    assert checked() == {"": 40, "lecture": 100, "quiz": 100}
    store.add_marker(session_id, Marker(220, "break"))
    assert checked() == {"": 20, "break": 20, "lecture": 100, "quiz": 100}
    whole = store.load(session_id)
    store.delete(session_id)
    assert store.kind_shares() == ()
    store.merge(replace(whole, intervals=whole.intervals[:210]))  # handed over in two pieces
    assert checked() == {"": 10, "lecture": 100, "quiz": 100}
    store.merge(whole)
    assert checked() == {"": 20, "break": 20, "lecture": 100, "quiz": 100}
    store.merge(replace(whole, markers=(Marker(0, "quiz"),)), markers_win=True)
    assert checked() == {"": 0, "quiz": 240}


def test_kinds_of_a_running_session_and_of_an_older_database_are_summed_up_where_asked_for(
    store: SessionStore,
) -> None:
    lesson = lesson_of(1, [0, 1])
    running = store.create(SessionDetails(), START, "m", "s").id
    store.set_markers(running, [Marker(0, "quiz")])
    store.append_all(running, lesson[:100])
    assert [(each.kind, each.seconds) for each in store.kind_shares()] == [("", 0), ("quiz", 100)]
    store.append_all(running, lesson[100:])
    assert [(each.kind, each.seconds) for each in store.kind_shares()] == [("", 0), ("quiz", 240)]
    store.finish(running, START + timedelta(seconds=240))
    kept = store.kind_shares()
    with store._database.writing(said("forget")) as connection:
        connection.execute(delete(schema.kind_table))
    assert store.kind_shares() == kept
    with store._database.reading(said("look")) as connection:
        assert kinds.stored(connection) == list(kept)  # from now on it is kept


def test_interactive_parts_are_found_happier_over_stored_lessons(store: SessionStore) -> None:
    for number in range(MIN_PAIRED):
        markers = [Marker(0, "lecture"), Marker(120, "interactive"), Marker(240, "lecture")]
        stored(store, lesson_of(number, [0, 1, 0]), markers, day=number)
    comparison = compared(store, "kind")
    assert isinstance(comparison, KindComparison)
    (difference,) = comparison.differences
    assert difference.estimates is not None
    happy = difference.estimates["happy"]
    low, high = sorted(abs(end) for end in (happy.low, happy.high))
    assert happy.differs
    assert low <= 0.10 <= high
    text = page_html(comparison_page(comparison, "en"))
    assert "faces looked happier during “\u2068Interactive\u2069” than during “\u2068Lecture\u2069”" in text
