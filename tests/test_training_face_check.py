"""The face check's workshop: the places it learns from, and a small training for the app."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.boxes import Detection, Image, iou_matrix
from models.face_check import SIDE, FaceCheck
from models.learned import CHECK_FILE, PROPOSED, LearnedDetector
from tests.onnx_models import write_tiny_detector
from tests.test_training_detector import SKIN, drawn, few_pictures, write_sources
from training.detector_data import Pictures
from training.errors import TrainingError
from training.face_check_data import Counts, Places, by_threshold, gather, looks
from training.face_check_stencils import print_stencils


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    return few_pictures()


def skin_in_the_middle(places: Places) -> np.ndarray:
    middle = places.images[:, SIDE // 2 - 1 : SIDE // 2 + 1, SIDE // 2 - 1 : SIDE // 2 + 1].astype(int)
    close: np.ndarray = np.abs(middle.mean(axis=(1, 2)) - SKIN).max(axis=1) < 60
    return close


def test_places_around_faces_are_faces_and_others_are_not(tmp_path: Path, pictures: Pictures) -> None:
    detector = write_tiny_detector(tmp_path / "face.onnx")
    done: list[tuple[int, int]] = []
    places = gather(pictures, detector, Counts(10, 4), 1, lambda *step: done.append(step), learn=True)
    added = places.scores < 0
    assert (places.faces & added).sum() > 10
    assert (~places.faces).sum() > 10
    skin = skin_in_the_middle(places)
    assert skin[places.faces & added].mean() > 0.6
    assert skin[~places.faces & added].mean() < 0.3
    assert done[-1][0] == done[-1][1] == len(done)


def test_held_out_places_are_what_the_detector_proposes(tmp_path: Path, pictures: Pictures) -> None:
    detector = write_tiny_detector(tmp_path / "face.onnx")
    places = gather(pictures, detector, Counts(5, 3), 1, lambda *_: None, learn=False)
    assert len(places.scores) > 10
    assert (places.scores >= PROPOSED).all()


def test_prints_are_learned_as_no_faces(tmp_path: Path, pictures: Pictures) -> None:
    detector = write_tiny_detector(tmp_path / "face.onnx")
    without, some = (
        gather(pictures, detector, Counts(1, printed), 1, lambda *_: None, learn=True) for printed in (0, 30)
    )
    assert (~some.faces & (some.scores < 0)).sum() > (~without.faces & (without.scores < 0)).sum() + 20


def test_stencils_lie_in_their_boxes_and_leave_true_faces_alone(
    pictures: Pictures,
) -> None:
    prints = 0
    for number in range(40):
        image, faces, stencils = print_stencils(pictures, 1, number)
        assert image.dtype == np.uint8
        assert (stencils[:, 2:] > stencils[:, :2]).all()
        assert (stencils >= 0).all()
        assert (stencils[:, 2:] <= (image.shape[1], image.shape[0])).all()
        if len(faces) and len(stencils):
            assert iou_matrix(stencils, faces).max() == 0
        prints += len(stencils)
    assert prints > 40
    one, again = print_stencils(pictures, 1, 3), print_stencils(pictures, 1, 3)
    assert all(np.array_equal(one[part], again[part]) for part in range(3))
    assert not np.array_equal(print_stencils(pictures, 1, 3)[0], print_stencils(pictures, 1, 4)[0])


def test_what_stays_is_counted_by_threshold() -> None:
    counted = by_threshold(
        np.array([0.95, 0.85, 0.45, 0.05], np.float32), np.array([True, False, True, True])
    )
    assert counted["0.9"] == (0.3333, 1.0)
    assert counted["0.1"] == (0.6667, 0.6667)


@pytest.mark.training
@pytest.mark.filterwarnings("ignore:.*is deprecated:FutureWarning")
def test_a_small_training_tells_ovals_from_noise_in_a_file_that_the_app_opens(tmp_path: Path) -> None:
    from training.face_check import CheckRecipe, export_check, train_check, weigh

    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (400, SIDE, SIDE, 3), np.uint8)
    faces = np.arange(400) % 2 == 0
    images[faces, 8:24, 10:22] = SKIN
    places = Places(
        images, rng.uniform(0.2, 0.8, 400).astype(np.float32), faces, np.full(400, 32, np.float32)
    )
    network = train_check(places, CheckRecipe(steps=40, batch=64), lambda _: None)
    weights = weigh(network, places)
    assert weights[1] > 0
    exported = export_check(network, weights, tmp_path / "face_check.onnx", version="1.0.0", threshold=0.5)
    assert exported.size_bytes < 400_000
    again = export_check(network, weights, tmp_path / "strict.onnx", version="1.0.0", threshold=0.9)
    scores = [FaceCheck(one.path).judge(places.images, places.scores) for one in (exported, again)]
    assert ((scores[0] >= 0.5) == faces).mean() > 0.95
    assert (scores[1] <= scores[0]).all()
    assert scores[1].mean() < scores[0].mean()


@pytest.mark.training
@pytest.mark.filterwarnings("ignore:.*is deprecated:FutureWarning")
def test_the_command_goes_from_pictures_to_a_checked_detector(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from training.__main__ import app

    sources = write_sources(tmp_path)
    detector = write_tiny_detector(tmp_path / "face.onnx", metadata={"checked": "1"})
    options = {
        "scenes": sources.scenes,
        "photos": sources.photos,
        "pointing04": sources.pointing04,
        "teacher": sources.teacher,
        "run": tmp_path / "run",
        "detector": detector,
        "out": tmp_path / CHECK_FILE,
        "composed": 4,
        "printed": 3,
        "held-out": 4,
        "held-out-printed": 3,
        "steps": 3,
    }
    words = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    app(["face-check", *words, "--json"], standalone_mode=False)
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["places"]["learned_from"] > answer["places"]["held_out"] > 0
    assert set(answer["held_out"]) == {"detector alone", "checked"}
    assert isinstance(LearnedDetector(detector).detect(drawn(0, faces=2).image), list)


def test_places_know_how_high_their_boxes_are_in_the_picture(tmp_path: Path, pictures: Pictures) -> None:
    detector = write_tiny_detector(tmp_path / "face.onnx")
    places = gather(pictures, detector, Counts(5, 3), 1, lambda *_: None, learn=False)
    finder = LearnedDetector(detector, PROPOSED, checked=False)
    shown = looks(pictures, Counts(5, 3), 1, np.random.default_rng(1))
    boxes = [one.box for look in shown for one in finder.detect(look.image, look.side)[:40]]
    assert places.heights == pytest.approx([y2 - y1 for _, y1, _, y2 in boxes])


@pytest.mark.training
def test_opinions_are_weighed_by_what_they_are_worth() -> None:
    from training.second_look import Finds, passes, weigh_votes

    rng = np.random.default_rng(0)
    shares = np.where(np.arange(600) % 2 == 0, 0.8, 0.0)
    shares[:20] = 0.3  # neither face nor beside one
    opinions = np.where(shares > 0.5, 2.0, -2.0) + rng.normal(0, 1.5, 600)
    opinions[:20] = -50.0
    finds = Finds(rng.normal(0, 1, 600), opinions, shares)
    weights = weigh_votes(finds)
    assert weights["check"] > 3 * abs(weights["votes"])
    counted = passes(finds, weights)
    assert set(counted) >= {"votes alone", "in use", "fitted, 0.0 less"}
    assert counted["fitted, 0.0 less"][0] > counted["votes alone"][0] + 50
    assert counted["fitted, 0.0 less"][1] < counted["votes alone"][1] - 50
    assert counted["fitted, 1.5 less"][1] <= counted["fitted, 0.0 less"][1]
    with pytest.raises(TrainingError, match="some must be, and some not"):
        weigh_votes(Finds(np.zeros(5), np.zeros(5), np.zeros(5)))


@pytest.mark.training
def test_more_doubt_lets_fewer_large_places_pass_and_as_many_small_ones() -> None:
    from training.second_look import by_height

    rng = np.random.default_rng(0)
    heights = rng.choice([20, 90, 200], 900).astype(np.float32)
    faces = rng.random(900) < 0.5
    scores = np.clip(np.where(faces, 0.75, 0.4) + rng.normal(0, 0.2, 900), 0.01, 0.99).astype(np.float32)
    table = by_height(scores, Places(np.zeros((900, SIDE, SIDE, 3), np.uint8), scores, faces, heights))
    without, most = table["0.00"], table["3.00"]
    assert without["0 to 64"] == most["0 to 64"]
    assert most["160 and more"]["recall"] < without["160 and more"]["recall"]
    assert most["160 and more"]["precision"] > without["160 and more"]["precision"]
    assert sum(table["0.00"][band]["places"] for band in ("0 to 64", "80 to 100", "160 and more")) == 900


class FindsSkin:
    """A cascade that finds what has the colour of drawn faces, and the upper left corner."""

    def __init__(self, *, checked: bool) -> None:
        assert not checked  # its own votes are to be weighed

    def detect(self, image: Image) -> list[Detection]:
        skin = (np.abs(image.astype(int) - SKIN).max(axis=2) < 50).astype(np.uint8)
        around, _ = cv2.findContours(skin, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        places = [place for one in around if min((place := cv2.boundingRect(one))[2:]) > 6]
        found = [Detection((x, y, x + width, y + height), 0.6) for x, y, width, height in places]
        return [*found, Detection((0.0, 0.0, 12.0, 16.0), 0.3)]


@pytest.mark.training
@pytest.mark.parametrize("finds_faces", [True, False])
def test_the_second_look_is_counted_by_its_command(
    finds_faces: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from training import second_look
    from training.__main__ import app

    sources = write_sources(tmp_path)
    folders = {"scenes": sources.scenes, "photos": sources.photos, "pointing04": sources.pointing04}
    options = {**folders, "teacher": sources.teacher, "run": tmp_path / "run", "composed": 4, "printed": 3}
    words = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    if not finds_faces:  # the true cascade takes no oval for a face
        with pytest.raises(TrainingError, match=r"Of \d+ finds 0 are faces"):
            app(["second-look", *words, "--json"], standalone_mode=False)
        return
    monkeypatch.setattr(second_look, "HaarDetector", FindsSkin)
    app(["second-look", *words, "--json"], standalone_mode=False)
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    cascade = answer["cascade"]
    assert cascade["finds"] > cascade["faces"] > 5
    assert cascade["weights"]["votes"] > 0  # the corner has fewer votes and is no face
    passing = cascade["faces and others that pass"]
    assert passing["votes alone"][0] == cascade["faces"]
    assert set(answer["doubt"]) == {f"{most:.2f}" for most in second_look.AMOUNTS}
    assert answer["doubt"]["0.00"]["all"]["places"] > 10
