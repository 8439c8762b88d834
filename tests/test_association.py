"""What makes a begun track a face: being surely seen, and seen again. And who is who where faces overlap."""

import numpy as np

from models.association import Scan, associate, without_doubt
from models.boxes import Box, Detection, Image
from models.flow import Array, FlowPicture
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


def two_heads() -> tuple[Array, Scan]:
    """Return where two overlapping heads were, and a search that finds two between these places."""
    found = [Detection((104.0, 60.0, 154.0, 110.0), 0.9), Detection((106.0, 60.0, 156.0, 110.0), 0.9)]
    scan = Scan.of(found, FlowPicture.of(picture()), 0.0)
    return np.array([[127.0, 85.0, 50.0, 50.0], [133.0, 85.0, 50.0, 50.0]]), scan


def test_heads_that_overlap_are_told_apart_by_their_looks() -> None:
    then, scan = two_heads()
    certain, nobody_lost = np.ones(2, np.bool_), np.zeros(2, np.bool_)
    for order in ([0, 1], [1, 0]):
        pairs = associate(then, certain, nobody_lost, scan.looks[order], scan)
        assert sorted(pairs) == list(enumerate(order))


def test_a_head_in_front_is_not_taken_for_the_one_it_hides() -> None:
    then, scan = two_heads()
    only = Scan(scan.boxes[:1], scan.scores[:1], scan.looks[:1], scan.picture, scan.timestamp)
    front, hidden = scan.looks[0], -scan.looks[0]
    assert without_doubt([(0, 0)], then, np.stack([front, hidden]), only) == [(0, 0)]
    assert without_doubt([(0, 0)], then, np.stack([hidden, front]), only) == []
