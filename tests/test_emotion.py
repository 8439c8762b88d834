"""Cutting faces and reading their expression."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.boxes import Box, CropRule, Image
from models.emotion import FACE_SIZE, IMAGE_SIZE, cut_face, to_network_input
from models.errors import ModelError

PLAIN = CropRule(scale=1.0, shift=0.0)


def noise(*shape: int) -> Image:
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def test_a_48_pixel_picture_comes_out_unchanged() -> None:
    picture = noise(48, 48)
    assert np.array_equal(cut_face(picture, (0, 0, 48, 48), PLAIN), picture)


def test_a_large_face_is_averaged_when_it_shrinks() -> None:
    picture = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (96, 96))
    assert np.all(np.abs(cut_face(picture, (0, 0, 192, 192), PLAIN).astype(int) - 128) <= 1)


def test_the_crop_rule_moves_and_widens_the_square() -> None:
    picture = np.zeros((200, 200), np.uint8)
    picture[90:130, 80:120] = 200  # what the square must show: centre 10 below the box's, side 40
    face = cut_face(picture, (90, 90, 110, 110), CropRule(scale=2.0, shift=0.5))
    assert face.min() == 200


def test_outside_the_picture_its_edge_is_repeated() -> None:
    picture = np.full((100, 100), 90, np.uint8)
    picture[:, 0] = 30
    face = cut_face(picture, (-48, 20, 0, 68), PLAIN)
    assert np.all(face == 30)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_grey_colour_and_transparent_pictures_give_the_same_face(channels: int) -> None:
    grey = noise(60, 60)
    picture = np.repeat(grey[:, :, None], channels, axis=2)
    assert np.array_equal(cut_face(picture, (5, 5, 53, 53), PLAIN), cut_face(grey, (5, 5, 53, 53), PLAIN))


coordinate = st.floats(-1e12, 1e12) | st.floats(-50, 250)


box = st.tuples(coordinate, coordinate, coordinate, coordinate)


@settings(deadline=None)
@given(box, st.sampled_from([(1, 1), (3, 90), (120, 80)]))
def test_any_box_gives_a_face_or_a_clear_error(box: Box, size: tuple[int, int]) -> None:
    picture = noise(*size)
    if box[2] > box[0] and box[3] > box[1]:
        face = cut_face(picture, box, CropRule(1.2, 0.05))
        assert face.shape == (FACE_SIZE, FACE_SIZE)
        assert face.dtype == np.uint8
    else:
        with pytest.raises(ModelError, match="empty box"):
            cut_face(picture, box, CropRule(1.2, 0.05))


def test_a_box_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ModelError, match="empty box"):
        cut_face(noise(50, 50), (0, 0, float("nan"), 10), PLAIN)


def test_network_input_is_grey_in_three_channels_between_0_and_1() -> None:
    faces = [noise(48, 48), np.full((48, 48), 255, np.uint8)]
    batch = to_network_input(faces)
    assert batch.shape == (2, 3, IMAGE_SIZE, IMAGE_SIZE)
    assert batch.dtype == np.float32
    assert np.array_equal(batch[0, 0], batch[0, 2])
    expected = cv2.resize(faces[0], (64, 64), interpolation=cv2.INTER_LINEAR) / np.float32(255)
    assert np.allclose(batch[0, 1], expected, atol=1e-6)
    assert np.all(batch[1] == 1)


def test_no_faces_make_an_empty_batch() -> None:
    assert to_network_input([]).shape == (0, 3, 64, 64)
