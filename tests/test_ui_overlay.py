"""The overlay: labels stay inside the picture, off each other, and say what was found."""

import itertools
import time
import timeit

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop.pipeline import FrameResult
from desktop.ui.label_layout import Rect, place_labels
from desktop.ui.overlay import font_height, label_text, paint_faces
from desktop.ui.palette import ON_DARK, ON_LIGHT
from models.emotion import EMOTIONS, FOUR_EMOTIONS
from tests.fake_engine import make_face, make_result

BOUNDS = (40.0, 30.0, 840.0, 480.0)
Labels = list[tuple[Rect, tuple[float, float]]]  # box and size of the label
coordinates = st.floats(-500, 1500, allow_nan=False)
boxes = st.tuples(coordinates, coordinates, st.floats(0, 900), st.floats(0, 900)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)
sizes = st.tuples(st.floats(1, 1200), st.floats(1, 600))


@given(st.lists(st.tuples(boxes, sizes), max_size=12))
def test_labels_are_inside_the_picture_wherever_the_faces_are(
    faces: list[tuple[Rect, tuple[float, float]]],
) -> None:
    places = place_labels([box for box, _ in faces], [size for _, size in faces], BOUNDS)
    assert len(places) == len(faces)
    for left, top, right, bottom in places:
        assert BOUNDS[0] - 1e-6 <= left <= right <= BOUNDS[2] + 1e-6
        assert BOUNDS[1] - 1e-6 <= top <= bottom <= BOUNDS[3] + 1e-6


@given(st.lists(st.integers(0, 4), min_size=2, max_size=5, unique=True), st.integers(60, 140))
def test_labels_of_a_row_of_neighbours_do_not_overlap(columns: list[int], width: int) -> None:
    faces = [(60 + 150.0 * c, 200.0, 60 + 150.0 * c + 60, 270.0) for c in columns]
    places = place_labels(faces, [(float(width), 22.0)] * len(faces), BOUNDS)
    for a, b in itertools.combinations(places, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_label_stands_above_its_face_and_below_it_at_the_upper_edge() -> None:
    inside, at_edge = (300.0, 200.0, 360.0, 260.0), (600.0, 31.0, 660.0, 90.0)
    first, second = place_labels([inside, at_edge], [(80.0, 20.0)] * 2, BOUNDS)
    assert first[3] <= inside[1]
    assert second[1] >= at_edge[3]


def test_two_hundred_faces_do_not_hold_up_the_picture() -> None:
    generator = np.random.default_rng(1)
    corners = generator.uniform(0, 400, (200, 2))
    faces = [(float(x), float(y), float(x) + 20, float(y) + 20) for x, y in corners]
    times_s = timeit.repeat(
        lambda: place_labels(faces, [(90.0, 20.0)] * 200, BOUNDS),
        timer=time.thread_time,  # on a busy machine the wall clock tells of others
        number=1,
        repeat=3,
    )
    assert min(times_s) < 0.2


def painted(result: FrameResult, target: QRectF, **options: bool) -> npt.NDArray[np.uint8]:
    image = QImage(900, 500, QImage.Format.Format_RGB32)
    image.fill(0xFF505050)
    with QPainter(image) as painter:
        paint_faces(painter, result, target, **options)
    return np.array(image.constBits(), dtype=np.uint8).reshape(500, 900, 4)[:, :, :3]


@settings(max_examples=25, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=4))
def test_nothing_is_painted_outside_the_picture(qapp: object, places: list[Rect]) -> None:
    faces = [make_face(n, box, EMOTIONS[n]) for n, box in enumerate(places)]
    pixels = painted(make_result(*faces), QRectF(100, 50, 640, 360))
    outside = np.ones((500, 900), dtype=bool)
    outside[50:410, 100:740] = False
    assert (pixels[outside] == 0x50).all()


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_the_box_has_the_emotions_colour(qapp: object, emotion: str) -> None:
    pixels = painted(make_result(make_face(1, (400, 300, 700, 600), emotion)), QRectF(0, 0, 900, 506))
    value = int(ON_DARK[emotion][1:], 16)
    colour = np.array([value & 255, value >> 8 & 255, value >> 16])
    assert (np.abs(pixels.astype(int) - colour).max(axis=2) < 6).sum() > 200


def test_a_face_that_was_not_read_yet_has_a_box_and_no_words(qapp: object) -> None:
    face = make_face(1, (400, 300, 700, 600), None)
    assert label_text(face, four=False) == ""
    assert (painted(make_result(face), QRectF(0, 0, 900, 506)) != 0x50).any()


def test_labels_say_emotion_and_confidence_or_unsure() -> None:
    assert label_text(make_face(1, (0, 0, 9, 9), "happy", 0.87), four=False) == "happy 87\u00a0%"
    assert label_text(make_face(1, (0, 0, 9, 9), "happy", 0.999), four=False) == "happy 99\u00a0%"
    assert label_text(make_face(1, (0, 0, 9, 9), ""), four=False) == "unsure"


def test_the_four_emotion_view_never_names_one_of_the_other_three() -> None:
    for emotion in EMOTIONS:
        words = label_text(make_face(1, (0, 0, 9, 9), emotion, 0.4), four=True).split()
        assert words[0] in FOUR_EMOTIONS


def test_type_grows_with_the_picture_and_stays_legible_on_a_small_one() -> None:
    small, middle, large = (font_height(QRectF(0, 0, w, w * 9 / 16), 1.0) for w in (160, 960, 1920))
    assert small >= 11
    assert large > 1.8 * middle > 1.8 * small * 0.9


def test_every_emotion_has_a_colour_of_its_own() -> None:
    for colours in (ON_LIGHT, ON_DARK):
        assert set(colours) == set(EMOTIONS)
        assert len(set(colours.values())) == len(EMOTIONS)


def test_overlay_paints_on_a_grey_and_on_an_empty_picture(qtbot: QtBot) -> None:
    assert (painted(make_result(), QRectF(0, 0, 900, 500)) == 0x50).all()
    result = make_result(make_face(1, (1, 1, 3, 3), "sad"), width=4, height=4)
    assert (painted(result, QRectF(0, 0, 900, 500)) != 0x50).any()
