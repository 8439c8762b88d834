"""A network that begins with what ultralytics' detector knows: its layers are taken, its own head stays."""

import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from models.emotion import EMOTIONS
from tests.fer2013_files import write_data
from training.errors import TrainingError
from training.reading import read_faces
from training.recipe import COCO, Recipe, load_recipe

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

BEGUN = Recipe(start=COCO, image_size=64, epochs=1, batch=16)


def write_package(path: Path, content: bytes, name: str = "yolov8n.pt") -> Path:
    """Write a package with a detector's file where the real one has it."""
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo(f"aissemble_inference_yolo-1.5.0/{name}")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture(scope="module")
def detector() -> bytes:
    """Return a file as ultralytics releases it: a detector of 80 kinds in 16 bits, here of random weights."""
    import torch
    from ultralytics.nn.tasks import DetectionModel

    torch.manual_seed(0)
    network = DetectionModel("yolov8n.yaml", nc=80, verbose=False)
    file = io.BytesIO()
    torch.save({"epoch": -1, "model": network.half()}, file)
    return file.getvalue()


@pytest.fixture
def package(detector: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from training import coco

    path = write_package(tmp_path / "weights.tar.gz", detector)
    content = path.read_bytes()
    known = replace(
        coco.PACKAGE, file_name=path.name, sha256=hashlib.sha256(content).hexdigest(), size=len(content)
    )
    monkeypatch.setattr(coco, "PACKAGE", known)
    monkeypatch.setitem(coco.SHA256, "yolov8n.pt", hashlib.sha256(detector).hexdigest())
    return path


def test_every_layer_but_the_head_is_the_detectors(package: Path, detector: bytes) -> None:
    import torch

    from training import coco
    from training.architectures import build_network

    network = build_network("yolov8n-cls", 64, 0.0)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    coco.load_weights(network, "yolov8n-cls", package)
    known = torch.load(io.BytesIO(detector), weights_only=False)["model"].float().state_dict()
    after = network.state_dict()
    taken = [key for key in after if not key.startswith("model.9.")]
    assert len(taken) == 150
    assert all(torch.equal(after[key], known[key]) for key in taken)
    assert all(torch.equal(after[key], before[key]) for key in after if key.startswith("model.9."))


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("no archive", "not a gzip file"),
        ("cut", "end-of-stream"),
        ("another file", r"yolov8n\.pt in it is another file than expected"),
        ("not there", r"yolov8n\.pt' not found"),
    ],
)
def test_a_package_that_can_not_be_read_is_named(
    damage: str, why: str, package: Path, detector: bytes, tmp_path: Path
) -> None:
    from training import coco
    from training.architectures import build_network

    path = tmp_path / "damaged.tar.gz"
    if damage == "no archive":
        path.write_bytes(b"not gzip")
    elif damage == "cut":
        path.write_bytes(package.read_bytes()[:100_000])
    elif damage == "another file":  # which would be unpickled
        write_package(path, detector + b" ")
    else:
        write_package(path, detector, "yolov8x.pt")
    network = build_network("yolov8n-cls", 64, 0.0)
    with pytest.raises(TrainingError, match=rf"(?s)damaged\.tar\.gz can not be read \(.*{why}"):
        coco.load_weights(network, "yolov8n-cls", path)


@pytest.mark.usefixtures("package")
def test_a_network_is_trained_from_the_package_beside_its_run(tmp_path: Path) -> None:
    from training.architectures import build_network
    from training.network import load_network
    from training.train import Machine, train

    faces = read_faces(*write_data(tmp_path, dict.fromkeys(EMOTIONS, 12), each=6))
    best = train(faces, BEGUN, tmp_path / "run", Machine(threads=1))
    started = load_network(tmp_path / "run" / "weights" / "start.pt").model[0].conv.weight
    learned = load_network(best).model[0].conv.weight
    fresh = build_network("yolov8n-cls", 64, 0.0).model[0].conv.weight
    assert 0 < (learned - started).abs().mean() < 0.3 * (fresh - started).abs().mean()


def test_only_yolov8_begins_with_the_package() -> None:
    with pytest.raises(TrainingError, match="only yolov8n-cls and yolov8s-cls can start with 'coco'"):
        load_recipe("resnet18", start=COCO)
    assert load_recipe("base", start=COCO).start == COCO
