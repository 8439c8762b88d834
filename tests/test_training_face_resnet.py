"""A teacher that begins with weights that know faces: the package is read as it is, and training goes on."""

import hashlib
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.emotion import EMOTIONS
from tests.fer2013_files import write_data
from training.errors import TrainingError
from training.reading import read_faces
from training.recipe import FACE_API, Recipe, load_recipe

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

BEGUN = Recipe(architecture="face-resnet", start=FACE_API, image_size=112, epochs=1, batch=16)


def entries() -> list[tuple[str, tuple[int, ...]]]:
    """Return names and shapes of a package like the real one, with its unused last matrix."""
    widths = [("conv32_down", 7, 3, 32)]
    blocks = [(f"conv32_{number}", 32, 32) for number in (1, 2, 3)]
    blocks += [("conv64_down", 32, 64), *((f"conv64_{number}", 64, 64) for number in (1, 2, 3))]
    blocks += [("conv128_down", 64, 128), *((f"conv128_{number}", 128, 128) for number in (1, 2))]
    blocks += [("conv256_down", 128, 256), *((f"conv256_{number}", 256, 256) for number in (1, 2))]
    blocks += [("conv256_down_out", 256, 256)]
    for name, before, after in blocks:
        widths += [(f"{name}/conv1", 3, before, after), (f"{name}/conv2", 3, after, after)]
    found: list[tuple[str, tuple[int, ...]]] = []
    for name, kernel, before, after in widths:
        found.append((f"{name}/conv/filters", (kernel, kernel, before, after)))
        found += [(f"{name}/{part}", (after,)) for part in ("conv/bias", "scale/weights", "scale/biases")]
    return [*found, ("fc", (256, 128))]


def write_package(path: Path, manifest: object = None, content: bytes | None = None) -> Path:
    """Write a package of random weights of the real one's names and shapes, every third not in eight bits."""
    rng = np.random.default_rng(0)
    listed: list[dict[str, object]] = []
    raw = b""
    for number, (name, shape) in enumerate(entries()):
        entry: dict[str, object] = {"name": name, "shape": shape, "dtype": "float32"}
        fan = 2 / np.sqrt(np.prod(shape[:-1])) if len(shape) > 1 else 1.0
        if number % 3:
            entry["quantization"] = {"dtype": "uint8", "scale": fan / 255, "min": -fan / 2}
            raw += rng.integers(0, 256, shape, np.uint8).tobytes()
        else:
            raw += rng.uniform(-fan / 2, fan / 2, shape).astype(np.float32).tobytes()
        listed.append(entry)
    files = {
        "package/model/face_recognition_model.bin": raw if content is None else content,
        "package/model/face_recognition_model-weights_manifest.json": json.dumps(
            [{"weights": listed}] if manifest is None else manifest
        ).encode(),
    }
    with tarfile.open(path, "w:gz") as archive:
        for file_name, data in files.items():
            info = tarfile.TarInfo(file_name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_package(tmp_path_factory.mktemp("package") / "weights.tgz")


def faces_of(seed: int, brightest: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, brightest, (40, 48, 48), np.uint8)


def test_the_weights_are_taken_as_they_are_whatever_faces_its_statistics_come_from(package: Path) -> None:
    import torch

    from training.augment import to_input
    from training.face_resnet import FaceResNet, load_face_weights

    asked = to_input(torch.from_numpy(faces_of(3, 256)[:4]), 112)
    said, means = [], []
    for faces in (faces_of(0, 256), faces_of(1, 60)):
        network = FaceResNet()
        load_face_weights(network, package, faces, 112)
        with torch.no_grad():
            said.append(network.eval().features(asked))
        means.append(network.stem[1].running_mean.clone())
    assert said[0].abs().max() > 1e-3
    assert torch.allclose(said[0], said[1], rtol=1e-3, atol=1e-4)
    assert not torch.allclose(means[0], means[1])  # else training would begin with a jump


def test_a_weight_of_eight_bits_is_scaled_as_the_package_says(package: Path) -> None:
    from training.face_resnet import FaceResNet, load_face_weights

    network = FaceResNet()
    load_face_weights(network, package, faces_of(0, 256), 112)
    rng = np.random.default_rng(0)
    first = rng.uniform(-1, 1, (7, 7, 3, 32))  # the first entry is not in eight bits: same draws, other range
    fan = 2 / np.sqrt(7 * 7 * 3)
    learned = network.stem[0].weight.detach().numpy()
    assert np.allclose(learned, (first * fan / 2).transpose(3, 2, 0, 1), atol=1e-6)


@pytest.mark.parametrize("damage", ["manifest", "short", "no archive"])
def test_a_package_that_can_not_be_read_is_named(damage: str, tmp_path: Path) -> None:
    from training.face_resnet import FaceResNet, load_face_weights

    path = tmp_path / "weights.tgz"
    if damage == "manifest":
        write_package(path, manifest=[])
    elif damage == "short":
        write_package(path, content=b"1234")
    else:
        path.write_bytes(b"not gzip")
    with pytest.raises(TrainingError, match=r"weights\.tgz can not be read"):
        load_face_weights(FaceResNet(), path, faces_of(0, 256), 112)


def test_a_teacher_is_trained_from_the_package_beside_its_run(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from training import face_resnet
    from training.network import load_network
    from training.train import Machine, train

    content = package.read_bytes()
    known = replace(
        face_resnet.PACKAGE,
        file_name=package.name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )
    monkeypatch.setattr(face_resnet, "PACKAGE", known)
    (tmp_path / package.name).write_bytes(content)
    faces = read_faces(*write_data(tmp_path, dict.fromkeys(EMOTIONS, 12), each=6))
    best = train(faces, BEGUN, tmp_path / "run", Machine(threads=1))
    started = load_network(tmp_path / "run" / "weights" / "start.pt").model[0].stem[0].weight
    learned = load_network(best).model[0].stem[0].weight
    fresh = face_resnet.FaceResNet().stem[0].weight
    assert 0 < (learned - started).abs().mean() < 0.3 * (fresh - started).abs().mean()
    assert torch.isfinite(learned).all()


def test_only_the_face_network_begins_with_the_package() -> None:
    with pytest.raises(TrainingError, match="only face-resnet can start with 'face-api'"):
        load_recipe("base", start=FACE_API)
    assert load_recipe("face-resnet").start == FACE_API
