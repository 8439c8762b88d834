"""Intervals and summaries: seconds never repeat, shares sum to one, gaps are marked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.capture.frame import Frame
from desktop.pipeline import Face, FrameResult
from desktop.statistics import MAX_GAP_S, Interval, IntervalAccumulator, four_shares, summarize
from models.emotion import EMOTIONS, FOUR_EMOTIONS, Classification

HAPPY = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
SAD = (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def face(probabilities: tuple[float, ...] | None, *, unsure: bool = False) -> Face:
    classification = None if probabilities is None else Classification(probabilities)
    return Face(1, (0.0, 0.0, 9.0, 9.0), 1.0, classification, unsure)


def result(*faces: Face) -> FrameResult:
    return FrameResult(Frame(0, 0.0, np.zeros((2, 2, 3), np.uint8)), faces, {})


def interval(second: int, faces: float, shares: tuple[float, ...] | None, **values: float) -> Interval:
    defaults = {"frames": 10, "dropped": 0, "unsure": 0.0, "brightness": 0.5}
    return Interval(second=second, faces=faces, shares=shares, **(defaults | values))  # type: ignore[arg-type]


def test_a_second_is_the_mean_over_its_faces_and_frames() -> None:
    seconds = IntervalAccumulator()
    seconds.add(result(face(HAPPY), face(SAD, unsure=True)), 0.1, 0.2)
    seconds.add(result(face(HAPPY), face(HAPPY)), 0.5, 0.4)
    seconds.add_dropped(3)
    (closed,) = seconds.add(result(), 1.0, 0.5)
    assert closed.second == 0
    assert closed.frames == 2
    assert closed.dropped == 3
    assert closed.faces == 2.0
    assert closed.unsure == 0.25
    assert closed.brightness == pytest.approx(0.3)
    assert closed.shares is not None
    assert dict(zip(EMOTIONS, closed.shares, strict=True))["happy"] == pytest.approx(0.75)


def test_a_face_not_yet_classified_counts_for_nothing() -> None:
    seconds = IntervalAccumulator()
    seconds.add(result(face(HAPPY), face(None), face(None, unsure=True)), 0.0, 0.5)
    (closed,) = seconds.finish()
    assert closed.faces == 1.0
    assert closed.unsure == 0.0
    assert closed.shares == HAPPY


def test_four_emotions_are_refused_because_their_shares_would_be_stored_under_wrong_names() -> None:
    face_of_four = Face(1, (0.0, 0.0, 9.0, 9.0), 1.0, Classification(HAPPY).four(), False)
    with pytest.raises(ValueError, match="intervals are made of"):
        IntervalAccumulator().add(result(face_of_four), 0.0, 0.5)


def test_seconds_without_frames_are_gaps() -> None:
    seconds = IntervalAccumulator()
    seconds.add(result(face(HAPPY)), 0.2, 0.5)
    closed = seconds.advance(3.1)
    assert [i.second for i in closed] == [0, 1, 2]
    assert [i.frames for i in closed] == [1, 0, 0]
    assert closed[2].shares is None
    assert closed[2].faces == closed[2].brightness == closed[2].unsure == 0.0


def test_the_last_second_is_kept_only_if_it_has_frames() -> None:
    seconds = IntervalAccumulator()
    assert seconds.finish() == []
    seconds.add(result(), 4.9, 0.5)
    assert [i.second for i in seconds.finish()] == [4]
    assert seconds.finish() == []


def test_a_pause_is_neither_recorded_nor_a_gap() -> None:
    seconds = IntervalAccumulator()
    seconds.add(result(), 0.5, 0.5)
    assert [i.second for i in seconds.finish()] == [0]
    seconds.resume(10.4)
    assert seconds.add(result(), 10.6, 0.5) == []
    assert [i.second for i in seconds.advance(12.0)] == [10, 11]


def test_a_pause_within_one_second_does_not_repeat_that_second() -> None:
    seconds = IntervalAccumulator()
    seconds.add(result(), 0.1, 0.5)
    first = seconds.finish()
    seconds.resume(0.4)
    seconds.add(result(), 0.6, 0.5)
    assert [i.second for i in first + seconds.finish()] == [0, 1]


def test_hours_of_sleep_are_left_out_instead_of_stored_as_gaps() -> None:
    seconds = IntervalAccumulator()
    seconds.add(result(), 0.0, 0.5)
    closed = seconds.add(result(), 8 * 3600.0, 0.5)
    assert [i.second for i in closed] == [0]
    assert [i.second for i in seconds.finish()] == [8 * 3600]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "advance", "pause"]),
        st.floats(-100, 5 * MAX_GAP_S, allow_nan=False),
        st.lists(st.lists(st.floats(0, 1), min_size=7, max_size=7), max_size=3),
        st.floats(-1, 2),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(STEPS)
def test_whatever_the_clock_does_seconds_only_grow_and_numbers_stay_in_range(
    steps: list[tuple[str, float, list[list[float]], float]],
) -> None:
    seconds = IntervalAccumulator()
    closed: list[Interval] = []
    frames = 0
    for action, elapsed_s, faces, brightness in steps:
        if action == "add":
            frames += 1
            closed += seconds.add(result(*(face(tuple(p)) for p in faces)), elapsed_s, brightness)
        elif action == "advance":
            closed += seconds.advance(elapsed_s)
        else:
            closed += seconds.finish()
            seconds.resume(elapsed_s)
    closed += seconds.finish()
    numbers = [i.second for i in closed]
    assert numbers == sorted(set(numbers))
    assert all(number >= 0 for number in numbers)
    assert sum(i.frames for i in closed) == frames  # no frame is lost or counted twice
    for i in closed:
        assert 0 <= i.unsure <= 1
        assert 0 <= i.brightness <= 1
        if i.shares is not None:
            assert sum(i.shares) == pytest.approx(1)


def test_a_session_share_is_weighted_by_the_number_of_faces() -> None:
    summary = summarize([interval(0, 3.0, HAPPY), interval(1, 1.0, SAD)])
    assert summary.shares is not None
    shares = dict(zip(EMOTIONS, summary.shares, strict=True))
    assert shares["happy"] == pytest.approx(0.75)
    assert shares["sad"] == pytest.approx(0.25)
    assert summary.mood_index == pytest.approx(0.5)
    assert dict(zip(FOUR_EMOTIONS, four_shares(summary.shares), strict=True))["happy"] == pytest.approx(0.75)


def test_gaps_count_as_time_but_not_as_an_empty_class() -> None:
    summary = summarize(
        [
            interval(0, 4.0, HAPPY, unsure=0.5, brightness=0.4),
            interval(1, 0.0, None, brightness=0.2),
            interval(2, 0.0, None, frames=0, brightness=0.0, dropped=7),
        ]
    )
    assert summary.seconds == 3
    assert summary.seconds_with_faces == 1
    assert summary.coverage == pytest.approx(1 / 3)
    assert summary.faces_mean == 2.0
    assert summary.unsure == 0.5
    assert summary.brightness == pytest.approx(0.3)
    assert (summary.frames, summary.dropped) == (20, 7)


def test_nothing_recorded_has_no_shares_and_no_mood() -> None:
    summary = summarize([])
    assert summary.seconds == 0
    assert summary.coverage == 0.0
    assert summary.shares is None
    assert summary.mood_index is None


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0.01, 40),
            st.lists(st.floats(0.001, 1), min_size=7, max_size=7),
            st.floats(0, 1),
        ),
        min_size=1,
        max_size=50,
    )
)
def test_shares_sum_to_one_and_lie_between_those_of_the_intervals(
    rows: list[tuple[float, list[float], float]],
) -> None:
    intervals = [
        interval(second, faces, tuple(p / sum(raw) for p in raw), unsure=unsure)
        for second, (faces, raw, unsure) in enumerate(rows)
    ]
    summary = summarize(intervals)
    assert summary.shares is not None
    assert sum(summary.shares) == pytest.approx(1)
    assert sum(four_shares(summary.shares)) == pytest.approx(1)
    assert summary.mood_index is not None
    assert -1 <= summary.mood_index <= 1
    assert 0 <= summary.unsure <= 1
    for index, share in enumerate(summary.shares):
        of_intervals = [i.shares[index] for i in intervals if i.shares is not None]
        assert min(of_intervals) - 1e-9 <= share <= max(of_intervals) + 1e-9
    assert summarize(reversed(intervals)).shares == pytest.approx(summary.shares)
