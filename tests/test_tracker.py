"""Following faces: ids that last, boxes that stay on the face, tracks that end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.boxes import Box, Detection, Image
from models.detectors import FaceDetector, HaarDetector, create_detector
from models.tracker import FaceTracker, Track

FPS = 30
Path2D = Callable[[float], tuple[float, float] | None]  # centre at a time in seconds, or None: not there


def texture(seed: int, height: int, width: int, grain: float) -> Image:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    smooth = cv2.GaussianBlur(noise, (0, 0), grain)
    spread = (smooth.astype(np.float64) - smooth.min()) / max(1, int(smooth.max()) - int(smooth.min()))
    return np.asarray(255 * spread, np.uint8)


class Scene:
    """Textured squares that move over a textured wall: faces whose true place is known."""

    def __init__(self, *paths: Path2D, side: int = 60, size: tuple[int, int] = (640, 360)) -> None:
        self.paths = paths
        self.side = side
        self.size = size
        self.wall = texture(99, size[1], size[0], 4.0)
        self.faces = [texture(number, side, side, side / 12) for number in range(len(paths))]

    def truth(self, time_s: float) -> list[Box | None]:
        places = [path(time_s) for path in self.paths]
        half = self.side / 2
        return [p and (p[0] - half, p[1] - half, p[0] + half, p[1] + half) for p in places]

    def picture(self, time_s: float) -> Image:
        """Paint the faces at fractions of pixels, the later ones in front."""
        picture = self.wall.copy()
        for face, box in zip(self.faces, self.truth(time_s), strict=True):
            if box is None:
                continue
            x, y = int(np.floor(box[0])), int(np.floor(box[1]))
            shift = np.array([[1, 0, box[0] - x], [0, 1, box[1] - y]], np.float64)
            moved = cv2.warpAffine(face, shift, face.shape, borderMode=cv2.BORDER_REPLICATE)
            x1, y1, x2, y2 = max(x, 0), max(y, 0), x + self.side, y + self.side
            inside = picture[y1 : max(y2, 0), x1 : max(x2, 0)]
            inside[:] = moved[y1 - y :, x1 - x :][: inside.shape[0], : inside.shape[1]]
        return picture


@dataclass
class ImperfectDetector:
    """Sees each face with a probability, a little beside its place, and never one behind another."""

    scene: Scene
    recall: float = 1.0
    score: float = 0.7
    jitter: float = 0.03  # of the side
    seed: int = 0

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)

    def detect(self, time_s: float) -> list[Detection]:
        boxes = self.scene.truth(time_s)
        seen = []
        for number, box in enumerate(boxes):
            lucky = self.random.random() < self.recall
            if box is not None and lucky and not any(_hides(b, box) for b in boxes[number + 1 :] if b):
                dx, dy = self.random.normal(0, self.jitter * self.scene.side, 2)
                seen.append(Detection((box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy), self.score))
        return seen


def _hides(front: Box, back: Box) -> bool:
    width = min(front[2], back[2]) - max(front[0], back[0])
    height = min(front[3], back[3]) - max(front[1], back[1])
    return width > 0 and height > 0 and width * height > 0.4 * (back[2] - back[0]) * (back[3] - back[1])


def play(
    scene: Scene,
    detector: ImperfectDetector,
    seconds: float,
    *,
    late_s: float = 0.1,
    period_s: float = 0.17,
    tracker: FaceTracker | None = None,
) -> list[list[Track]]:
    """Run a scan every `period_s`, its result `late_s` after its picture; return the confirmed tracks."""
    tracker = tracker or FaceTracker()
    waiting: tuple[list[Detection], Image, float] | None = None
    next_scan_s = 0.0
    frames = []
    for number in range(round(seconds * FPS)):
        now = number / FPS
        picture = scene.picture(now)
        tracker.follow(picture, now)
        if waiting is not None and now >= waiting[2] + late_s:
            tracker.correct(*waiting)
            waiting = None
        if waiting is None and now >= next_scan_s:
            waiting, next_scan_s = (detector.detect(now), picture, now), now + period_s
        frames.append([track for track in tracker.tracks if track.confirmed])
    return frames


def distance(track: Track, box: Box) -> float:
    """Return how far the track's centre is from the box's, in heights of the box."""
    x, y = (
        (track.box[0] + track.box[2] - box[0] - box[2]) / 2,
        (track.box[1] + track.box[3] - box[1] - box[3]) / 2,
    )
    return float(np.hypot(x, y)) / (box[3] - box[1])


def standing(x: float, y: float) -> Path2D:
    return lambda _: (x, y)


def walking(x: float, y: float, speed: float) -> Path2D:
    return lambda time_s: (x + speed * time_s, y)


def test_a_moving_face_keeps_one_id_and_its_box() -> None:
    scene = Scene(lambda t: (320 + 150 * np.sin(2 * t), 180 + 60 * np.cos(3 * t)))
    frames = play(scene, ImperfectDetector(scene, recall=0.6, seed=1), 5)
    shown = frames[FPS:]
    assert {track.id for frame in frames for track in frame} == {1}
    errors = [
        distance(frame[0], scene.truth((FPS + n) / FPS)[0] or (0, 0, 1, 1)) for n, frame in enumerate(shown)
    ]
    assert max(errors) < 0.15
    assert all(frame[0].supported for frame in shown)


@pytest.mark.parametrize("late_s", [0.0, 0.1, 0.4])
def test_a_late_scan_does_not_pull_the_box_back(late_s: float) -> None:
    scene = Scene(walking(60, 150, 200))  # 3.3 heights per second: 0.4 s late is 1.3 heights behind
    frames = play(scene, ImperfectDetector(scene, jitter=0), 2.5, late_s=late_s)
    for number, frame in enumerate(frames[FPS:], FPS):
        assert distance(frame[0], scene.truth(number / FPS)[0] or (0, 0, 1, 1)) < 0.15
    assert {track.id for frame in frames for track in frame} == {1}


def test_a_face_is_followed_while_no_scan_comes() -> None:
    scene = Scene(walking(150, 150, 80))
    frames = play(scene, ImperfectDetector(scene, score=0.9), 2, period_s=1.5)
    assert distance(frames[-1][0], scene.truth(59 / FPS)[0] or (0, 0, 1, 1)) < 0.15


@pytest.mark.parametrize("speed", [60, 120, 250])
@pytest.mark.parametrize("recall", [1.0, 0.6])
def test_crossing_faces_keep_their_ids(speed: float, recall: float) -> None:
    scene = Scene(walking(320 - speed * 1.5, 170, speed), walking(320 + speed * 1.5, 185, -speed))
    frames = play(scene, ImperfectDetector(scene, recall=recall, score=0.85), 2.6)
    before = {track.id: track for track in frames[24]}
    after = {track.id: track for track in frames[-1]}
    assert len(before) == 2
    assert set(after) == set(before)
    right_going = min(before, key=lambda i: before[i].box[0])
    assert after[right_going].box[0] == max(track.box[0] for track in after.values())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("lower", [0, 12])
def test_faces_that_meet_and_part_again_keep_their_ids(lower: int, seed: int) -> None:
    """They overlap by two thirds for half a second; by their speed they would pass each other."""

    def on_the_way(time_s: float) -> float:
        return 80 * (min(time_s, 1.2) - max(0.0, time_s - 1.7))

    scene = Scene(lambda t: (214 + on_the_way(t), 170), lambda t: (426 - on_the_way(t), 170 + lower))
    frames = play(scene, ImperfectDetector(scene, score=0.85, seed=seed), 3.2)
    before, after = ({track.id: track.box[0] for track in frames[n]} for n in (24, -1))
    assert len(before) == 2
    assert sorted(after, key=after.__getitem__) == sorted(before, key=before.__getitem__)


@pytest.mark.parametrize("seed", range(3))
def test_crops_are_steadier_than_what_searches_say(seed: int) -> None:
    scene = Scene(standing(320, 180))
    detector = ImperfectDetector(scene, jitter=0.08, score=0.9, seed=seed)
    said = [detector.detect(0.0)[0].box[0] for _ in range(60)]
    shown = [frame[0].box[0] for frame in play(scene, detector, 6)[FPS:]]
    jumps = [step for step in np.diff(shown) if abs(step) > 0.01]  # whenever a search is done
    assert len(jumps) > 20
    assert np.std(jumps) < 0.6 * np.std(np.diff(said))
    assert np.mean(shown) == pytest.approx(290, abs=0.03 * scene.side)


def test_a_face_hidden_for_a_second_keeps_its_id() -> None:
    """Somebody passes in front, slowly, and is no face."""
    scene = Scene(standing(320, 180), lambda t: (320 + 120 * (t - 2), 180))
    wall = Scene(*scene.paths, side=60)
    detector = ImperfectDetector(scene)
    seen = detector.detect

    def only_the_face(time_s: float) -> list[Detection]:
        return [
            d for d in seen(time_s) if abs((d.box[0] + d.box[2]) / 2 - 320) < 10 and not 1.7 < time_s < 2.3
        ]

    detector.detect = only_the_face  # type: ignore[method-assign]
    frames = play(wall, detector, 4)
    assert [track.id for track in frames[FPS]] == [1]
    assert 1 in {track.id for track in frames[-1]}
    face = next(track for track in frames[-1] if track.id == 1)
    assert distance(face, (290, 150, 350, 210)) < 0.2


def test_a_face_that_vanishes_and_returns_within_a_second_keeps_its_id() -> None:
    scene = Scene(lambda t: None if 1.5 < t < 2.5 else (300 + 10 * t, 180))
    frames = play(scene, ImperfectDetector(scene), 3.2)
    assert {track.id for frame in frames for track in frame} == {1}
    hidden = frames[round(2.3 * FPS)][0]
    assert not hidden.supported
    assert not hidden.visible
    assert frames[-1][0].supported


def test_a_face_that_comes_back_a_little_elsewhere_is_found_without_a_scan() -> None:
    def path(time_s: float) -> tuple[float, float] | None:
        return None if 1.0 < time_s < 1.5 else (300 if time_s <= 1.0 else 318, 180)

    scene = Scene(path)
    frames = play(scene, ImperfectDetector(scene, score=0.9), 2, period_s=5)
    assert not frames[40][0].supported
    assert frames[-1][0].supported
    assert distance(frames[-1][0], scene.truth(1.9)[0] or (0, 0, 1, 1)) < 0.15


def test_a_face_that_left_is_forgotten_within_two_seconds() -> None:
    scene = Scene(lambda t: (320, 180) if t < 1.5 else None)
    frames = play(scene, ImperfectDetector(scene), 3.6)
    assert frames[FPS]
    assert not frames[-1]


def test_a_face_that_turned_into_wallpaper_is_forgotten_though_flow_goes_on() -> None:
    """What scans never see again is no face, however well it can be followed."""
    scene = Scene(standing(320, 180))
    detector = ImperfectDetector(scene)
    tracker = FaceTracker()
    play(scene, detector, 1, tracker=tracker)
    assert tracker.tracks[0].confirmed
    picture = scene.picture(1)
    for number in range(FPS, round(3.4 * FPS)):
        tracker.follow(picture, number / FPS)
        if number % 5 == 0:
            tracker.correct([], picture, number / FPS)
    assert not tracker.tracks


def test_one_missed_scan_does_not_end_a_track() -> None:
    scene = Scene(standing(320, 180), standing(100, 100))
    frames = play(scene, ImperfectDetector(scene, recall=0.5, seed=3), 12)
    assert {track.id for frame in frames for track in frame} == {1, 2}
    assert all(len(frame) == 2 for frame in frames[FPS:])


def test_a_new_face_appears_within_600_ms() -> None:
    waits = []
    for seed in range(10):
        scene = Scene(standing(320, 180))
        frames = play(scene, ImperfectDetector(scene, recall=0.75, seed=seed), 2)
        waits.append(next(n for n, frame in enumerate(frames) if frame) / FPS)
    assert np.median(waits) <= 0.6


def test_a_single_false_alarm_is_never_shown() -> None:
    scene = Scene()
    tracker = FaceTracker()
    for number in range(60):
        picture = scene.picture(0)
        tracker.follow(picture, number / FPS)
        alarm = [Detection((100, 100, 150, 150), 0.6)] if number == 5 else []
        if number % 5 == 0:
            tracker.correct(alarm, picture, number / FPS)
        assert not any(track.confirmed for track in tracker.tracks)
    assert not tracker.tracks


def test_an_unsure_detection_starts_nothing_but_keeps_a_face() -> None:
    scene = Scene(standing(320, 180))
    assert not any(play(scene, ImperfectDetector(scene, score=0.3), 2))
    tracker = FaceTracker()
    picture = scene.picture(0)
    for number in range(150):
        tracker.follow(picture, number / FPS)
        if number % 5 == 0:
            tracker.correct(
                [Detection((290, 150, 350, 210), 0.9 if number == 0 else 0.3)], picture, number / FPS
            )
    assert [track.id for track in tracker.tracks] == [1]


def test_a_second_frame_around_the_same_face_is_no_second_face() -> None:
    scene = Scene(standing(320, 180))
    picture = scene.picture(0)
    tracker = FaceTracker()
    for number in range(30):
        tracker.follow(picture, number / FPS)
        tracker.correct(
            [Detection((290, 150, 350, 210), 0.9), Detection((305, 165, 340, 200), 0.9)],
            picture,
            number / FPS,
        )
    assert len(tracker.tracks) == 1


def test_a_scan_from_before_the_reset_is_ignored() -> None:
    scene = Scene(standing(320, 180))
    tracker = FaceTracker()
    tracker.follow(scene.picture(0), 10.0)
    tracker.reset()
    tracker.follow(scene.picture(0), 11.0)
    tracker.correct([Detection((290, 150, 350, 210), 0.9)], scene.picture(0), 10.0)
    assert not tracker.tracks


def test_another_picture_size_starts_anew_with_new_ids() -> None:
    scene, other = Scene(standing(320, 180)), Scene(standing(160, 90), size=(320, 180))
    tracker = FaceTracker()
    for one in (scene, other):
        picture = one.picture(0)
        tracker.follow(picture, 0.0)
        box = one.truth(0)[0]
        assert box is not None
        assert not tracker.tracks
        tracker.correct([Detection(box, 0.9)], picture, 0.0)
        tracker.correct([Detection(box, 0.9)], np.zeros((50, 50), np.uint8), 0.0)
    assert [track.id for track in tracker.tracks] == [2]


@pytest.mark.parametrize("times", [[1.0] * 20, list(np.linspace(1.0, 0.5, 20)), [0, 1e9, -1e9, 0.5, 0.4] * 4])
def test_clocks_that_stand_still_or_run_backwards_do_no_harm(times: Sequence[float]) -> None:
    scene = Scene(standing(320, 180))
    picture = scene.picture(0)
    tracker = FaceTracker()
    for now in times:
        tracker.follow(picture, now)
        tracker.correct([Detection((290, 150, 350, 210), 0.9)], picture, now)
    tracker.follow(picture, times[-1])
    assert len(tracker.tracks) == 1
    assert distance(tracker.tracks[0], (290, 150, 350, 210)) < 0.1


@pytest.mark.parametrize("count", [0, 1, 50, 200])
def test_any_number_of_faces_is_followed(count: int) -> None:
    columns = 20
    places = [(20 + 31 * (n % columns), 16 + 34 * (n // columns)) for n in range(count)]
    scene = Scene(*(lambda t, x=x, y=y: (x + 8 * t, y + 3 * np.sin(6 * t)) for x, y in places), side=22)
    frames = play(scene, ImperfectDetector(scene, recall=0.8, score=0.9), 1)
    assert {len(frame) for frame in frames[-5:]} == {count}
    assert len({track.id for frame in frames for track in frame}) == count


def test_faces_that_come_and_go_with_every_frame_do_not_pile_up() -> None:
    random = np.random.default_rng(4)
    picture = texture(1, 360, 640, 3.0)
    tracker = FaceTracker()
    for number in range(40):
        tracker.follow(picture, number / FPS)
        places = random.uniform(0, 300, (50, 2))
        faces = [Detection((x, y, x + 25, y + 25), 0.6) for x, y in places.tolist()]
        tracker.correct(faces, picture, number / FPS)
        assert len(tracker.tracks) <= 256


def test_the_same_film_gives_the_same_tracks() -> None:
    scene = Scene(walking(100, 150, 60), standing(500, 200))
    films = [play(scene, ImperfectDetector(scene, recall=0.6), 1.5) for _ in range(2)]
    assert films[0] == films[1]


number = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-200, 900)
wild_detection = st.builds(Detection, st.tuples(number, number, number, number), st.floats(0, 1) | number)
sizes = st.sampled_from([(360, 640), (1, 1), (1, 500), (17, 16), (40, 3), (90, 160)])
steps = st.lists(st.tuples(sizes, st.floats(-5, 5), st.lists(wild_detection, max_size=6)), max_size=8)


@settings(deadline=None, max_examples=60)
@given(steps, st.integers(0, 3))
def test_nothing_wild_breaks_it(
    film: list[tuple[tuple[int, int], float, list[Detection]]], kind: int
) -> None:
    tracker = FaceTracker()
    now = 0.0
    for size, step_s, detections in film:
        now += step_s
        picture = texture(kind, *size, 2.0) if kind else np.zeros(size, np.uint8)
        tracker.follow(picture, now)
        tracker.correct(detections, picture, now)
        tracker.follow(picture, now + 0.03)
        tracks = tracker.tracks
        assert len({track.id for track in tracks}) == len(tracks) <= 256
        for track in tracks:
            assert np.isfinite(track.box).all()
            assert track.box[2] > track.box[0]
            assert track.box[3] > track.box[1]


def film_tracks(path: Path, detector: FaceDetector, late_frames: int) -> list[list[Track]]:
    """Follow a real film, every fifth picture scanned, the result `late_frames` later."""
    film = cv2.VideoCapture(str(path))
    rate = film.get(cv2.CAP_PROP_FPS)
    tracker = FaceTracker()
    waiting: list[tuple[int, list[Detection], Image, float]] = []
    frames: list[list[Track]] = []
    while True:
        found, image = film.read()
        if not found:
            return frames
        now = len(frames) / rate
        image = cv2.resize(image, (640, 360))
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
        tracker.follow(grey, now)
        if waiting and len(frames) >= waiting[0][0]:
            _, detections, scanned, then = waiting.pop(0)
            tracker.correct(detections, scanned, then)
        if not waiting and len(frames) % 3 == 0:
            waiting.append((len(frames) + late_frames, detector.detect(image.astype(np.uint8)), grey, now))
        frames.append([track for track in tracker.tracks if track.confirmed])


@pytest.mark.data
def test_four_students_are_four_ids(shared_data: Path) -> None:
    yunet = create_detector("yunet", models_dir=shared_data / "models")
    frames = film_tracks(shared_data / "videos" / "classroom.gif", yunet, late_frames=2)
    assert {len(frame) for frame in frames[15:]} == {4}
    assert len({track.id for frame in frames for track in frame}) == 4


@pytest.mark.data
def test_the_cascade_finds_most_students_and_nobody_else(shared_data: Path) -> None:
    frames = film_tracks(shared_data / "videos" / "classroom.gif", HaarDetector(), late_frames=2)
    assert np.mean([len(frame) for frame in frames[15:]]) >= 2
    assert len({track.id for frame in frames for track in frame}) <= 4


@pytest.mark.data
def test_a_talking_face_is_one_id_and_an_empty_room_none(shared_data: Path) -> None:
    talking = film_tracks(shared_data / "videos" / "single_face.mp4", HaarDetector(), late_frames=3)
    assert all(len(frame) == 1 for frame in talking[15:])
    assert len({track.id for frame in talking for track in frame}) == 1
    assert not any(film_tracks(shared_data / "videos" / "no_face.mp4", HaarDetector(), late_frames=3))


@pytest.mark.parametrize("seed", range(5))
def test_a_small_face_keeps_its_size_between_searches(seed: int) -> None:
    side = 20
    scene = Scene(lambda t: (120 + 60 * t + 3 * np.sin(9 * t), 180 + 4 * np.sin(7 * t)), side=side)
    scene.faces = [texture(seed, side, side, side / 12)]
    tracker = FaceTracker()
    (first,) = scene.truth(0.0)
    assert first is not None
    for number in range(2 * FPS):
        picture = scene.picture(number / FPS) // 24 * 24  # few greys, as in films of few colours
        tracker.follow(picture, number / FPS)
        if number == 0:
            tracker.correct([Detection(first, 0.9)], picture, 0.0)
    (track,) = tracker.tracks
    assert track.box[2] - track.box[0] == pytest.approx(side, rel=0.15)
