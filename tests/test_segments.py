"""Markers and segments: whatever is edited, the segments cover the session without gap or overlap."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.segments import (
    KIND_LIMIT,
    UNMARKED,
    Marker,
    Segment,
    clean_kind,
    delete,
    kind_at,
    mark,
    marker_at,
    merge,
    move,
    ordered,
    rename,
    segments,
    undo,
)

LESSON = (Marker(10, "lecture"), Marker(60, "quiz"), Marker(90, "lecture"))
END = 120

Edit = Callable[[tuple[Marker, ...]], tuple[Marker, ...]]


def test_a_segment_runs_from_its_marker_to_the_next() -> None:
    assert segments(LESSON, END) == (
        Segment(UNMARKED, 0, 10),
        Segment("lecture", 10, 60),
        Segment("quiz", 60, 90),
        Segment("lecture", 90, 120),
    )


def test_a_session_without_markers_is_one_unmarked_segment() -> None:
    assert segments((), 30) == (Segment(UNMARKED, 0, 30),)
    assert segments((), 0) == ()


def test_a_marker_at_or_after_the_end_starts_nothing() -> None:
    assert segments((Marker(0, "lecture"), Marker(30, "quiz")), 30) == (Segment("lecture", 0, 30),)


def test_a_new_marker_starts_a_segment_and_undo_takes_it_back() -> None:
    marked = mark(LESSON, 100, "break")
    assert kind_at(marked, 99) == "lecture"
    assert kind_at(marked, 100) == "break"
    assert undo(marked) == LESSON
    assert undo(()) == ()


def test_two_keys_within_one_second_the_last_one_counts() -> None:
    assert mark(mark((), 5, "quiz"), 5, "break") == (Marker(5, "break"),)


def test_a_key_pressed_twice_is_one_segment() -> None:
    assert mark(LESSON, 100, "lecture") == LESSON
    assert mark((), 7, UNMARKED) == ()


def test_a_border_moves_and_stops_at_its_neighbours() -> None:
    assert move(LESSON, 1, 70)[1] == Marker(70, "quiz")
    assert move(LESSON, 1, 0)[1].second == 11
    assert move(LESSON, 1, 500)[1].second == 89
    assert move(LESSON, 0, -5)[0].second == 0
    assert move(LESSON, 2, 500, END)[2].second == 119
    assert move(LESSON, 2, 500)[2].second == 500


def test_rename_keeps_the_borders() -> None:
    assert rename(LESSON, 1, " exam\n of today ") == (LESSON[0], Marker(60, "exam of today"), LESSON[2])


def test_merge_gives_the_time_to_the_segment_before() -> None:
    assert segments(merge(LESSON, 1), END)[1] == Segment("lecture", 10, 90)


def test_delete_leaves_the_time_unmarked() -> None:
    assert kind_at(delete(LESSON, 1), 75) == UNMARKED
    assert kind_at(delete(LESSON, 1), 95) == "lecture"
    assert delete(LESSON, 0) == LESSON[1:]
    assert delete(delete(delete(LESSON, 2), 1), 0) == ()


@pytest.mark.parametrize("edit", [merge, delete, lambda m, i: move(m, i, 5), lambda m, i: rename(m, i, "x")])
def test_there_is_no_segment_to_edit_outside(edit: Callable[[tuple[Marker, ...], int], object]) -> None:
    for index in (-1, 3):
        with pytest.raises(IndexError):
            edit(LESSON, index)


def test_a_kind_is_one_short_line_that_every_database_can_keep() -> None:
    assert clean_kind(" a\tb\r\n\0c ") == "a b c"
    assert len(clean_kind("x" * 1_000_000)) == KIND_LIMIT
    clean_kind("\ud800").encode()


kinds = st.sampled_from(["lecture", "quiz", UNMARKED, "own words"])
seconds = st.integers(-5, 200)
edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(lambda s, k: lambda m: mark(m, s, k), seconds, kinds),
    st.builds(lambda i, s: lambda m: move(m, i % len(m), s, 150) if m else m, st.integers(0, 50), seconds),
    st.builds(lambda i, k: lambda m: rename(m, i % len(m), k) if m else m, st.integers(0, 50), kinds),
    st.builds(lambda i: lambda m: merge(m, i % len(m)) if m else m, st.integers(0, 50)),
    st.builds(lambda i: lambda m: delete(m, i % len(m)) if m else m, st.integers(0, 50)),
    st.just(undo),
)


@given(
    start=st.lists(st.builds(Marker, seconds, kinds), max_size=8),
    history=st.lists(edits, max_size=25),
    end=st.integers(0, 180),
)
def test_segments_cover_the_session_whatever_was_edited(
    start: list[Marker], history: list[Edit], end: int
) -> None:
    markers = ordered(start)
    for edit in history:
        markers = edit(markers)
        assert markers == ordered(markers)
        found = segments(markers, end)
        covered = [second for segment in found for second in range(segment.start, segment.end)]
        assert covered == list(range(end))
        assert all(segment.end > segment.start for segment in found)
        for segment in found:
            assert kind_at(markers, segment.start) == kind_at(markers, segment.end - 1) == segment.kind


@given(start=st.lists(st.builds(Marker, seconds, kinds), max_size=8), second=st.integers(0, 250))
def test_the_marker_of_a_second_is_the_newest_one_before_it(start: list[Marker], second: int) -> None:
    markers = ordered(start)
    before = [index for index, marker in enumerate(markers) if marker.second <= second]
    assert marker_at(markers, second) == (before[-1] if before else None)
