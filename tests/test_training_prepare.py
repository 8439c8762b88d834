"""Cleaning and splitting: broken rows, blank pictures, copies however changed, folders of pictures."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from models.emotion import EMOTIONS
from tests.fer2013_files import HEADER, face_row, sure_votes, votes_row, write_data
from tests.test_training_evaluate import run
from training.data import PUBLIC_TEST, TRAINING, VALIDATION, VOTE_COLUMNS, FaceSet
from training.errors import TrainingError
from training.files import write_whole
from training.prepare import prepare
from training.prepared import load_prepared, save_prepared
from training.reading import read_faces

Picture = npt.NDArray[np.uint8]
HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")


def portrait(seed: int) -> Picture:
    """Return a grey (48, 48) picture with shapes of its own, as different from others as two people."""
    rng = np.random.default_rng(seed)
    picture = np.full((48, 48), float(rng.integers(60, 200)))
    for _ in range(14):
        y, x = np.mgrid[:48, :48] - rng.integers(0, 48, 2)[:, None, None]
        inside = (x / rng.integers(3, 14)) ** 2 + (y / rng.integers(3, 14)) ** 2 < 1
        picture[inside] = rng.integers(0, 256)
    return picture.astype(np.uint8)


def moved(picture: Picture) -> Picture:
    """Return a picture cut a little differently, as a copy from another web page."""
    matrix = np.array([[1.04, 0, -2], [0, 1.04, 0]], np.float32)
    return cv2.warpAffine(picture, matrix, (48, 48), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8)


CHANGES = {
    "the same": lambda picture: picture,
    "brighter": lambda picture: cv2.convertScaleAbs(picture, alpha=0.8, beta=40),
    "mirrored": lambda picture: np.ascontiguousarray(picture[:, ::-1]),
    "compressed": lambda picture: cv2.imdecode(
        cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_GRAYSCALE
    ),
    "moved": moved,
}


def people(count: int = 40) -> FaceSet:
    """Return different pictures of two emotions, the last quarter PublicTest."""
    faces = np.stack([portrait(seed) for seed in range(count)])
    labels = np.where(np.arange(count) % 2, HAPPY, SAD)
    return FaceSet(faces, labels, np.where(np.arange(count) < count * 3 // 4, TRAINING, PUBLIC_TEST))


def with_rows(faces: FaceSet, *rows: tuple[Picture, int, str]) -> FaceSet:
    """Return the faces with further rows of (picture, label, usage) at the end."""
    pictures, labels, usages = zip(*rows, strict=True)
    return FaceSet(
        np.concatenate([faces.faces, np.stack(pictures)]),
        np.concatenate([faces.labels, labels]),
        np.concatenate([faces.usages, usages]),
    )


def test_different_pictures_are_all_kept_and_split() -> None:
    clean, report = prepare(people())
    assert len(clean) == 40
    assert report.dropped == {"blank": 0, "copy of a test picture": 0, "copy": 0}
    assert report.kept == {PUBLIC_TEST: 10, TRAINING: 27, VALIDATION: 3} or report.kept[VALIDATION] in (2, 4)
    labels = clean.labels[clean.usages == VALIDATION]
    assert {HAPPY, SAD} == set(labels.tolist())


@pytest.mark.parametrize("change", CHANGES)
def test_a_planted_leak_is_caught(change: str) -> None:
    """A copy of a test picture among those to learn from is dropped, however it was changed."""
    faces = people()
    leaked = CHANGES[change](faces.faces[35])
    clean, report = prepare(with_rows(faces, (leaked, int(faces.labels[35]), TRAINING)))
    assert report.dropped["copy of a test picture"] == 1
    assert report.near_across == 1
    assert report.test_rows_seen == 1
    learned = clean.faces[clean.usages != PUBLIC_TEST]
    assert not any(np.array_equal(face, leaked) for face in learned)
    assert (clean.usages == PUBLIC_TEST).sum() == 10


def test_a_copy_of_a_copy_leaks_too() -> None:
    faces = people()
    once = moved(faces.faces[35])
    twice = moved(once)
    _, report = prepare(with_rows(faces, (once, SAD, TRAINING), (twice, SAD, TRAINING)))
    assert report.dropped["copy of a test picture"] == 2


def test_near_copies_in_training_stay_on_one_side() -> None:
    faces = people()
    copies = [(CHANGES["brighter"](faces.faces[row]), int(faces.labels[row]), TRAINING) for row in range(30)]
    for seed in range(4):
        clean, report = prepare(with_rows(faces, *copies), seed=seed)
        assert report.near_within == 30
        usage_of = {face.tobytes(): usage for face, usage in zip(clean.faces, clean.usages, strict=True)}
        for row in range(30):
            assert usage_of[faces.faces[row].tobytes()] == usage_of[copies[row][0].tobytes()]


def test_identical_copies_blank_pictures_and_contradictions_are_counted() -> None:
    faces = people()
    blank = np.full((48, 48), 77, np.uint8)
    first, label = faces.faces[0], int(faces.labels[0])
    other = HAPPY if label == SAD else SAD
    clean, report = prepare(with_rows(faces, (first, other, TRAINING), (blank, SAD, TRAINING)))
    assert report.dropped == {"blank": 1, "copy of a test picture": 0, "copy": 1}
    assert (report.identical_within, report.label_disagreements) == (1, 1)
    assert len(clean) == 40


def test_the_split_is_seeded() -> None:
    one, again, other = (prepare(people(), seed=seed)[0] for seed in (3, 3, 4))
    assert one.fingerprint() == again.fingerprint() != other.fingerprint()


def test_data_without_test_rows_gets_some() -> None:
    faces = people()
    clean, report = prepare(faces.with_usages(np.full(len(faces), TRAINING)))
    assert set(report.kept) == {TRAINING, VALIDATION, PUBLIC_TEST}
    assert sum(report.kept.values()) == len(clean) == 40


def test_nothing_left_is_named() -> None:
    blank = FaceSet(np.zeros((3, 48, 48), np.uint8), np.zeros(3, np.int64), np.full(3, TRAINING))
    with pytest.raises(TrainingError, match="all are blank"):
        prepare(blank)
    few = people(4)
    with pytest.raises(TrainingError, match="too few"):
        prepare(few)


def test_prepared_data_reads_back_and_is_left_alone(tmp_path: Path) -> None:
    clean, _ = prepare(people())
    path = tmp_path / "faces.npz"
    save_prepared(path, clean)
    assert load_prepared(path).fingerprint() == clean.fingerprint()
    assert [file.name for file in tmp_path.iterdir()] == ["faces.npz"]
    content = path.read_bytes()
    for damage in (content[: len(content) // 2], b"", b"no zip"):
        path.write_bytes(damage)
        with pytest.raises(TrainingError, match=r"faces\.npz is no whole file of `prepare`"):
            load_prepared(path)
    with pytest.raises(TrainingError, match="is not there"):
        load_prepared(tmp_path / "none.npz")


def test_broken_rows_are_left_out_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, votes = write_data(tmp_path, {"happy": 12, "sad": 12})
    rng = np.random.default_rng(5)
    rows = [face_row("sad", rng)[:300], "9," + face_row("sad", rng)[2:], face_row("sad", rng)]
    data.write_text(data.read_text(encoding="utf-8") + "\n".join(rows) + "\n", encoding="utf-8")
    more = "\n".join(votes_row(sure_votes("sad")) for _ in rows)
    votes.write_text(votes.read_text(encoding="utf-8") + more + "\n", encoding="utf-8")
    out = tmp_path / "made" / "faces.npz"
    code, said, _ = run(
        capsys, monkeypatch, "prepare", "--data", data, "--votes", votes, "--out", out, "--json"
    )
    report = json.loads(said)
    assert code == 0
    assert report["broken"] == 2
    assert "line 34: 2 columns" in report["broken_rows"][0]
    assert "line 35: unknown class '9'" in report["broken_rows"][1]
    assert report["rows"] == {PUBLIC_TEST: 8, TRAINING: 25}
    assert json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))["broken"] == 2
    assert load_prepared(out).votes is not None


@pytest.mark.parametrize(
    "names", [("train/happy", "test/happy", "train/sad", "test/sad"), ("happiness", "sadness"), ("3", "0")]
)
def test_folders_of_pictures_of_any_size_and_mode(tmp_path: Path, names: tuple[str, ...]) -> None:
    shapes = [(20, 31), (48, 48), (200, 90, 3), (64, 64, 4)]
    for name in names:
        folder = tmp_path / "set" / name
        folder.mkdir(parents=True)
        for number, shape in enumerate(shapes):
            picture = np.random.default_rng(number).integers(0, 256, shape, dtype=np.uint8)
            cv2.imwrite(str(folder / f"{number}.png"), picture)
        cv2.imwrite(str(folder / "deep.png"), np.full((60, 60), 30000, np.uint16))
        (folder / "readme.txt").write_text("no picture")
    faces = read_faces(tmp_path / "set")
    assert faces.faces.shape == (5 * len(names), 48, 48)
    assert set(faces.labels.tolist()) == {HAPPY, EMOTIONS.index("angry") if "0" in names else SAD}
    assert set(faces.usages.tolist()) == ({TRAINING, PUBLIC_TEST} if "train/sad" in names else {TRAINING})


def test_an_unknown_class_folder_and_a_damaged_picture_are_named(tmp_path: Path) -> None:
    (tmp_path / "happy").mkdir()
    (tmp_path / "happy" / "a.png").write_bytes(b"no picture")
    with pytest.raises(TrainingError, match=r"a\.png is no picture"):
        read_faces(tmp_path)
    problems: list[str] = []
    with pytest.raises(TrainingError, match="holds no pictures"):
        read_faces(tmp_path, None, problems)
    assert "a.png" in problems[0]
    for name in ("hungry", "3"):  # a 3 alone may be FER2013's or RAF-DB's
        (tmp_path / name).mkdir()
        with pytest.raises(TrainingError, match=f"'{name}' is no class"):
            read_faces(tmp_path)
        (tmp_path / name).rmdir()


def test_a_picture_that_is_too_large_and_a_folder_that_is_closed_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "happy").mkdir()
    header = b"P5 40000 30000 255\n"  # more pixels than OpenCV opens
    (tmp_path / "happy" / "huge.pgm").write_bytes(header)
    with pytest.raises(TrainingError, match=r"huge\.pgm is no picture that can be opened"):
        read_faces(tmp_path)
    with pytest.raises(TrainingError, match=r"no pictures that can be read. The first of 1: .*huge\.pgm"):
        read_faces(tmp_path, None, [])
    listed = Path.iterdir

    def closed(folder: Path) -> Iterator[Path]:
        if folder.name == "happy":
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", closed)
    with pytest.raises(TrainingError, match=r"happy can not be read \(Permission denied\)"):
        read_faces(tmp_path)


def test_gifs_are_pictures(tmp_path: Path) -> None:
    (tmp_path / "happy").mkdir()
    cv2.imwrite(str(tmp_path / "happy" / "a.gif"), np.dstack([portrait(1)] * 3))
    assert len(read_faces(tmp_path)) == 1


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [(["--out", "."], 1, "is a folder"), (["--out", "faces.npz", "--seed", "-1"], 2, "--seed")],
)
def test_what_prepare_can_not_do_is_named(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    data, _ = write_data(tmp_path, {"happy": 12, "sad": 12})
    found, out, err = run(capsys, monkeypatch, "prepare", "--data", data, *options)
    assert (found, out) == (code, "")
    assert words in err
    assert not list(tmp_path.glob("*.npz"))


def test_a_file_that_can_not_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "faces.npz").mkdir()
    with pytest.raises(TrainingError, match=r"faces\.npz can not be written"):
        write_whole(tmp_path / "faces.npz", b"content")
    assert [file.name for file in tmp_path.iterdir()] == ["faces.npz"]


def test_raf_db_numbers_and_contempt(tmp_path: Path) -> None:
    for number in range(1, 8):
        folder = tmp_path / "raf" / "train" / str(number)
        folder.mkdir(parents=True)
        cv2.imwrite(str(folder / "a.jpg"), portrait(number))
    faces = read_faces(tmp_path / "raf")
    order = ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")
    assert [EMOTIONS[label] for label in faces.labels] == list(order)
    for name in ("contempt", "happy"):
        (tmp_path / "ck" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "ck" / name / "a.png"), portrait(1))
    assert len(read_faces(tmp_path / "ck")) == 1


def test_a_single_column_header_and_votes_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "happy").mkdir()
    cv2.imwrite(str(tmp_path / "happy" / "a.png"), portrait(1))
    votes = tmp_path / "votes.csv"
    votes.write_text(",".join(["Usage", *VOTE_COLUMNS]) + "\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="Votes belong to a CSV"):
        read_faces(tmp_path, votes)
    data = tmp_path / "cut.csv"
    data.write_text(f'{HEADER}\n"3,12 13', encoding="utf-8")
    with pytest.raises(TrainingError, match="line 2: 1 columns instead of 3"):
        read_faces(data)
