"""What makes a begun track a face: being surely seen, and seen again."""

import numpy as np

from models.boxes import Box, Detection, Image
from models.tracker import FaceTracker

FACE: Box = (100.0, 60.0, 150.0, 110.0)
PERIOD_S = 0.17


def picture() -> Image:
    return np.random.default_rng(3).integers(0, 256, (180, 320), np.uint8)


def seen(*scores: float | None, box: Box = FACE) -> list[bool]:
    """Return after each scan whether there is a confirmed face; a scan finds it with a score, or not."""
    tracker = FaceTracker()
    grey = picture()
    confirmed = []
    for number, score in enumerate(scores):
        tracker.follow(grey, number * PERIOD_S)
        found = [] if score is None else [Detection(FACE if number == 0 else box, score)]
        tracker.correct(found, grey, number * PERIOD_S)
        confirmed.append(any(track.confirmed for track in tracker.tracks))
    return confirmed


def test_a_face_seen_surely_once_and_weakly_again_is_one() -> None:
    assert seen(0.55, 0.3) == [False, True]
    assert seen(0.55, None, 0.3) == [False, False, True]


def test_one_sure_find_alone_is_none() -> None:
    assert not any(seen(0.55, None, None, None, 0.3))


def test_weak_finds_begin_no_track_however_often_they_come() -> None:
    assert not any(seen(*[0.45] * 12))


def test_a_weak_find_beside_a_begun_track_does_not_confirm_it() -> None:
    assert not any(seen(0.55, 0.3, box=(140.0, 90.0, 190.0, 140.0)))
