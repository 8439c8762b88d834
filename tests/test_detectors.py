"""Finding faces in single pictures, and saying clearly why that is not possible."""

import xml.etree.ElementTree as ET
from pathlib import Path

import cv2
import numpy as np
import pytest
from cv2.data import haarcascades
from hypothesis import given, settings
from hypothesis import strategies as st

from models import detectors
from models.boxes import Detection, Image, iou_matrix
from models.detectors import (
    DETECTORS,
    MOST_CHECKED,
    FaceDetector,
    HaarDetector,
    YuNetDetector,
    create_detector,
    install_yunet,
    start_over,
)
from models.errors import ModelError
from training.detector_evaluate import video_frames


@pytest.fixture(scope="module")
def haar() -> HaarDetector:
    return HaarDetector()


@pytest.fixture(scope="module")
def yunet(shared_data: Path) -> YuNetDetector:
    return YuNetDetector(shared_data / "models" / "yunet_n_640_640.onnx")


def marked_faces(shared_data: Path) -> list[tuple[Image, np.ndarray]]:
    """Return the group photographs with their faces as marked by people, xyxy."""
    folder = shared_data / "faces"
    pictures = []
    for entry in ET.parse(folder / "boxes.xml").iter("image"):  # noqa: S314 - a file of our own disk
        edges = [
            [float(box.attrib[k]) for k in ("left", "top", "width", "height")] for box in entry.iter("box")
        ]
        boxes = np.array(edges)
        boxes[:, 2:] += boxes[:, :2]
        image = cv2.imread(str(folder / entry.attrib["file"]))
        assert image is not None
        pictures.append((image.astype(np.uint8), boxes))
    return pictures


def found_share(detector: FaceDetector, shared_data: Path) -> tuple[float, float]:
    """Return recall and precision on the group photographs at IoU 0.3, sure detections only."""
    hits = faces = finds = 0
    for image, boxes in marked_faces(shared_data):
        found = np.array([d.box for d in detector.detect(image) if d.score >= 0.5]).reshape(-1, 4)
        hits += int((iou_matrix(boxes, found) > 0.3).any(axis=1).sum())
        faces += len(boxes)
        finds += len(found)
    return hits / faces, hits / finds


@pytest.mark.data
def test_yunet_finds_every_marked_face(yunet: YuNetDetector, shared_data: Path) -> None:
    recall, precision = found_share(yunet, shared_data)
    assert recall == 1.0
    assert precision >= 0.75  # it also finds faces that nobody marked


@pytest.mark.data
def test_the_cascade_finds_most_marked_faces(haar: HaarDetector, shared_data: Path) -> None:
    recall, precision = found_share(haar, shared_data)
    assert recall >= 0.6
    assert precision >= 0.9


@pytest.mark.data
def test_no_face_is_found_twice(haar: HaarDetector, shared_data: Path) -> None:
    for image, _ in marked_faces(shared_data):
        for side in (500, 640, 800):  # one of them was framed twice in the middle size
            scale = side / image.shape[1]
            found = haar.detect(cv2.resize(image, None, fx=scale, fy=scale).astype(np.uint8, copy=False))
            boxes = np.array([d.box for d in found if d.score >= 0.5])
            overlaps = iou_matrix(boxes, boxes) - np.eye(len(boxes))
            assert overlaps.max() < 0.3


@pytest.mark.data
def test_a_sure_face_has_a_higher_score_than_a_doubtful_one(haar: HaarDetector, shared_data: Path) -> None:
    image, boxes = marked_faces(shared_data)[0]
    found = haar.detect(image)
    real = iou_matrix(np.array([d.box for d in found]), boxes).max(axis=1) > 0.3
    assert max(d.score for d in found) > 0.8
    assert all(0 < d.score < 1 for d in found)
    assert max(d.score for d, is_face in zip(found, real, strict=True) if is_face) > max(
        (d.score for d, is_face in zip(found, real, strict=True) if not is_face), default=0
    )


@pytest.mark.data
def test_the_smallest_face_is_a_share_of_the_height(shared_data: Path) -> None:
    image, _ = marked_faces(shared_data)[0]
    assert HaarDetector(min_face=0.06).detect(image)
    assert all(d.box[3] - d.box[1] >= 0.3 * image.shape[0] for d in HaarDetector(min_face=0.3).detect(image))


@pytest.mark.data
@pytest.mark.parametrize("name", DETECTORS)
def test_colour_grey_and_transparent_pictures_give_the_same_faces(name: str, shared_data: Path) -> None:
    detector = create_detector(name, models_dir=shared_data / "models")
    image, _ = marked_faces(shared_data)[1]
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.uint8)
    variants = [
        grey,
        grey[:, :, None],
        np.repeat(grey[:, :, None], 3, axis=2),
        np.dstack([grey] * 3 + [grey]),
    ]
    counts = {len(detector.detect(variant)) for variant in variants}
    assert len(counts) == 1
    assert counts != {0}


@pytest.mark.data
@pytest.mark.parametrize("name", DETECTORS)
def test_crop_rules_turn_boxes_into_the_same_square(name: str, shared_data: Path) -> None:
    """Both detectors show the classifier the same part of a face."""
    detector = create_detector(name, models_dir=shared_data / "models")
    film = cv2.VideoCapture(str(shared_data / "videos" / "single_face.mp4"))
    _, image = film.read()
    best = max(detector.detect(image.astype(np.uint8)), key=lambda d: d.score)
    x1, y1, x2, y2 = detector.crop.square(best.box)
    assert x2 - x1 == pytest.approx(y2 - y1)
    assert ((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1) == pytest.approx((320, 180, 210), abs=45)


shapes = st.tuples(st.integers(1, 90), st.integers(1, 90), st.sampled_from([None, 1, 3, 4]))


@settings(deadline=None, max_examples=40)
@given(shapes, st.integers(0, 2**32 - 1))
def test_any_picture_is_searched_without_harm(
    haar: HaarDetector, shape: tuple[int, int, int | None], seed: int
) -> None:
    size = [edge for edge in shape if edge is not None]
    picture = np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)
    check_boxes(haar.detect(picture))


@pytest.mark.data
@pytest.mark.parametrize(
    "size", [(1, 1), (1, 300), (300, 1), (3, 3, 4), (33, 57), (31, 64, 1), (719, 1279, 3)]
)
def test_yunet_takes_any_size(yunet: YuNetDetector, size: tuple[int, ...]) -> None:
    check_boxes(yunet.detect(np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8)))


def check_boxes(found: list[Detection]) -> None:
    for detection in found:
        assert np.isfinite(detection.box).all()
        assert detection.box[2] > detection.box[0]
        assert detection.box[3] > detection.box[1]


@pytest.mark.parametrize(
    "bad", [np.zeros((0, 0), np.uint8), np.zeros((9, 9, 2), np.uint8), np.zeros((9, 9), np.uint16)]
)
def test_what_is_no_picture_is_refused(haar: HaarDetector, bad: Image) -> None:
    with pytest.raises(ModelError, match="picture"):
        haar.detect(bad)


def test_an_unknown_detector_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"“hog”.*haar, learned, yunet"):
        create_detector("hog", models_dir=tmp_path)


def test_yunet_without_its_file_says_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"yunet_n_640_640\.onnx is missing.*https://github\.com"):
        create_detector("yunet", models_dir=tmp_path)


@pytest.mark.parametrize("content", [b"", b"Dear diary", b"\x08\x07" * 500])
def test_a_damaged_yunet_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "yunet_n_640_640.onnx").write_bytes(content)
    with pytest.raises(ModelError, match="is not the YuNet face detector, or is damaged"):
        create_detector("yunet", models_dir=tmp_path)


@pytest.mark.data
def test_a_truncated_yunet_and_another_network_are_named(tmp_path: Path, shared_data: Path) -> None:
    path = tmp_path / "yunet_n_640_640.onnx"
    for content in (
        (shared_data / "models" / path.name).read_bytes()[:200_000],
        (shared_data / "models" / "fsanet-var-iter-688590.onnx").read_bytes(),
        (Path(detectors.__file__).parent / "weights" / "emotion.onnx").read_bytes(),
    ):
        path.write_bytes(content)
        with pytest.raises(ModelError, match="is not the YuNet face detector"):
            create_detector("yunet", models_dir=tmp_path)


@pytest.mark.parametrize(
    "content",
    [None, b"", b"<opencv_storage></opencv_storage>", b"<?xml version='1.0'?>\n<a>", b"\xff\x00" * 99],
)
def test_a_missing_or_damaged_cascade_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    monkeypatch.setattr(detectors, "haarcascades", str(tmp_path))
    if content is not None:
        (tmp_path / detectors.HAAR_CASCADE).write_bytes(content)
    with pytest.raises(ModelError, match=r"Install opencv-python again"):
        HaarDetector()


def test_the_cascade_loads_from_a_folder_with_any_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "Клас €"
    folder.mkdir()
    (folder / detectors.HAAR_CASCADE).write_bytes((Path(haarcascades) / detectors.HAAR_CASCADE).read_bytes())
    monkeypatch.setattr(detectors, "haarcascades", str(folder))
    assert HaarDetector().detect(np.zeros((100, 100), np.uint8)) == []


@pytest.mark.data
def test_a_file_of_the_user_becomes_the_yunet_detector(tmp_path: Path, shared_data: Path) -> None:
    install_yunet(shared_data / "models" / "yunet_n_640_640.onnx", tmp_path / "models")
    assert create_detector("yunet", models_dir=tmp_path / "models").name == "yunet"


def test_a_file_that_is_no_yunet_is_not_installed(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.onnx"
    foreign.write_bytes(b"something else")
    with pytest.raises(ModelError, match="is not the YuNet face detector"):
        install_yunet(foreign, tmp_path / "models")
    assert foreign.exists()
    assert not (tmp_path / "models").exists()


class Says:
    """A face check that says of every place what it is told to."""

    def __init__(self, score: float) -> None:
        self.score = score
        self.places: list[Image] = []

    def judge(self, places: Image, scores: np.ndarray) -> np.ndarray:
        self.places.append(places)
        return np.full(len(scores), self.score, np.float32)


def test_what_the_cascade_finds_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = HaarDetector()
    finds = [((20, 20, 40, 40), 3), ((100, 20, 40, 40), 12), ((180, 20, 40, 40), 1)]

    class Cascade:
        def detectMultiScale2(self, *_: object, **__: object) -> tuple[list[object], list[int]]:  # noqa: N802
            return [box for box, _ in finds], [votes for _, votes in finds]

    monkeypatch.setattr(detector, "_cascade", Cascade())
    picture = np.zeros((360, 640, 3), np.uint8)
    scores = []
    for said in (0.02, 0.5, 0.98):
        monkeypatch.setattr(detector, "_check", Says(said))
        found = detector.detect(picture)
        assert [one.box[0] for one in found] == [100, 20, 180]  # best first: by the votes
        scores.append([one.score for one in found])
    assert max(scores[0]) < 0.5 < min(scores[2])  # the check outweighs the votes where it is sure,
    assert scores[1][0] > 0.5 > scores[1][2]  # and they decide where it is not
    finds.clear()
    assert detector.detect(picture) == []
    finds.extend(((20 * column, 20 * row, 16, 16), 2) for column in range(30) for row in range(16))
    monkeypatch.setattr(detector, "_check", crowd := Says(0.9))
    assert len(detector.detect(picture)) == len(crowd.places[0]) == MOST_CHECKED


@pytest.mark.data
def test_the_second_look_finds_more_faces_and_drops_what_is_none(shared_data: Path) -> None:
    yunet = YuNetDetector(shared_data / "models" / "yunet_n_640_640.onnx")
    right, wrong = [0, 0], [0, 0]
    for film in ("student.mkv", "face-demographics-walking.gif"):
        sides = [HaarDetector(checked=checked) for checked in (False, True)]
        for picture in video_frames(shared_data / "videos" / film):
            faces = np.array([one.box for one in yunet.detect(picture)]).reshape(-1, 4)
            for side, detector in enumerate(sides):
                sure = [one.box for one in detector.detect(picture) if one.score >= 0.5]
                near = iou_matrix(np.array(sure).reshape(-1, 4), faces) > 0.4
                right[side] += int(near.any(axis=1).sum())
                wrong[side] += int((~near.any(axis=1)).sum())
    assert right[1] > right[0]
    assert wrong[1] < wrong[0] / 2


def test_every_other_picture_is_enlarged_for_small_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = HaarDetector(alternates=True)
    scanned: list[tuple[int, int]] = []

    class Cascade:
        def detectMultiScale2(  # noqa: N802
            self, grey: Image, **rules: object
        ) -> tuple[list[tuple[int, int, int, int]], list[int]]:
            scanned.append((grey.shape[1], rules["maxSize"][0]))  # type: ignore[index]
            return [(30, 60, 45, 45)], [20]

    monkeypatch.setattr(detector, "_cascade", Cascade())
    picture = np.zeros((360, 640, 3), np.uint8)
    boxes = [detector.detect(picture)[0].box for _ in range(4)]
    in_turns = [(960, 108), (640, 360), (640, 360)]  # the large faces of every picture are looked for
    assert scanned == in_turns * 2
    assert boxes[0] == boxes[2] == (20, 40, 50, 70)  # in pixels of the picture
    assert boxes[1] == boxes[3] == (30, 60, 75, 105)
    scanned.clear()
    start_over(detector, alone=True)
    detector.detect(picture)
    assert scanned == [(640, 360)]
    detector.detect(picture)
    start_over(detector)
    scanned.clear()
    detector.detect(picture)
    assert scanned == in_turns[:2]  # another film is not begun in the middle
    assert HaarDetector().detect(picture) == HaarDetector().detect(picture)  # one alone is stateless
