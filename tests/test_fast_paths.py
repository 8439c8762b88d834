"""What was made quick says what it said before: each against its plainest form."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.boxes import Image, iou_matrix
from models.emotion import to_network_input
from models.face_check import SIDE, cut_place
from models.flow import FlowPicture, median_flow, patches
from models.learned import BINS, STRIDES, decode, to_detector_input

SAME_FACE, WITHIN = 0.45, 0.6


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def blurred(seed: int, *shape: int) -> Image:
    """Return a picture that is smooth enough to be followed and has contrast all the same."""
    soft = cv2.GaussianBlur(rng(seed).integers(0, 256, shape, np.uint8), (9, 9), 0).astype(np.float64)
    picture: Image = ((soft - soft.min()) * 255 / np.ptp(soft)).astype(np.uint8)
    return picture


def one_each(boxes: Sequence[Sequence[float]], scores: Sequence[float]) -> list[int]:
    """Go through the boxes from the best on; keep what no kept one shares much with."""
    stay: list[int] = []
    for row in sorted(range(len(scores)), key=lambda n: -scores[n]):
        x1, y1, x2, y2 = boxes[row]
        for other in stay:
            u1, v1, u2, v2 = boxes[other]
            shared = max(0.0, min(x2, u2) - max(x1, u1)) * max(0.0, min(y2, v2) - max(y1, v1))
            area, its = (x2 - x1) * (y2 - y1), (u2 - u1) * (v2 - v1)
            if shared > SAME_FACE * (area + its - shared) or shared > WITHIN * min(area, its):
                break
        else:
            stay.append(row)
    return stay


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("size", "faces"), [((224, 384), 120), ((384, 224), 900), ((32, 64), 3)])
def test_faces_are_decoded_as_place_by_place(size: tuple[int, int], faces: int, seed: int) -> None:
    height, width = size
    places = [
        ((column + 0.5) * stride, (row + 0.5) * stride, stride)
        for stride in STRIDES
        for row in range(height // stride)
        for column in range(width // stride)
    ]
    logits = rng(seed).normal(0, 3, (4 * BINS, len(places))).astype(np.float32)
    scores = np.zeros(len(places), np.float32)
    chosen = rng(seed).choice(len(places), faces)
    scores[chosen] = rng(seed).uniform(0.1, 1, faces)
    kept = [n for n in range(len(places)) if scores[n] >= 0.3]
    boxes = []
    for n in kept:
        weights = np.exp(logits[:, n].reshape(4, BINS).astype(np.float64))
        left, top, right, bottom = weights @ np.arange(BINS) / weights.sum(axis=1) * places[n][2]
        x, y, _ = places[n]
        boxes.append((x - left, y - top, x + right, y + bottom))
    stay = one_each(boxes, [float(scores[n]) for n in kept])
    found, sure = decode(logits, scores, size, 0.3)
    assert np.allclose(found, np.array([boxes[n] for n in stay]).reshape(-1, 4), atol=1e-3)
    assert sure == pytest.approx([scores[kept[n]] for n in stay])


@pytest.mark.parametrize("shape", [(216, 384, 3), (384, 216, 3), (33, 50, 3), (1, 1, 3)])
def test_the_detectors_input_is_the_picture_in_planes(shape: tuple[int, int, int]) -> None:
    picture = rng(0).integers(0, 256, shape, np.uint8)
    height, width = (-(-side // 32) * 32 for side in shape[:2])
    padded = np.full((height, width, 3), 114, np.uint8)
    padded[: shape[0], : shape[1]] = picture
    expected = padded[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255)
    assert np.array_equal(to_detector_input(picture), expected)


@pytest.mark.parametrize("side", [32, 48, 64])
def test_every_face_has_a_row_of_its_own_in_the_networks_input(side: int) -> None:
    faces = [blurred(seed, 48, 48) for seed in range(5)]
    batch = to_network_input(faces, side)
    for row, face in zip(batch, faces, strict=True):
        assert np.array_equal(row, to_network_input([face], side)[0])
    assert batch.flags.c_contiguous


coordinate = st.floats(-150, 450)


@settings(deadline=None)
@given(coordinate, coordinate, st.floats(0.1, 300), st.floats(0.1, 300))
def test_a_place_is_what_stands_in_the_picture_with_grey_around_it(
    x: float, y: float, width: float, height: float
) -> None:
    """Cut out of the picture as it is, or out of the same one with a margin: alike but for the margin."""
    picture = blurred(3, 200, 300, 3)
    inside = cut_place(picture, (x, y, x + width, y + height))
    assert inside.shape == (SIDE, SIDE, 3)
    margin = 700
    wide = np.full((200 + 2 * margin, 300 + 2 * margin, 3), 114, np.uint8)
    wide[margin:-margin, margin:-margin] = picture
    moved = cut_place(wide, (x + margin, y + margin, x + width + margin, y + height + margin))
    half = 0.8 * max(width, height, 1.0)
    centre_x, centre_y = x + width / 2, y + height / 2
    if half + 1 < centre_x < 299 - half and half + 1 < centre_y < 199 - half:
        assert np.array_equal(inside, moved)
    else:
        assert np.abs(inside.astype(int) - moved).mean() < 20


def shifted(picture: Image, dx: float, dy: float) -> Image:
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
    moved = cv2.warpAffine(picture, matrix, picture.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return moved.astype(np.uint8, copy=False)


@pytest.mark.parametrize("apart", [30, 70, 160])
def test_boxes_follow_the_picture_alone_or_together(apart: int) -> None:
    """Where boxes keep apart, each goes where it would alone; where they overlap, all go with the picture."""
    before = blurred(7, 360, 640)
    after = shifted(before, 5, -3)
    boxes = np.array([(120.0 + apart * n, 150.0 + 10 * n, 40.0, 50.0) for n in range(3)])
    one, two = FlowPicture.of(before), FlowPicture.of(after)
    moved, trusted = median_flow(one, two, boxes, np.array([0.9, 0.5, 0.1]))
    assert trusted.all()
    assert np.abs(moved[:, :2] - boxes[:, :2] - (5, -3)).max() < 0.5
    assert np.abs(moved[:, 2:] / boxes[:, 2:] - 1).max() < 0.03


def test_patches_are_sampled_at_the_middle_of_their_cells() -> None:
    picture = FlowPicture.of(blurred(2, 180, 320))
    boxes = np.array([(100.0, 90.0, 48.0, 36.0), (60.5, 40.25, 30.0, 60.0), (2.0, 178.0, 40.0, 40.0)])
    for row, (x, y, width, height) in zip(patches(picture, boxes), boxes, strict=True):
        patch = np.empty((12, 12))
        for down in range(12):
            for across in range(12):
                at_x = x + ((across + 0.5) / 12 - 0.5) * width - 0.5
                at_y = y + ((down + 0.5) / 12 - 0.5) * height - 0.5
                patch[down, across] = sample(picture.image, at_x, at_y)
        patch -= patch.mean()
        assert np.abs(row - (patch / np.linalg.norm(patch)).ravel()).max() < 0.01
    flat = patches(FlowPicture.of(np.full((180, 320), 7, np.uint8)), boxes)
    assert np.array_equal(flat, np.zeros((3, 144)))


def sample(image: Image, x: float, y: float) -> float:
    """Return the brightness between four pixels; beyond the edge it is the edge's."""
    left, top = int(np.floor(x)), int(np.floor(y))

    def at(column: int, row: int) -> float:
        return float(image[min(max(row, 0), image.shape[0] - 1), min(max(column, 0), image.shape[1] - 1)])

    a, b = x - left, y - top
    upper = (1 - a) * at(left, top) + a * at(left + 1, top)
    return (1 - b) * upper + b * ((1 - a) * at(left, top + 1) + a * at(left + 1, top + 1))


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 30)] * 4), min_size=1, max_size=6))
def test_overlap_is_the_shared_share_of_pixels(corners: list[tuple[int, int, int, int]]) -> None:
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in corners], np.float64)
    sets = [{(a, b) for a in range(x, x + w) for b in range(y, y + h)} for x, y, w, h in corners]
    expected = [[len(a & b) / len(a | b) if a | b else 0.0 for b in sets] for a in sets]
    assert np.allclose(iou_matrix(boxes, boxes), expected)
