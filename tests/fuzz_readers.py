"""The readers that tests/fuzzing.py feeds mutated files: valid files of each kind, and what reads them."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from desktop.segments import Marker
from desktop.settings import Settings, load_settings, save_settings
from desktop.statistics import SessionDetails
from desktop.store import SessionStore
from models.detectors import YuNetDetector, install_yunet
from models.downloads import YUNET
from models.emotion import FACE_SIZE, EmotionClassifier
from models.errors import KnownError
from models.face_check import FaceCheck
from models.learned import LearnedDetector

Sample = tuple[str, bytes]  # name of the file, its content
Reader = tuple[
    list[Sample], Callable[[Path], object], bool
]  # valid files, what reads one, whether they are text

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FRAMES = 30  # of a video that are read at most
_SETTINGS = """# mine
notice_accepted = true
[camera]
source = "demo:7"
width = 1280
mirror = false
[analysis]
detector = "learned"
emotions = 4
unsure_below = 0.5
[view]
language = "uk"
theme = 'dark'
[activities]
key_1 = "quiz"
"""


def _emotion_models(folder: Path) -> Reader:
    from tests.onnx_models import write_tiny_model

    def read(path: Path) -> None:
        classifier = EmotionClassifier(path)
        classifier.classify([np.zeros((FACE_SIZE, FACE_SIZE), np.uint8)] * 3)

    return [("emotion.onnx", write_tiny_model(folder / "emotion.onnx").read_bytes())], read, False


def _detector_models(folder: Path) -> Reader:
    from tests.onnx_models import write_tiny_detector

    def read(path: Path) -> None:
        LearnedDetector(path).detect(np.full((90, 160, 3), 200, np.uint8))

    return [("face.onnx", write_tiny_detector(folder / "face.onnx").read_bytes())], read, False


def _face_checks(folder: Path) -> Reader:
    from tests.onnx_models import write_tiny_check

    def read(path: Path) -> None:
        boxes = np.array([[20, 10, 60, 70], [-5, -5, 400, 300]], np.float32)
        FaceCheck(path).scores(np.full((90, 160, 3), 200, np.uint8), boxes, np.full(2, 0.4, np.float32))

    return [("face_check.onnx", write_tiny_check(folder / "face_check.onnx").read_bytes())], read, False


def _yunet(folder: Path) -> Reader:
    def read(path: Path) -> None:
        install_yunet(path, folder / "installed")
        YuNetDetector(path).detect(np.full((90, 160, 3), 200, np.uint8))

    return [(YUNET.file_name, (SHARED_DATA / "models" / YUNET.file_name).read_bytes())], read, False


def _settings(folder: Path) -> Reader:
    def read(path: Path) -> None:
        settings = load_settings(path)
        changed = settings.model_copy(deep=True)
        changed.camera.width = 641
        save_settings(path, changed)
        assert load_settings(path) == changed

    full = folder / "full.toml"
    everything = Settings()
    everything.camera.source = "x"
    save_settings(full, everything)
    return [("settings.toml", _SETTINGS.encode()), ("full.toml", full.read_bytes())], read, True


def _filled(folder: Path) -> SessionStore:
    from tests.lessons import lesson_of, stored

    store = SessionStore(f"sqlite:///{folder / 'filled.db'}")
    details = SessionDetails("Фізика", "9-B", "O. Kovalenko", "a note")
    stored(store, lesson_of(1, (0.0, 1.0), seconds=20), (Marker(0, "lecture"), Marker(20, "quiz")), details)
    stored(store, lesson_of(2, (0.5,), seconds=5), day=1)
    return store


def _imports(folder: Path) -> Reader:
    from desktop.exports import export_sessions, read_sessions

    store = _filled(folder)
    written = folder / "export.json"
    export_sessions(store, [record.id for record in store.list()], "json", written)
    data = written.read_bytes()
    short = json.dumps(json.loads(data)).encode()
    store.close()
    target = SessionStore(f"sqlite:///{folder / 'target.db'}")

    def read(path: Path) -> None:
        for session in read_sessions(path):
            target.merge(session)
            assert target.load(session.record.id).record.id == session.record.id
            target.delete_unchanged(target.load(session.record.id))

    return [("a.json", data), ("b.json", short)], read, True


def _databases(folder: Path) -> Reader:
    from desktop.exports import read_sessions

    store = _filled(folder)
    store.close()
    data = (folder / "filled.db").read_bytes()

    def read(path: Path) -> None:
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        imported: KnownError | None = None
        try:
            read_sessions(path)
        except KnownError as error:
            imported = error
        opened = SessionStore(f"sqlite:///{path}")
        try:
            for record in opened.list():
                opened.load(record.id)
                record.as_json()
            opened.kind_shares()
            new = opened.create(SessionDetails(note="new"), _START, "m", "s")
            opened.delete(new.id)
            opened.check()
        finally:
            opened.close()
        if imported is not None:
            raise imported

    from tests.lessons import START as _START

    return [("lesson.db", data)], read, False


def _picture() -> np.ndarray:
    rng = np.random.default_rng(3)
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[10:30, 20:40] = rng.integers(0, 255, (20, 20, 3), np.uint8)
    return picture


def _pictures(_: Path) -> Reader:
    from desktop.capture.images import ImagesSource

    def read(path: Path) -> None:
        source = ImagesSource(path)
        while (frame := source.read()) is not None:
            assert frame.image.ndim == 3
        source.close()

    suffixes = [".png", ".jpg", ".bmp", ".webp", ".tif", ".gif", ".jp2", ".ppm", ".avif"]
    samples = [(f"a{suffix}", cv2.imencode(suffix, _picture())[1].tobytes()) for suffix in suffixes]
    grey = cv2.imencode(".png", np.dstack([_picture(), _picture()[:, :, 0]]).astype(np.uint16) * 200)[1]
    return [*samples, ("deep.png", grey.tobytes())], read, False


def _videos(folder: Path) -> Reader:
    from desktop.capture.sources import open_source

    samples = []
    for name, codec in (("a.mp4", "mp4v"), ("a.avi", "MJPG"), ("b.avi", "XVID"), ("a.mkv", "FFV1")):
        writer = cv2.VideoWriter(str(folder / name), cv2.VideoWriter.fourcc(*codec), 10.0, (64, 48))
        for number in range(6):
            writer.write(np.full((48, 64, 3), 40 * number, np.uint8))
        writer.release()
        samples.append((name, (folder / name).read_bytes()))
    frames = cv2.Animation()
    frames.frames = [np.full((48, 64, 4), 60 * number, np.uint8) for number in range(4)]
    frames.durations = [100] * 4
    ok, gif = cv2.imencodeanimation(".gif", frames)
    assert ok
    samples.append(("a.gif", gif.tobytes()))

    def read(path: Path) -> None:
        source = open_source(str(path), width=64, height=48)
        try:
            last = -1.0
            for _ in range(FRAMES):
                frame = source.read()
                if frame is None:
                    break
                assert frame.timestamp > last
                last = frame.timestamp
        finally:
            source.close()

    return samples, read, False


READERS: dict[str, Callable[[Path], Reader]] = {
    "settings": _settings,
    "imports": _imports,
    "databases": _databases,
    "emotion models": _emotion_models,
    "detector models": _detector_models,
    "face checks": _face_checks,
    "yunet": _yunet,  # needs the shared data
    "pictures": _pictures,
    "videos": _videos,
}
