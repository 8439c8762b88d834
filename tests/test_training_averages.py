"""Average faces: alignment finds a known shift, every average has enough pictures."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.emotion import EMOTIONS
from tests.fer2013_files import drawn_face, sure_votes, write_data
from training import averages
from training.averages import align, distinct, make_averages, mean_face, write_averages
from training.data import FaceSet
from training.errors import TrainingError
from training.reading import read_faces


def faces_of(counts: dict[str, int], seed: int = 0) -> FaceSet:
    rng = np.random.default_rng(seed)
    names = [name for name, count in counts.items() for _ in range(count)]
    faces = np.stack([drawn_face(name, rng) for name in names])
    votes = np.array([sure_votes(name) for name in names], np.uint8)
    labels = np.array([EMOTIONS.index(name) for name in names])
    return FaceSet(faces, labels, np.full(len(names), "Training"), votes)


def test_alignment_finds_a_known_shift() -> None:
    face = drawn_face("surprise", np.random.default_rng(0))
    moved = cv2.warpAffine(
        face, np.array([[1.0, 0, 2], [0, 1, -1.5]]), (48, 48), borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8)
    start = np.eye(2, 3, dtype=np.float32)[None]
    (warp,), (fit,) = align(moved[None], face.astype(np.float32), start)
    assert warp[:, 2] - (np.eye(2) - warp[:, :2]) @ [24, 24] == pytest.approx([2, -1.5], abs=0.4)
    assert fit > 0.9


def test_aligned_faces_make_a_sharper_mean_than_raw_ones() -> None:
    faces = faces_of({"happy": 60}).faces
    raw = np.tile(np.eye(2, 3, dtype=np.float32), (len(faces), 1, 1))
    blurred = mean_face(faces, raw, 48)
    aligned, _ = align(faces, blurred, raw)
    assert (
        cv2.Laplacian(mean_face(faces, aligned, 48), cv2.CV_32F).std()
        > 1.1 * cv2.Laplacian(blurred, cv2.CV_32F).std()
    )


def test_every_average_has_enough_pictures_and_rare_emotions_are_left_out() -> None:
    done: list[str] = []
    made = make_averages(faces_of({"happy": 260, "sad": 110, "angry": 99}), done.append)
    assert {average.emotion for average in made} == {"happy", "sad"}
    assert all(average.count >= averages.FEWEST for average in made)
    assert all(average.image.shape == (averages.SIDE, averages.SIDE) for average in made)
    assert all(average.image.std() > 20 for average in made)
    assert done == list(averages.AGREEMENT)


def test_a_picture_that_is_there_many_times_counts_once() -> None:
    faces = faces_of({"happy": 20}).faces
    shifted = np.roll(faces[:1], 1, axis=2)
    copies = np.concatenate([faces, faces[:5], faces[3:4, :, ::-1], np.minimum(faces[2:3], 200), shifted])
    assert distinct(copies).tolist()[:20] == list(range(20))
    assert len(distinct(copies)) <= 21  # only a copy that is cut out differently is found later, when aligned
    many = faces_of({"happy": 99})
    rows = np.arange(99).repeat(3)
    with pytest.raises(TrainingError, match="No emotion has 100"):
        make_averages(many.select(rows), len)


def test_the_same_faces_and_seed_give_the_same_averages() -> None:
    faces = faces_of({"neutral": 150})
    first, second = (make_averages(faces, len) for _ in range(2))
    assert [average.count for average in first] == [average.count for average in second]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, second, strict=True))


def test_what_is_written_can_be_read_again(tmp_path: Path) -> None:
    made = make_averages(faces_of({"happy": 120}), len)
    write_averages(made, tmp_path / "demo")
    about = json.loads((tmp_path / "demo" / "faces.json").read_text(encoding="utf-8"))
    assert about == {"happy_0.png": {"emotion": "happy", "variant": 0, "count": made[0].count}}
    assert f"| `happy_0.png` | happy | {made[0].count} |" in (tmp_path / "demo" / "README.md").read_text()
    picture = cv2.imread(str(tmp_path / "demo" / "happy_0.png"), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert np.array_equal(picture, made[0].image)


def test_votes_are_needed(tmp_path: Path) -> None:
    data, _ = write_data(tmp_path, {"happy": 2})
    with pytest.raises(TrainingError, match="give --votes"):
        make_averages(read_faces(data), len)


def test_too_few_pictures_of_everything() -> None:
    with pytest.raises(TrainingError, match="No emotion has 100 pictures"):
        make_averages(faces_of({"happy": 20}), len)


def test_the_pictures_of_the_repository_are_means_of_many() -> None:
    demo = Path(__file__).parents[1] / "assets" / "demo"
    about = json.loads((demo / "faces.json").read_text(encoding="utf-8"))
    assert sorted(about) == sorted(path.name for path in demo.glob("*.png"))
    assert min(face["count"] for face in about.values()) >= averages.FEWEST
    variants = [face["emotion"] for face in about.values()]
    assert all(variants.count(emotion) >= 4 for emotion in ("neutral", "happy", "surprise"))
