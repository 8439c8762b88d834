"""The pipeline on made-up scans: late scans, steady ids, smoothing in seconds, unsure, single pictures."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from desktop.capture.frame import CaptureError, Frame
from desktop.pipeline import FrameResult, Pipeline, Probabilities, ReadingRule
from desktop.scanning import BackgroundScanner, ImmediateScanner, Scan
from models.boxes import CropRule, Detection, Image
from models.emotion import EMOTIONS
from models.tracker import FaceTracker

FPS = 30
SIZE = 80  # of the painted face, pixels
CROP = CropRule(scale=1.0, shift=0.0)


def texture(seed: int) -> Image:
    """Return a picture that optical flow can hold on to."""
    noise = np.random.default_rng(seed).integers(0, 255, (10, 10), np.uint8)
    return cv2.resize(noise, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)


def frame(index: int, places: Sequence[tuple[int, int]], size: tuple[int, int] = (1280, 720)) -> Frame:
    """Return a frame with a textured square at each place (left, top)."""
    width, height = size
    image = np.full((height, width, 3), 90, np.uint8)
    for seed, (x, y) in enumerate(places):
        image[y : y + SIZE, x : x + SIZE] = texture(seed)[:, :, None]
    return Frame(index, index / FPS, image)


class SquareFinder:
    """Finds the painted squares, as a detector finds faces."""

    name = "squares"
    crop = CROP

    def __init__(self) -> None:
        self.places: list[tuple[int, int]] = []
        self.calls = 0

    def detect(self, image: Image) -> list[Detection]:
        self.calls += 1
        s = image.shape[1] / 1280
        return [Detection((x * s, y * s, (x + SIZE) * s, (y + SIZE) * s), 0.9) for x, y in self.places]


class Reader:
    """Reads every face as `answer` and counts the batches."""

    def __init__(self) -> None:
        self.answer = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
        self.batches: list[int] = []

    def classify(self, faces: Sequence[Image]) -> Probabilities:
        assert all(face.shape == (48, 48) for face in faces)
        self.batches.append(len(faces))
        return np.tile(np.array(self.answer, np.float32), (len(faces), 1))


@pytest.fixture
def finder() -> SquareFinder:
    return SquareFinder()


@pytest.fixture
def reader() -> Reader:
    return Reader()


def pipeline(finder: SquareFinder, reader: Reader, rule: ReadingRule | None = None) -> Pipeline:
    return Pipeline(ImmediateScanner(finder), FaceTracker(), reader, CROP, rule or ReadingRule())


def play(
    pipe: Pipeline, finder: SquareFinder, path: Sequence[Sequence[tuple[int, int]]]
) -> list[FrameResult]:
    results = []
    for index, places in enumerate(path):
        finder.places = list(places)
        results.append(pipe.process(frame(index, places)))
    return results


def test_boxes_come_in_pixels_of_the_full_frame(finder: SquareFinder, reader: Reader) -> None:
    result = play(pipeline(finder, reader), finder, [[(600, 300)]] * 5)[-1]
    (face,) = result.faces
    assert face.box == pytest.approx((600, 300, 680, 380), abs=4)


def test_every_face_keeps_its_id_while_it_moves(finder: SquareFinder, reader: Reader) -> None:
    path = [[(100 + 4 * i, 200), (900 - 4 * i, 400)] for i in range(60)]
    results = play(pipeline(finder, reader), finder, path)
    ids = [{face.track_id for face in result.faces} for result in results[5:]]
    assert ids[0] == ids[-1]
    assert len(set().union(*ids)) == 2


def test_all_due_faces_are_read_in_one_batch(finder: SquareFinder, reader: Reader) -> None:
    places = [(100 + 150 * i, 300) for i in range(6)]
    play(pipeline(finder, reader), finder, [places] * 3)
    assert max(reader.batches) == 6


def test_readings_are_spread_evenly_over_the_frames(finder: SquareFinder, reader: Reader) -> None:
    places = [(40 + 100 * (i % 12), 100 + 200 * (i // 12)) for i in range(30)]
    play(pipeline(finder, reader, ReadingRule(period_s=0.2)), finder, [places] * 60)  # two seconds
    assert reader.batches[0] == 30  # all new ones at once
    later = reader.batches[12:]
    assert max(later) <= 6  # thirty faces, six frames to a period
    assert sum(later) == pytest.approx(30 * 5 * len(later) / FPS, rel=0.1)  # five times a second each


def test_a_followed_face_is_not_read_in_every_frame(finder: SquareFinder, reader: Reader) -> None:
    play(pipeline(finder, reader, ReadingRule(period_s=0.2)), finder, [[(600, 300)]] * 60)  # two seconds
    assert 9 <= sum(reader.batches) <= 11


@pytest.mark.parametrize("period_s", [0.03, 0.3])
def test_smoothing_is_in_seconds_not_frames(finder: SquareFinder, reader: Reader, period_s: float) -> None:
    pipe = pipeline(finder, reader, ReadingRule(smoothing_s=1.0, period_s=period_s))
    play(pipe, finder, [[(600, 300)]] * 4 * FPS)  # the first readings count alike, later ones by their time
    reader.answer = (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)  # happy -> sad
    result = None
    for index in range(4 * FPS, 5 * FPS):  # one time constant
        result = pipe.process(frame(index, [(600, 300)]))
    assert result is not None
    classification = result.faces[0].classification
    assert classification is not None
    assert classification.probabilities[3] == pytest.approx(np.exp(-1), abs=0.12)


def test_a_face_without_a_clear_winner_is_unsure(finder: SquareFinder, reader: Reader) -> None:
    reader.answer = (0.05, 0.05, 0.1, 0.3, 0.3, 0.15, 0.05)
    seven = play(pipeline(finder, reader, ReadingRule(unsure_below=0.4)), finder, [[(600, 300)]] * 4)[-1]
    assert seven.faces[0].unsure
    four = play(pipeline(finder, reader, ReadingRule(4, unsure_below=0.36)), finder, [[(600, 300)]] * 4)[-1]
    assert not four.faces[0].unsure  # 0.3 of 0.8 is above the threshold


def test_frames_go_on_while_a_search_runs(finder: SquareFinder, reader: Reader) -> None:
    go_on = threading.Event()
    finder.places = [(600, 300)]
    original = finder.detect

    def slow(image: Image) -> list[Detection]:
        go_on.wait(10)
        return original(image)

    finder.detect = slow  # type: ignore[method-assign]
    pipe = Pipeline(BackgroundScanner(finder, rate_hz=1000), FaceTracker(), reader, CROP, ReadingRule())
    try:
        for index in range(10):  # would never return if a frame waited for the search
            result = pipe.process(frame(index, [(600 + 3 * index, 300)]))
        assert result.faces == ()
        go_on.set()
        index = 10
        while not result.faces and index < 2000:
            result = pipe.process(frame(min(index, 40), [(600 + 3 * min(index, 40), 300)]))
            index += 1
        assert result.faces  # found although its picture was old by then
    finally:
        go_on.set()
        pipe.close()


def test_a_late_scan_lands_where_the_face_is_now(finder: SquareFinder, reader: Reader) -> None:
    class Late(ImmediateScanner):
        """Hands on each scan five frames after its picture."""

        immediate = False

        def __init__(self) -> None:
            super().__init__(finder)
            self.waiting: list[Scan] = []

        def poll(self) -> Scan | None:
            fresh = super().poll()
            if fresh is not None:
                self.waiting.append(fresh)
            return self.waiting.pop(0) if len(self.waiting) > 5 else None

    pipe = Pipeline(Late(), FaceTracker(), reader, CROP, ReadingRule())
    results = play(pipe, finder, [[(100 + 8 * i, 300)] for i in range(40)])
    left = results[-1].faces[0].box[0]
    assert left == pytest.approx(100 + 8 * 39, abs=8)  # not five frames (40 pixels) behind


def test_a_file_gives_what_its_frames_give_one_by_one(finder: SquareFinder) -> None:
    def frames() -> Iterator[Frame]:
        for index in range(24):
            finder.places = [(100 + 8 * index, 300), (900, 200)] if index < 16 else [(500, 400)]
            yield replace(frame(index, finder.places), scene=index // 16)

    whole, single = (pipeline(finder, Reader()) for _ in range(2))
    found = [(result.frame.index, result.faces) for result in whole.process_all(frames())]
    assert found == [(result.frame.index, result.faces) for result in map(single.process, frames())]
    assert [len(found[index][1]) for index in (15, 23)] == [2, 1]


def test_the_next_frame_of_a_file_is_searched_while_this_one_is_read() -> None:
    searched = threading.Condition()
    results: list[FrameResult] = []
    count = 8

    class Telling(SquareFinder):
        def detect(self, image: Image) -> list[Detection]:
            with searched:
                found = super().detect(image)
                searched.notify()
            return found

    finder = Telling()

    class Waiting(Reader):
        def classify(self, faces: Sequence[Image]) -> Probabilities:
            with searched:
                assert searched.wait_for(lambda: finder.calls > min(len(results) + 1, count - 1), timeout=10)
            return super().classify(faces)

    reader = Waiting()
    finder.places = [(600, 300)]
    frames = (frame(index, finder.places) for index in range(count))
    for result in pipeline(finder, reader).process_all(frames):
        results.append(result)  # noqa: PERF402 - the reader looks at it meanwhile
    assert len(results) == count and len(reader.batches) > 1


def test_a_file_that_breaks_off_gives_what_was_before(finder: SquareFinder, reader: Reader) -> None:
    def frames() -> Iterator[Frame]:
        yield from (frame(index, []) for index in range(3))
        raise CaptureError("The disk is gone.")

    results = pipeline(finder, reader).process_all(frames())
    assert [next(results).frame.index for _ in range(3)] == [0, 1, 2]
    with pytest.raises(CaptureError, match="gone"):
        next(results)


def test_the_first_readings_count_alike(finder: SquareFinder, reader: Reader) -> None:
    pipe = pipeline(finder, reader, ReadingRule(smoothing_s=10.0, period_s=0.0))
    results = []
    for index in range(24):
        first = not reader.batches
        reader.answer = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0) if first else (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        finder.places = [(600, 300)]
        results.append(pipe.process(frame(index, finder.places)))
    (face,) = results[-1].faces
    assert face.classification is not None
    happy = face.classification.probabilities[EMOTIONS.index("happy")]
    assert happy == pytest.approx(1 / len(reader.batches))  # not the label for the first ten seconds


def test_pictures_that_stand_alone_share_nothing(finder: SquareFinder, reader: Reader) -> None:
    pipe = pipeline(finder, reader)
    finder.places = [(600, 300), (100, 100)]
    first = pipe.process_still(frame(0, finder.places))
    assert len(first.faces) == 2
    reader.answer = (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    second = pipe.process_still(frame(1, finder.places))
    labels = {face.classification.label for face in second.faces if face.classification}
    assert labels == {"sad"}  # not smoothed with the first picture's happy


def test_a_frame_of_another_size_starts_anew(finder: SquareFinder, reader: Reader) -> None:
    pipe = pipeline(finder, reader)
    play(pipe, finder, [[(600, 300)]] * 5)
    finder.places = []
    result = pipe.process(frame(5, [], size=(640, 480)))
    assert result.faces == ()


def test_nobody_is_followed_from_one_picture_of_a_folder_into_the_next(
    finder: SquareFinder, reader: Reader
) -> None:
    pipe = pipeline(finder, reader)
    (before,) = play(pipe, finder, [[(600, 300)]] * 10)[-1].faces
    reader.answer = (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)  # somebody else, sad, sits nearly there
    finder.places = [(610, 305)]
    for number in range(10, 15):
        result = pipe.process(replace(frame(number, finder.places), scene=1))
    (face,) = result.faces
    assert face.track_id != before.track_id
    assert face.classification is not None
    assert face.classification.probabilities[5] == pytest.approx(1.0)  # nothing of the one before


def test_crops_follow_a_change_of_detector(finder: SquareFinder) -> None:
    """What `auto` chose later draws its boxes otherwise: the face is cut by its own rule."""
    reader = Keeper()
    pipe = pipeline(finder, reader, ReadingRule(period_s=0.03))
    play(pipe, finder, [[(600, 300)]] * 5)
    whole = reader.faces[-1]
    finder.crop = CropRule(scale=2.0, shift=0.0)  # the wall around it comes into the crop
    for index in range(5, 10):
        pipe.process(frame(index, [(600, 300)]))
    assert reader.faces[-1][0].std() < 1 < whole[0].std()


class Keeper(Reader):
    """Keeps what it read."""

    def __init__(self) -> None:
        super().__init__()
        self.faces: list[Image] = []

    def classify(self, faces: Sequence[Image]) -> Probabilities:
        self.faces.extend(faces)
        return super().classify(faces)


def test_faces_are_cut_from_the_full_frame(finder: SquareFinder) -> None:
    """A chessboard of single pixels is plain grey once the frame was made smaller."""
    sharp = np.zeros((720, 1280, 3), np.uint8)
    sharp[::2, ::2] = sharp[1::2, 1::2] = 255
    finder.places = [(600, 300)]
    reader = Keeper()
    crop = CropRule(scale=48 / SIZE, shift=0.0)  # as many pixels as the network reads
    moving = Pipeline(ImmediateScanner(finder), FaceTracker(), reader, crop, ReadingRule())
    finder.crop = crop
    for index in range(10):
        moving.process(Frame(index, index / FPS, sharp))
    moving.process_still(Frame(10, 1.0, sharp))
    assert len(reader.faces) >= 2
    assert all(face.std() > 30 for face in reader.faces)


def test_two_hundred_faces_are_read_within_bounded_batches(finder: SquareFinder, reader: Reader) -> None:
    places = [(x, y) for x in range(0, 1200, 90) for y in range(0, 630, 90)]
    results = play(pipeline(finder, reader), finder, [places] * 8)
    assert len(results[-1].faces) == len(places)
    assert max(reader.batches) <= 32
    assert all(face.classification for face in results[-1].faces)


class SlowFinder(SquareFinder):
    """Takes its time, as `clock` tells."""

    def __init__(self, took_s: float) -> None:
        super().__init__()
        self.took_s = took_s
        self.now = 0.0

    def detect(self, image: Image) -> list[Detection]:
        self.now += self.took_s
        return super().detect(image)


@pytest.mark.parametrize(
    ("took_s", "quiet", "searches"),
    [(0.01, False, 60), (0.01, True, 60), (0.3, False, 20), (0.06, True, 17), (0.3, True, 9)],
)
def test_searching_takes_a_bounded_share_of_the_time(
    monkeypatch: pytest.MonkeyPatch, took_s: float, quiet: bool, searches: int
) -> None:
    finder = SlowFinder(took_s)
    monkeypatch.setattr("desktop.scanning.time.perf_counter", lambda: finder.now)
    scanner = BackgroundScanner(finder)
    picture = np.zeros((36, 64, 3), np.uint8)
    try:
        scanner.set_quiet(quiet)
        for index in range(10 * FPS):
            scanner.offer(picture, picture[:, :, 0], index / FPS)
            while scanner._running is not None and not scanner._running.done():
                scanner._running.result()
            scanner.poll()
    finally:
        scanner.close()
    assert finder.calls == pytest.approx(searches, abs=2)


def test_a_source_whose_clock_starts_anew_is_searched_at_once() -> None:
    finder = SquareFinder()
    scanner = BackgroundScanner(finder)
    picture = np.zeros((36, 64, 3), np.uint8)
    try:
        for timestamp in (1000.0, 0.0):
            scanner.offer(picture, picture[:, :, 0], timestamp)
            assert scanner._running is not None
            scanner._running.result()
            assert scanner.poll() is not None
    finally:
        scanner.close()
