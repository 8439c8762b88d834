"""Evidence: a face counts after the same time however often is searched."""

import pytest

from models.evidence import Evidence

LIVE_S, FILM_S = 1 / 6, 1 / 30  # from one search to the next


def after(scores: list[float | None], step_s: float) -> Evidence:
    evidence = Evidence()
    for score in scores:
        evidence.add(score, step_s)
    return evidence


def time_to_believe(score: float, step_s: float) -> float:
    """Return how long after the first search a face with such a score counts as one."""
    evidence = Evidence()
    for count in range(100):
        evidence.add(score, step_s)
        if evidence.suffices:
            return count * step_s
    return float("inf")


def test_one_certain_find_of_a_live_picture_is_enough_and_one_sure_find_is_not() -> None:
    assert after([0.9], LIVE_S).suffices
    assert not after([0.6], LIVE_S).suffices
    assert after([0.6, 0.6], LIVE_S).suffices
    assert after([0.6, 0.2], LIVE_S).suffices  # seen again with few votes
    assert not after([0.2] * 4, LIVE_S).suffices


@pytest.mark.parametrize("score", [0.6, 0.9])
def test_a_face_counts_after_the_same_time_however_often_is_searched(score: float) -> None:
    assert abs(time_to_believe(score, LIVE_S) - time_to_believe(score, FILM_S)) <= LIVE_S


def test_one_lucky_find_among_the_many_of_a_film_is_no_face() -> None:
    assert not after([0.9], FILM_S).suffices
    now_and_then: list[float | None] = [0.6, *[None] * 19]
    assert not after(now_and_then * 20, FILM_S).suffices


@pytest.mark.parametrize("step_s", [LIVE_S, FILM_S])
def test_what_is_hardly_seen_any_more_wanes(step_s: float) -> None:
    seen = [0.6] * round(2 / step_s)
    assert not after([*seen, *[None] * round(1 / step_s)], step_s).wanes
    assert after([*seen, *[None] * round(8 / step_s)], step_s).wanes
