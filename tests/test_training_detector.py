"""The face detector's workshop: the teacher's labels, composed pictures, judging, and a whole small run."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.boxes import Box, CropRule, Detection, Image
from models.learned import to_detector_input
from training.detector_compose import HEIGHT, WIDTH, Composer, place_without_face
from training.detector_data import (
    Picture,
    Pictures,
    Sources,
    is_held_out,
    read_sources,
    without_copies,
)
from training.detector_degrade import NONE, Degradation, degrade
from training.detector_drawings import draw_things
from training.detector_evaluate import judge, judge_by_size, marked_pictures, match
from training.detector_teacher import Labels, Teacher, brighten, move_box, set_upright, write_labels
from training.errors import TrainingError

ROOT = Path(__file__).parents[1]
SKIN = (150, 170, 210)


def drawn(seed: int, *, faces: int, size: tuple[int, int] = (120, 160)) -> Picture:
    """Return a spotted picture with plain ovals for faces."""
    rng = np.random.default_rng(seed)
    image = np.kron(rng.integers(0, 120, (size[0] // 8, size[1] // 8, 3)), np.ones((8, 8, 1))).astype(
        np.uint8
    )
    boxes = []
    for number in range(faces):
        x, y, height = 25 + 45 * number, int(rng.integers(40, size[0] - 40)), int(rng.integers(24, 44))
        cv2.ellipse(image, (x, y), (round(height * 0.38), height // 2), 0, 0, 360, SKIN, -1)
        boxes.append((x - height * 0.38, y - height / 2, x + height * 0.38, y + height / 2))
    return Picture(f"{seed:06}.jpg", image, np.array(boxes, np.float64).reshape(-1, 4))


def few_pictures() -> Pictures:
    return Pictures(
        scenes=tuple(drawn(seed, faces=3) for seed in range(4)),
        empty=tuple(drawn(seed, faces=0) for seed in range(10, 13)),
        portraits=tuple(drawn(seed, faces=1) for seed in range(20, 23)),
        drawings=tuple(drawn(seed, faces=0) for seed in range(30, 33)),
    )


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    return few_pictures()


def write_sources(folder: Path, count: int = 60) -> Sources:
    """Write drawn pictures and their labels as the teacher would leave them; no teacher is needed then."""
    kinds = {"scenes": 2, "photos": 1, "pointing04": 1}
    for kind, faces in kinds.items():
        labels = {}
        for seed in range(count):
            name = (
                f"{seed:06}.jpg" if kind != "pointing04" else f"Person{1 + seed % 10:02}/person{seed:03}.jpg"
            )
            picture = drawn(1000 * faces + seed, faces=faces if seed % 3 or faces == 1 else 0)
            path = folder / kind / name
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), picture.image)
            labels[name] = Labels(picture.faces.tolist(), [])
        write_labels(folder / "run" / "labels" / f"{kind}.json", labels)
    face = [[10.0, 10.0, 40.0, 40.0]]
    drawings = {f"drawing{number}": Labels([], []) for number in range(30)}
    drawings |= {"drawing30": Labels(face, []), "drawing31": Labels([], face)}
    write_labels(folder / "run" / "labels" / "drawings.json", drawings)
    return Sources(
        folder / "scenes",
        folder / "photos",
        folder / "pointing04",
        folder / "no-teacher.onnx",
        folder / "run" / "labels",
    )


class TestComposer:
    def test_the_same_number_gives_the_same_picture_and_another_another(self, pictures: Pictures) -> None:
        one, again = Composer(pictures, seed=1), Composer(pictures, seed=1)
        assert np.array_equal(one.compose(5)[0], again.compose(5)[0])
        assert np.array_equal(one.compose(5)[1], again.compose(5)[1])
        assert not np.array_equal(one.compose(5)[0], one.compose(6)[0])

    def test_boxes_lie_around_the_faces(self, pictures: Pictures) -> None:
        """Where nothing is degraded, the middle of every box has the colour of the drawn faces."""
        composer = Composer(pictures, degradation=NONE)
        right, count = 0, 0
        for number in range(60):
            image, boxes = composer.compose(number)
            assert image.shape == (HEIGHT, WIDTH, 3)
            assert (boxes[:, :2] >= 0).all()
            assert (boxes[:, 2:] <= (WIDTH, HEIGHT)).all()
            assert (boxes[:, 2:] > boxes[:, :2]).all()
            for x1, y1, x2, y2 in boxes:
                middle = image[int((y1 + y2) / 2), int((x1 + x2) / 2)].astype(int)
                right += bool(np.abs(middle - SKIN).max() < 40)
                count += 1
        assert count > 100
        assert right / count > 0.95

    def test_what_is_pasted_as_no_face_is_cut_where_there_is_none(self) -> None:
        scene = drawn(0, faces=1)
        rng = np.random.default_rng(0)
        places = [place for _ in range(100) if (place := place_without_face(scene, rng)) is not None]
        assert len(places) > 20
        for place in places:
            x1, y1, x2, y2 = (round(value) for value in place)
            assert (np.abs(scene.image[y1:y2, x1:x2].astype(int) - SKIN).max(axis=2) > 40).all()

    def test_faces_come_in_all_sizes(self, pictures: Pictures) -> None:
        composer = Composer(pictures)
        heights = np.concatenate([np.ptp(composer.compose(n)[1][:, 1::2], axis=1) for n in range(60)])
        assert (heights < 12).any()
        assert (heights > 60).any()


def test_the_same_number_is_the_same_drawing_and_another_another() -> None:
    assert np.array_equal(draw_things(7), draw_things(7))
    assert not np.array_equal(draw_things(7), draw_things(8))
    assert draw_things(7).dtype == np.uint8


@pytest.mark.parametrize("harm", ["covered", "grey", "light", "tint", "small", "blur", "noise", "jpeg"])
def test_every_harm_leaves_a_picture_of_the_same_size(harm: str) -> None:
    image = drawn(0, faces=2).image
    harmed = degrade(image.copy(), replace(NONE, **{harm: 1.0}), np.random.default_rng(0))
    assert harmed.shape == image.shape
    assert harmed.dtype == np.uint8
    assert (harm == "covered") == np.array_equal(harmed, image)


def test_a_room_gets_dim_and_a_camera_grey_by_default() -> None:
    image = np.full((64, 64, 3), (90, 120, 150), np.uint8)
    rng = np.random.default_rng(0)
    harmed = [degrade(image, Degradation(), rng) for _ in range(60)]
    assert min(one.mean() for one in harmed) < 60
    assert max(one.mean() for one in harmed) > 120
    assert any(np.ptp(one, axis=2).max() == 0 for one in harmed)


class TestHeldOut:
    def test_a_tenth_and_one_person_are_never_learned_from(self) -> None:
        names = [f"{number:06}.jpg" for number in range(1000)]
        assert 70 <= sum(map(is_held_out, names)) <= 130
        assert is_held_out("Person10/person10100-90+0.jpg")
        assert not any(is_held_out(f"Person0{n}/person0{n}100-90+0.jpg") for n in range(1, 10))

    def test_copies_of_what_was_learned_from_are_no_test(self) -> None:
        known, other = drawn(1, faces=2), drawn(2, faces=2)
        turned = Picture("turned", np.rot90(known.image, 2)[:, ::-1] // 3, known.faces)
        assert without_copies([turned, other], [known]) == [other]

    def test_the_parts_share_no_picture(self, tmp_path: Path) -> None:
        learned, held_out = read_sources(write_sources(tmp_path), lambda *_: None)
        names = [
            {p.name for p in (*part.scenes, *part.empty, *part.portraits)} for part in (learned, held_out)
        ]
        assert learned.scenes
        assert held_out.empty
        assert not names[0] & names[1]

    def test_drawings_that_the_teacher_might_take_for_faces_are_left_out(self, tmp_path: Path) -> None:
        parts = read_sources(write_sources(tmp_path), lambda *_: None)
        names = {picture.name for part in parts for picture in part.drawings}
        assert names == {f"drawing{number}" for number in range(30)}

    def test_too_few_pictures_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingError, match="Too few pictures"):
            read_sources(write_sources(tmp_path, count=4), lambda *_: None)


class TestTeacher:
    def test_a_file_that_is_not_yunet_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingError, match=r"yunet\.onnx is missing"):
            Teacher(tmp_path / "yunet.onnx")

    def test_a_turned_box_is_around_the_turned_oval(self) -> None:
        matrix = cv2.getRotationMatrix2D((0, 0), 90, 2.0)
        assert move_box((-3, -5, 3, 5), matrix, 90) == pytest.approx((-10, -6, 10, 6))
        slanted = move_box((-3, -5, 3, 5), cv2.getRotationMatrix2D((0, 0), 45, 1.0), 45)
        assert slanted[2] == pytest.approx(slanted[3])
        assert 3 < slanted[2] < 5

    def test_a_picture_is_set_upright_without_its_black_corners(self) -> None:
        image = np.full((60, 100, 3), 90, np.uint8)
        image[:20] = 200
        slanted = cv2.warpAffine(
            cv2.copyMakeBorder(image, 40, 40, 20, 20, cv2.BORDER_CONSTANT),
            cv2.getRotationMatrix2D((70, 70), -45, 1.0),
            (140, 140),
        ).astype(np.uint8)
        upright = set_upright(slanted, 45)
        assert abs(upright.shape[0] - 60) < 8
        assert abs(upright.shape[1] - 100) < 8
        assert upright[8, 50].mean() > 190
        assert np.array_equal(set_upright(image, 180), image[::-1, ::-1])

    def test_only_a_dark_picture_is_brightened(self) -> None:
        image = drawn(3, faces=1).image
        assert brighten(image // 4).max() > 2 * (image // 4).max()
        bright = np.full_like(image, 220)
        assert np.array_equal(brighten(bright), bright)


class FixedDetector:
    """A detector that always gives the same boxes."""

    name = "fixed"
    crop = CropRule(1.0, 0.0)

    def __init__(self, *boxes: Box) -> None:
        self._boxes = boxes

    def detect(self, image: Image) -> list[Detection]:
        return [Detection(box, 0.9) for box in self._boxes]


class TestJudge:
    def test_every_face_counts_once(self) -> None:
        faces = [(0.0, 0.0, 10.0, 10.0), (50.0, 50.0, 90.0, 90.0)]
        assert match(faces, [(0, 0, 10, 10), (1, 0, 11, 10), (30, 30, 35, 35)]) == 1
        assert match(faces, []) == match([], faces) == 0

    def test_recall_precision_and_recall_by_size(self) -> None:
        image = np.zeros((100, 100, 3), np.uint8)
        pictures = [(image, [(0.0, 0.0, 10.0, 10.0), (50.0, 50.0, 90.0, 90.0)]), (image, [])]
        detector = FixedDetector((0, 0, 10, 10), (20, 20, 30, 30))
        score = judge(pictures, detector)
        assert (score.recall, score.precision) == (0.5, 0.25)
        assert judge_by_size(pictures, detector) == {"0-12": (1, 1.0), "40-1000": (1, 0.0)}

    def test_a_broken_list_of_boxes_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "boxes.xml").write_text("<dataset>")
        with pytest.raises(TrainingError, match=r"boxes\.xml"):
            marked_pictures(tmp_path / "boxes.xml")


@pytest.mark.training
def test_training_and_app_give_the_network_the_same_picture(pictures: Pictures) -> None:
    from training.detector import ComposedPictures

    composer = Composer(pictures)
    given = ComposedPictures(composer, 1)[3]
    image, boxes = composer.compose(3)
    assert np.array_equal(given["img"].numpy() / np.float32(255), to_detector_input(image)[0])
    x, y, width, height = (given["bboxes"].numpy() * np.tile((WIDTH, HEIGHT), 2)).T
    corners = np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=1)
    assert corners == pytest.approx(boxes, abs=1e-3)


@pytest.mark.training
@pytest.mark.filterwarnings("ignore:.*is deprecated:FutureWarning")
def test_a_small_run_writes_a_detector_that_the_app_opens(tmp_path: Path) -> None:
    sources = write_sources(tmp_path)
    options = {
        "scenes": sources.scenes,
        "photos": sources.photos,
        "pointing04": sources.pointing04,
        "teacher": sources.teacher,
        "run": tmp_path / "run",
        "out": tmp_path / "face.onnx",
        "epochs": 1,
        "pictures": 16,
        "batch": 8,
        "threads": 1,
        "workers": 0,
        "image-size": 256,
    }
    words = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "training", "face-detector", *words, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["exported"]["size_bytes"] <= 2_000_000
    assert answer["exported"]["largest_difference"] < 1e-3
    assert set(answer["held_out"]) == {"learned", "haar"}
    from models.learned import LearnedDetector

    assert isinstance(LearnedDetector(tmp_path / "face.onnx").detect(drawn(0, faces=2).image), list)
