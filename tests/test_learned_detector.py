"""Our own face detector: decoding its outputs, refusing other files, and what the shipped one finds."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

import models
from desktop.capture.demo import DemoSource
from models.boxes import Image
from models.detectors import HaarDetector, YuNetDetector, create_detector
from models.errors import ModelError
from models.learned import (
    BINS,
    CHECK_FILE,
    FACE_MODEL,
    STRIDES,
    LearnedDetector,
    decode,
    to_detector_input,
)
from tests.onnx_models import write_tiny_detector, write_tiny_model
from training.detector_evaluate import judge, marked_pictures, match, video_frames, with_reference

SIZE = (64, 96)  # height, width of the input
PLACES = sum((SIZE[0] // stride) * (SIZE[1] // stride) for stride in STRIDES)


def outputs(*faces: tuple[int, tuple[int, int, int, int], float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the network's outputs for faces: (place, distances to the sides in strides, score)."""
    logits, scores = np.zeros((4 * BINS, PLACES), np.float32), np.zeros(PLACES, np.float32)
    for place, distances, score in faces:
        scores[place] = score
        for side, distance in enumerate(distances):
            logits[side * BINS + distance, place] = 50
    return logits, scores


def test_a_box_reaches_from_its_place_in_strides() -> None:
    second_of_third_row = 2 * (SIZE[1] // 8) + 1
    boxes, scores = decode(*outputs((second_of_third_row, (1, 2, 3, 4), 0.9)), SIZE, 0.5)
    assert np.allclose(boxes, [[12 - 8, 20 - 16, 12 + 24, 20 + 32]])
    assert scores == pytest.approx([0.9])


def test_coarser_places_come_after_the_fine_ones() -> None:
    first_of_stride_16 = (SIZE[0] // 8) * (SIZE[1] // 8)
    first_of_stride_32 = first_of_stride_16 + (SIZE[0] // 16) * (SIZE[1] // 16)
    boxes, _ = decode(
        *outputs((first_of_stride_16 + 5, (0, 0, 1, 1), 0.9), (first_of_stride_32 + 5, (1, 1, 0, 0), 0.8)),
        SIZE,
        0.5,
    )
    assert np.allclose(boxes, [[88, 8, 104, 24], [48, 16, 80, 48]])


def test_a_distance_between_two_bins_is_their_mean() -> None:
    logits, scores = outputs((0, (2, 2, 2, 2), 0.9))
    logits[3, 0] = 50  # the left side: bins 2 and 3 alike
    boxes, _ = decode(logits, scores, SIZE, 0.5)
    assert boxes[0, 0] == pytest.approx(4 - 2.5 * 8)


def test_one_face_is_one_box_and_the_surest_comes_first() -> None:
    columns = SIZE[1] // 8
    same, neighbour, other = 2 * columns + 3, 2 * columns + 4, 6 * columns + 9
    faces = ((same, (2, 2, 2, 2), 0.6), (neighbour, (3, 2, 1, 2), 0.9), (other, (1, 1, 1, 1), 0.7))
    boxes, scores = decode(*outputs(*faces), SIZE, 0.5)
    assert scores == pytest.approx([0.9, 0.7])
    assert len(boxes) == 2


def test_a_box_within_a_better_one_is_the_same_face() -> None:
    middle = 4 * (SIZE[1] // 8) + 5
    boxes, _ = decode(*outputs((middle, (4, 3, 4, 3), 0.9), (middle + 1, (1, 1, 1, 1), 0.8)), SIZE, 0.5)
    assert len(boxes) == 1


def test_below_the_score_there_is_no_face() -> None:
    boxes, scores = decode(*outputs((7, (1, 1, 1, 1), 0.49)), SIZE, 0.5)
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


def test_the_input_is_rgb_and_padded_to_whole_strides() -> None:
    blue = np.zeros((33, 64, 3), np.uint8)
    blue[:, :, 0] = 255
    images = to_detector_input(blue)
    assert images.shape == (1, 3, 64, 64)
    assert np.array_equal(images[0, :, 0, 0], [0, 0, 1])
    assert np.allclose(images[0, :, 33:], 114 / 255)


@pytest.mark.parametrize(("height", "width"), [(300, 400), (400, 300), (30, 40), (1200, 1600)])
def test_boxes_are_in_pixels_of_the_picture(tmp_path: Path, height: int, width: int) -> None:
    """The tiny network sees a face wherever it is bright."""
    detector = LearnedDetector(write_tiny_detector(tmp_path / "tiny.onnx"))
    picture = np.zeros((height, width, 3), np.uint8)
    top, left, side = height // 2, width // 4, height // 4
    picture[top : top + side, left : left + side] = 255
    found = detector.detect(picture)
    assert found
    for face in found:
        x1, y1, x2, y2 = face.box
        assert left - side / 2 <= (x1 + x2) / 2 <= left + 1.5 * side
        assert top - side / 2 <= (y1 + y2) / 2 <= top + 1.5 * side
    assert detector.detect(np.zeros_like(picture)) == []


def test_a_large_picture_is_averaged_not_thinned_out(tmp_path: Path) -> None:
    """White dots on a chessboard's black squares are a grey that the tiny network takes for dark."""
    detector = LearnedDetector(write_tiny_detector(tmp_path / "tiny.onnx"))
    grid = np.zeros((2160, 3840, 3), np.uint8)
    grid[::8, ::8] = 255
    assert detector.detect(grid) == []
    grid[800:1400, 1000:1600] = 255
    assert detector.detect(grid)


def test_a_missing_a_cut_and_a_foreign_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"face detector .*nowhere\.onnx is missing"):
        LearnedDetector(tmp_path / "nowhere.onnx")
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(write_tiny_detector(tmp_path / "whole.onnx").read_bytes()[:200])
    with pytest.raises(ModelError, match="cut off"):
        LearnedDetector(cut)
    with pytest.raises(ModelError, match="not a face detector of this program"):
        LearnedDetector(write_tiny_model(tmp_path / "emotion.onnx"))


@pytest.mark.parametrize(
    ("key", "value"),
    [("bins", "16"), ("strides", "[4, 8, 16]"), ("image_size", "wide"), ("task", "")],
)
def test_a_detector_of_another_kind_is_refused(tmp_path: Path, key: str, value: str) -> None:
    path = write_tiny_detector(tmp_path / "other.onnx", metadata={key: value})
    with pytest.raises(ModelError, match=rf"not a face detector of this program \({key}\)"):
        LearnedDetector(path)


@pytest.fixture(scope="module")
def shipped() -> LearnedDetector:
    return LearnedDetector()


def test_the_shipped_model_is_small_and_says_nothing_of_the_machine_that_made_it() -> None:
    data = FACE_MODEL.read_bytes() + FACE_MODEL.with_name(CHECK_FILE).read_bytes()
    assert FACE_MODEL.parent == Path(models.__file__).parent / "weights"
    assert len(data) <= 2_000_000
    assert not any(word in data for word in (b"/tmp", b"/work", b"/home", b".py"))


def test_the_shipped_model_takes_a_small_picture() -> None:
    session = onnxruntime.InferenceSession(FACE_MODEL)
    assert int(session.get_modelmeta().custom_metadata_map["image_size"]) <= 416


def test_the_shipped_model_is_what_learned_means(tmp_path: Path) -> None:
    assert isinstance(create_detector("learned", models_dir=tmp_path), LearnedDetector)


@pytest.mark.parametrize("second", [5.0, 65.0, 130.0])
def test_every_pupil_of_the_demo_classroom_is_found(shipped: LearnedDetector, second: float) -> None:
    picture = DemoSource().render(second)
    reference = [face for face in HaarDetector().detect(half(picture)) if face.score >= 0.7]
    centres = [centre(face.box) for face in shipped.detect(half(picture))]
    for face in reference:
        x, y = centre(face.box)
        side = face.box[2] - face.box[0]
        assert any(abs(x - a) < side / 2 and abs(y - b) < side / 2 for a, b in centres)


@pytest.mark.parametrize("level", [0, 60, 255])
def test_nothing_is_found_in_a_blank_picture(shipped: LearnedDetector, level: int) -> None:
    assert shipped.detect(np.full((480, 640, 3), level, np.uint8)) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (7, 5, 3), (2160, 3840, 3), (64, 64, 4)])
def test_any_size_is_taken(shipped: LearnedDetector, shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    height, width = shape[:2]
    for face in shipped.detect(picture):
        x1, y1, x2, y2 = face.box
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height


@pytest.mark.data
def test_tilted_and_turned_heads_are_found_where_the_cascade_finds_next_to_none(
    shipped: LearnedDetector, shared_data: Path
) -> None:
    yunet = YuNetDetector(shared_data / "models" / "yunet_n_640_640.onnx")
    film = cv2.VideoCapture(str(shared_data / "videos" / "head-pose-face-detection-female-and-male.gif"))
    faces = found = by_cascade = 0
    cascade = HaarDetector()
    for number in range(50):
        _, frame = film.read()
        if number % 10:
            continue
        image = frame.astype(np.uint8, copy=False)
        centres, others = ([centre(face.box) for face in one.detect(image)] for one in (shipped, cascade))
        for face in yunet.detect(image):
            x, y = centre(face.box)
            reach = (face.box[3] - face.box[1]) / 3
            faces += 1
            found += any(abs(x - a) < reach and abs(y - b) < reach for a, b in centres)
            by_cascade += any(abs(x - a) < reach and abs(y - b) < reach for a, b in others)
    film.release()
    assert faces >= 8
    assert found / faces >= 0.8
    assert found > by_cascade


@pytest.mark.data
def test_small_faces_of_a_class_are_found_where_the_first_network_alone_misses_some(
    shipped: LearnedDetector, shared_data: Path
) -> None:
    yunet = YuNetDetector(shared_data / "models" / "yunet_n_640_640.onnx")
    film = cv2.VideoCapture(str(shared_data / "videos" / "classroom.gif"))
    alone = LearnedDetector(checked=False)
    faces = found = by_one = 0
    for number in range(45):
        _, frame = film.read()
        if number % 5:
            continue
        image = frame.astype(np.uint8, copy=False)
        reference = [face.box for face in yunet.detect(image)]
        faces += len(reference)
        found += match(reference, [face.box for face in shipped.detect(image)])
        by_one += match(reference, [face.box for face in alone.detect(image)])
    film.release()
    assert faces >= 30
    assert found / faces >= 0.85
    assert found > by_one


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "recall", "precision"),
    [
        ("classroom.gif", 0.85, 0.95),  # faces of 18 pixels
        ("face-demographics-walking.gif", 0.95, 0.95),
        ("head-pose-face-detection-female-and-male.gif", 0.95, 0.95),
        ("single_face.mp4", 0.95, 0.95),
        ("student.mkv", 0.95, 0.9),  # the skull on a shirt, or a hand, now and then: see the card
    ],
)
def test_it_finds_what_its_teacher_finds(
    shipped: LearnedDetector, shared_data: Path, name: str, recall: float, precision: float
) -> None:
    yunet = YuNetDetector(shared_data / "models" / "yunet_n_640_640.onnx")
    score = judge(with_reference(video_frames(shared_data / "videos" / name), yunet), shipped)
    assert score.recall >= recall
    assert score.precision >= precision


@pytest.mark.data
def test_it_finds_the_faces_that_people_marked(shipped: LearnedDetector, shared_data: Path) -> None:
    assert judge(marked_pictures(shared_data / "faces" / "boxes.xml"), shipped).recall >= 0.95


def half(picture: Image) -> Image:
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False)


def centre(box: tuple[float, float, float, float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
