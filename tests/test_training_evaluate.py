"""Figures of a model file: arithmetic on known answers, and the command on files that are none."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from models.emotion import EMOTIONS
from tests.fer2013_files import write_data
from training import __main__ as command
from training import console
from training.data import NO_LABEL
from training.errors import TrainingError
from training.evaluate import blurred, darkened, report, shrunk
from training.metrics import area_under_roc, calibration_error, figures, macro_f1, roc, wilson

ANGRY, HAPPY, NEUTRAL, SAD = (EMOTIONS.index(name) for name in ("angry", "happy", "neutral", "sad"))
WEIGHTS = Path(__file__).parents[1] / "models" / "weights" / "emotion.onnx"


def sure(*guesses: int, confidence: float = 0.7) -> np.ndarray:
    """Return probabilities whose best is each of `guesses`."""
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    rows = np.full((len(guesses), len(EMOTIONS)), rest, np.float32)
    rows[np.arange(len(guesses)), guesses] = confidence
    return rows


def test_four_emotion_accuracy_renormalises_and_counts_only_their_rows() -> None:
    probabilities = sure(ANGRY, HAPPY, ANGRY, SAD)
    probabilities[0, HAPPY] = 0.2  # angry is first, but of the four happy is
    labels = np.array([HAPPY, HAPPY, ANGRY, NEUTRAL])
    own = figures(probabilities, labels)
    assert (own.n, own.accuracy_7) == (4, 0.5)
    assert own.n_4 == 3
    assert own.accuracy_4 == pytest.approx(2 / 3, abs=1e-4)
    assert own.recall == {"angry": 1.0, "happy": 0.5, "neutral": 0.0}


def test_rows_without_a_majority_are_left_out_of_plus_only() -> None:
    answer = report(sure(HAPPY, HAPPY), np.array([HAPPY, SAD]), np.array([HAPPY, NO_LABEL]))
    assert (answer["n"], answer["accuracy_7"]) == (2, 0.5)
    assert (answer["plus_n"], answer["plus_accuracy_7"]) == (1, 1.0)


def test_without_votes_there_is_no_plus() -> None:
    answer = report(sure(HAPPY), np.array([HAPPY]), None)
    assert not [key for key in answer if key.startswith("plus")]
    assert answer["ece"] == answer["label_ece"] == pytest.approx(0.3, abs=1e-4)


def test_no_labelled_row_is_an_error() -> None:
    with pytest.raises(TrainingError, match="No row has a label"):
        figures(sure(HAPPY), np.array([NO_LABEL]))


def test_macro_f1_weighs_every_emotion_alike() -> None:
    labels = np.array([HAPPY] * 8 + [SAD] * 2)
    assert macro_f1(np.array([HAPPY] * 10), labels) == pytest.approx((2 * 8 / 18 + 0) / 2)
    assert macro_f1(labels, labels) == 1


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    confidences = np.array([0.75] * 4 + [1.0] * 4, np.float32)
    right = np.array([True, True, True, False, True, True, False, False])
    assert calibration_error(confidences, right) == pytest.approx(0.25)
    assert calibration_error(np.ones(3, np.float32), np.ones(3, bool)) == 0


def test_wilson_interval() -> None:
    assert wilson(80, 100) == (0.7112, 0.8666)  # Newcombe 1998 gives 0.711 to 0.867
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1
    assert wilson(0, 0) == (0, 1)


def test_a_shrunk_face_keeps_its_shape_and_loses_detail() -> None:
    faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    assert shrunk(faces, 48) is faces
    small = shrunk(faces, 16)
    assert small.shape == faces.shape
    assert small.std() < 0.6 * faces.std()


def test_a_blurred_face_loses_detail_and_a_dark_one_light() -> None:
    faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    assert blurred(faces, 1.6).std() < 0.5 * faces.std()
    assert darkened(faces, 0.25).mean() == pytest.approx(0.25 * faces.mean(), abs=2)


def test_the_confusion_matrix_counts_every_row_once() -> None:
    found = figures(sure(HAPPY, HAPPY, SAD), np.array([HAPPY, SAD, SAD]))
    assert found.confusion[HAPPY][HAPPY] == found.confusion[SAD][HAPPY] == found.confusion[SAD][SAD] == 1
    assert np.sum(found.confusion) == 3
    assert found.precision == {"happy": 0.5, "sad": 1.0}


def test_the_roc_curve_of_a_known_case() -> None:
    scores = np.array([0.9, 0.8, 0.8, 0.1], np.float32)
    positive = np.array([True, True, False, False])
    assert roc(scores, positive).tolist() == [[0, 0], [0, 0.5], [0.5, 1], [1, 1]]
    assert area_under_roc(scores, positive) == pytest.approx(0.875)  # 3.5 of 4 pairs
    assert area_under_roc(-scores, positive) == pytest.approx(0.125)


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object
) -> tuple[int, str, str]:
    """Run `python -m training` and return (exit code, standard output, standard error)."""
    monkeypatch.setattr("sys.argv", ["training", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        command.main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_the_shipped_model_is_evaluated_without_torch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, votes = write_data(tmp_path, dict.fromkeys(EMOTIONS, 1), each=3)
    options = ["--model", WEIGHTS, "--data", data, "--votes", votes, "--out", tmp_path / "out", "--json"]
    code, out, _ = run(capsys, monkeypatch, "evaluate", *options)
    answer = json.loads(out)
    assert code == 0
    assert (answer["usage"], answer["n"], answer["plus_n"]) == ("PublicTest", 21, 21)
    for key in ("accuracy_7", "accuracy_4", "macro_f1_7", "ece", "plus_accuracy_7", "plus_accuracy_4"):
        assert 0 <= answer[key] <= 1
    assert set(answer["accuracy_7_by_size"]) == {"48", "32", "24", "16"}
    assert set(answer["accuracy_7_by_blur"]) == {"0.8", "1.6"}
    assert set(answer["accuracy_7_by_light"]) == {"0.5", "0.25"}
    assert json.loads((tmp_path / "out" / "evaluation.json").read_text(encoding="utf-8")) == answer
    for name in ("confusion", "reliability", "roc"):
        drawing = ElementTree.parse(tmp_path / "out" / f"{name}.svg")  # noqa: S314 - our own file
        assert "happy" in "".join(drawing.getroot().itertext()) or name == "reliability"


def test_bad_input_is_one_sentence_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, _ = write_data(tmp_path, {"happy": 1})
    no_model = tmp_path / "broken.onnx"
    no_model.write_bytes(b"not a model")
    for options, words in (
        (["--model", no_model, "--data", data], "broken.onnx"),
        (["--model", tmp_path / "none.onnx", "--data", data], "none.onnx"),
        (["--model", WEIGHTS, "--data", tmp_path / "none.csv"], "is not there"),
        (["--model", WEIGHTS, "--data", data, "--usage", "Sunday"], "No row has the usage 'Sunday'"),
    ):
        code, out, err = run(capsys, monkeypatch, "evaluate", *options, "--json")
        assert code == 1
        assert out == ""
        assert words in err
        assert "Traceback" not in err


def test_figures_name_the_folder_that_they_are_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ck" / "test" / "happy").mkdir(parents=True)
    picture = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
    cv2.imwrite(str(tmp_path / "ck" / "test" / "happy" / "a.png"), picture)
    code, out, err = run(
        capsys, monkeypatch, "evaluate", "--model", WEIGHTS, "--data", tmp_path / "ck", "--json"
    )
    assert code == 0, err
    answer = json.loads(out)
    assert (answer["data"], answer["n"]) == ("ck PublicTest", 1)


def test_a_command_that_needs_the_workshop_s_environment_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)  # as in the app's environment
    monkeypatch.delitem(sys.modules, "training.tracking", raising=False)
    code, _, err = run(capsys, monkeypatch, "promote", "--data", tmp_path / "none.npz")
    assert code == 1
    assert "make train-env" in err
    assert "Traceback" not in err


def test_a_passing_bar_is_there_only_while_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []

    @contextmanager
    def bar(what: str) -> Iterator[Callable[[int, int], None]]:
        told.append(f"{what} begins")
        yield lambda done, total: told.append((done, total))
        told.append("ends")

    monkeypatch.setattr(console, "bar", bar)
    with console.passing_bar("copies") as show:
        assert told == []
        show(1, 2)
        show(2, 2)
        assert told == ["copies begins", (1, 2), (2, 2), "ends"]
    assert len(told) == 4
