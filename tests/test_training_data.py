"""Reading FER2013 and FER+: labels, votes, splits, and what is said of broken files."""

import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.emotion import EMOTIONS
from tests.fer2013_files import HEADER, face_row, votes_row, write_data
from training.data import (
    NO_LABEL,
    VOTE_COLUMNS,
    majority,
    soft_targets,
)
from training.errors import TrainingError
from training.reading import read_faces

ALL_SEVEN = dict.fromkeys(EMOTIONS, 2)


def votes(**cast: int) -> list[int]:
    return [cast.get(column, 0) for column in VOTE_COLUMNS]


def test_labels_come_in_the_order_of_the_app(tmp_path: Path) -> None:
    data, votes_file = write_data(tmp_path, ALL_SEVEN)
    faces = read_faces(data, votes_file)
    training = faces.of_usage("Training")
    assert [EMOTIONS[label] for label in training.labels] == [e for e in EMOTIONS for _ in range(2)]
    assert training.votes is not None
    assert majority(training.votes).tolist() == training.labels.tolist()
    assert training.faces.shape == (14, 48, 48)
    assert len(faces.of_usage("PublicTest")) == 28


def test_a_compressed_file_reads_the_same(tmp_path: Path) -> None:
    data, _ = write_data(tmp_path, {"happy": 3, "sad": 1})
    compressed = tmp_path / "fer2013.csv.xz"
    compressed.write_bytes(lzma.compress(data.read_bytes()))
    plain, packed = read_faces(data), read_faces(compressed)
    assert np.array_equal(plain.faces, packed.faces)
    assert plain.labels.tolist() == packed.labels.tolist()


def test_columns_may_stand_in_another_order(tmp_path: Path) -> None:
    emotion, pixels, usage = face_row("sad", np.random.default_rng(0)).split(",")
    data = tmp_path / "icml.csv"
    data.write_text(f"emotion, Usage, pixels\n{emotion},{usage},{pixels}\n", encoding="utf-8")
    assert EMOTIONS[read_faces(data).labels[0]] == "sad"


def test_majority_leaves_out_contempt_unknown_and_no_face() -> None:
    cast = np.array(
        [
            votes(happiness=6, contempt=4),
            votes(contempt=6, neutral=4),
            votes(unknown=7, fear=3),
            votes(NF=10),
            votes(neutral=5, sadness=5),
        ],
        np.uint8,
    )
    labels = majority(cast)
    assert [EMOTIONS[label] for label in labels[[0, 4]]] == ["happy", "neutral"]
    assert labels[1:4].tolist() == [NO_LABEL] * 3


def test_soft_targets_are_shares_of_the_seven_emotions() -> None:
    cast = np.array(
        [
            votes(happiness=6, surprise=2, contempt=1, anger=1),  # the single vote for anger is a slip
            votes(fear=1, sadness=1, unknown=8),  # nothing but single votes: they stay
            votes(NF=10),
        ],
        np.uint8,
    )
    targets = soft_targets(cast)
    assert targets[0, EMOTIONS.index("happy")] == pytest.approx(0.75)
    assert targets[0, EMOTIONS.index("surprise")] == pytest.approx(0.25)
    assert targets[1, EMOTIONS.index("fear")] == pytest.approx(0.5)
    assert targets.sum(axis=1).tolist() == pytest.approx([1, 1, 0])
    with_label = soft_targets(cast, np.array([EMOTIONS.index("angry")] * 3))  # the label confirms the slip
    assert with_label[0].tolist() == pytest.approx([2 / 10, 0, 0, 6 / 10, 0, 0, 2 / 10])
    assert soft_targets(cast, drop_single_votes=False)[0, EMOTIONS.index("angry")] == pytest.approx(1 / 9)


def test_an_unknown_usage_is_named_with_those_there_are(tmp_path: Path) -> None:
    data, _ = write_data(tmp_path, {"happy": 1})
    with pytest.raises(TrainingError, match=r"PrivateTest.*PublicTest, Training"):
        read_faces(data).of_usage("PrivateTest")


def _pixels(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    def damage(row: str) -> str:
        emotion, pixels, usage = row.split(",")
        return ",".join([emotion, " ".join(change(pixels.split())), usage])

    return damage


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda row: row[: len(row) // 2], "line 3: 2 columns instead of 3"),
        (_pixels(lambda pixels: pixels[:-4]), "line 3: 2300 pixels instead of 2304"),
        (_pixels(lambda pixels: ["256", *pixels[1:]]), "line 3: pixel 256 is out of range"),
        (_pixels(lambda pixels: ["-1", *pixels[1:]]), "line 3: '-' among the pixels"),
        (_pixels(lambda pixels: ["nan", *pixels[1:]]), "line 3: 'nan' among the pixels"),
        (_pixels(lambda pixels: ["9" * 40, *pixels[1:]]), "line 3: pixel .* is out of range"),
        (_pixels(lambda _: []), "line 3: 0 pixels"),
        (lambda row: row[:-4], "line 3: unknown usage 'Trai'.*cut short"),
        (lambda row: "7" + row[1:], "line 3: unknown class '7'"),
        (lambda row: "happy" + row[1:], "line 3: unknown class 'happy'"),
    ],
)
def test_a_broken_row_is_named_with_file_and_line(
    tmp_path: Path, damage: Callable[[str], str], words: str
) -> None:
    rng = np.random.default_rng(0)
    data = tmp_path / "broken.csv"
    data.write_text(
        "\n".join([HEADER, face_row("happy", rng), damage(face_row("sad", rng))]), encoding="utf-8"
    )
    with pytest.raises(TrainingError, match=words) as caught:
        read_faces(data)
    assert str(data) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: no column 'emotion'"),
        (b"label,pixels,Usage\n", "line 1: no column 'emotion'"),
        (HEADER.encode() + b"\n", "has a header but no rows"),
        (b"0," + b"7 " * 2304 + b",Training\n", r"line 1: no column 'emotion'; the header is .{60,90}\.$"),
        (b"\xff\xfe\x00\x01", "can not be read"),
    ],
)
def test_a_file_that_is_none_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    data = tmp_path / "odd.csv"
    data.write_bytes(content)
    with pytest.raises(TrainingError, match=words):
        read_faces(data)


def test_the_mark_of_excel_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    data, votes_file = write_data(tmp_path, {"happy": 3, "sad": 1})
    plain = read_faces(data, votes_file)
    for file in (data, votes_file):
        file.write_text(file.read_text(encoding="utf-8") + "\n\n", encoding="utf-8-sig")
    marked = read_faces(data, votes_file)
    assert np.array_equal(plain.faces, marked.faces)
    assert plain.fingerprint() == marked.fingerprint()


def test_where_every_row_is_broken_the_first_is_named(tmp_path: Path) -> None:
    data = tmp_path / "cut.csv"
    rng = np.random.default_rng(0)
    rows = [face_row("happy", rng)[:500] for _ in range(3)]
    data.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    with pytest.raises(TrainingError, match=r"no whole row\. The first of 3.*line 2: 2 columns instead of 3"):
        read_faces(data, problems=[])


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="is not there"):
        read_faces(tmp_path / "none.csv")
    with pytest.raises(TrainingError, match="holds no pictures"):
        read_faces(tmp_path)


def test_a_compressed_file_cut_short_is_named(tmp_path: Path) -> None:
    data, _ = write_data(tmp_path, {"happy": 3})
    compressed = tmp_path / "cut.csv.xz"
    whole = lzma.compress(data.read_bytes())
    for content in (whole[: len(whole) // 2], b"no xz at all"):
        compressed.write_bytes(content)
        with pytest.raises(TrainingError, match="can not be read"):
            read_faces(compressed)


def test_votes_must_be_of_the_same_rows(tmp_path: Path) -> None:
    data, votes_file = write_data(tmp_path, {"happy": 2})
    lines = votes_file.read_text(encoding="utf-8").splitlines()
    votes_file.write_text("\n".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(TrainingError, match=r"has 5 rows, but .* has 6"):
        read_faces(data, votes_file)
    votes_file.write_text("\n".join([lines[0], lines[-1], *lines[2:]]), encoding="utf-8")
    with pytest.raises(TrainingError, match="line 2: usage 'PublicTest'"):
        read_faces(data, votes_file)
    wrong = votes_row([10, *[-1] * 9])
    votes_file.write_text("\n".join([lines[0], wrong, *lines[2:]]), encoding="utf-8")
    with pytest.raises(TrainingError, match="line 2: votes must be whole numbers"):
        read_faces(data, votes_file)
