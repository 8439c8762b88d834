"""Cutting faces and reading their expression."""

import hashlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import models
from models.boxes import Box, CropRule, Image
from models.emotion import (
    EMOTIONS,
    FACE_SIZE,
    Classification,
    EmotionClassifier,
    cut_face,
    mood_index,
    to_network_input,
)
from models.errors import ModelError
from tests.onnx_models import write_tiny_model

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


@pytest.mark.parametrize("side", [32, 48, 96])
def test_network_input_is_grey_in_three_channels_between_0_and_1(side: int) -> None:
    faces = [noise(48, 48), np.full((48, 48), 255, np.uint8)]
    batch = to_network_input(faces, side)
    assert batch.shape == (2, 3, side, side)
    assert batch.dtype == np.float32
    assert np.array_equal(batch[0, 0], batch[0, 2])
    interpolation = cv2.INTER_AREA if side < 48 else cv2.INTER_LINEAR
    expected = cv2.resize(faces[0], (side, side), interpolation=interpolation) / np.float32(255)
    assert np.allclose(batch[0, 1], expected, atol=1e-6)
    assert np.all(batch[1] == 1)


def test_no_faces_make_an_empty_batch() -> None:
    assert to_network_input([], 64).shape == (0, 3, 64, 64)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_tiny_model(tmp_path / "tiny.onnx")


def test_a_whole_batch_is_classified_at_once(tiny: Path) -> None:
    classifier = EmotionClassifier(tiny)
    dark, light = np.zeros((48, 48), np.uint8), np.full((48, 48), 255, np.uint8)
    probabilities = classifier.classify([dark, light, dark])
    assert (classifier.name, classifier.version) == ("tiny", "0.0.1")
    assert probabilities.shape == (3, 7)
    assert probabilities.dtype == np.float32
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(probabilities[0], 1 / 7)
    assert EMOTIONS[int(probabilities[1].argmax())] == "happy"
    assert np.array_equal(probabilities[0], probabilities[2])


@pytest.mark.parametrize("side", [32, 96, 256])
def test_the_model_says_how_large_it_wants_the_faces(tmp_path: Path, side: int) -> None:
    classifier = EmotionClassifier(write_tiny_model(tmp_path / "sized.onnx", image_size=side))
    assert classifier.image_size == side
    probabilities = classifier.classify([np.full((48, 48), 255, np.uint8)])
    assert EMOTIONS[int(probabilities[0].argmax())] == "happy"


def test_no_faces_are_no_work(tiny: Path) -> None:
    assert EmotionClassifier(tiny).classify([]).shape == (0, 7)


def test_a_face_that_was_not_cut_is_refused(tiny: Path) -> None:
    with pytest.raises(ModelError, match="cut_face"):
        EmotionClassifier(tiny).classify([noise(64, 64)])


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.onnx is missing\. Put the model file"):
        EmotionClassifier(tmp_path / "nowhere.onnx")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_model_is_named(tiny: Path, share: float) -> None:
    content = tiny.read_bytes()
    tiny.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelError, match=r"tiny\.onnx is (empty|cut off)"):
        EmotionClassifier(tiny)


def test_any_other_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.onnx"
    path.write_text("Dear diary")
    with pytest.raises(ModelError, match="no ONNX file"):
        EmotionClassifier(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"names": EMOTIONS[::-1]}, "in this order"),
        ({"names": ["cat", "dog"]}, "in this order"),
        ({"image_size": 31}, "32 to 256 pixels"),
        ({"image_size": 257}, "32 to 256 pixels"),
        ({"metadata": {"image_size": "-64"}}, "32 to 256 pixels"),
        ({"metadata": {"image_size": "²"}}, "32 to 256 pixels"),
        ({"metadata": {"image_size": ""}}, "32 to 256 pixels"),
        ({"metadata": {"image_size": "96"}}, "it takes"),
        ({"metadata": {"classmood_format": ""}}, "not marked"),
        ({"metadata": {"face_size": "96"}}, "48 pixels"),
        ({"metadata": {"names": "not json"}}, "in this order"),
        ({"constant": [float("nan")] * 7}, "no probabilities"),
        ({"constant": [3.0] * 7}, "no probabilities"),
    ],
)
def test_a_foreign_model_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    path = write_tiny_model(tmp_path / "foreign.onnx", **changes)
    with pytest.raises(ModelError, match=words):
        EmotionClassifier(path)


def test_a_model_that_differs_from_its_checksum_is_refused(tiny: Path) -> None:
    sums = tiny.with_name("SHA256SUMS")
    sums.write_text(f"{hashlib.sha256(tiny.read_bytes()).hexdigest()}  {tiny.name}\n")
    EmotionClassifier(tiny)
    write_tiny_model(tiny, metadata={"version": "0.0.2"})
    with pytest.raises(ModelError, match="damaged"):
        EmotionClassifier(tiny)


def test_the_four_emotion_view_renormalises() -> None:
    seven = Classification((0.1, 0.1, 0.2, 0.3, 0.1, 0.1, 0.1))
    four = seven.four()
    assert (seven.label, four.label) == ("happy", "happy")
    assert four.probabilities == pytest.approx((0.5, 1 / 6, 1 / 6, 1 / 6))
    assert Classification((0.5, 0.25, 0.25, 0, 0, 0, 0)).four().probabilities == (0.25,) * 4


def test_mood_counts_joy_against_sorrow_anger_fear_and_disgust() -> None:
    assert mood_index((0, 0, 0, 1, 0, 0, 0)) == 1
    assert mood_index((0.25, 0.25, 0.25, 0, 0, 0.25, 0)) == -1
    assert mood_index((0, 0, 0, 0, 0.5, 0, 0.5)) == 0


def test_the_shipped_model_loads() -> None:
    shipped = Path(models.__file__).parent / "weights" / "emotion.onnx"
    probabilities = EmotionClassifier(shipped).classify([noise(48, 48)] * 20)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-4)
