"""A network that begins with weights that know faces: the package is read as it is, and training goes on."""

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
from training.recipe import FACERES, Recipe, load_recipe

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

BEGUN = Recipe(architecture="face-mobilenet", start=FACERES, image_size=64, epochs=1, batch=16)


def entries() -> list[tuple[str, tuple[int, ...]]]:
    """Return names and shapes of a package like the real one, with a matrix that is not used."""
    found: list[tuple[str, tuple[int, ...]]] = [("age_pred/kernel", (256, 100))]
    found += [("conv1/convolution/merged_input", (3, 3, 3, 32)), ("conv1_bn/batchnorm_1/sub", (32,))]
    before = 32
    for number, after in enumerate((64, 128, 128, 256, 256, *[512] * 6, 1024, 1024), 1):
        found.append((f"conv_dw_{number}/depthwise_kernel", (3, 3, before, 1)))
        found += [(f"conv_dw_{number}_bn/batchnorm_1/{part}", (before,)) for part in ("mul", "sub")]
        found.append((f"conv_pw_{number}/convolution/merged_input", (1, 1, before, after)))
        found.append((f"conv_pw_{number}_bn/batchnorm_1/sub", (after,)))
        before = after
    return found


def fan_of(name: str, shape: tuple[int, ...]) -> float:
    """Return within which bounds a weight is drawn, so that what comes out is of the size of what goes in."""
    if len(shape) < 4:
        return 1.0
    return float(np.sqrt(6 / np.prod(shape[:2] if "_dw_" in name else shape[:3])))


def write_package(path: Path, manifest: object = None, content: bytes | None = None) -> Path:
    """Write a package of random weights of the real one's names and shapes, every third in 32 bits."""
    rng = np.random.default_rng(0)
    listed: list[dict[str, object]] = []
    raw = b""
    for number, (name, shape) in enumerate(entries()):
        entry: dict[str, object] = {"name": name, "shape": shape, "dtype": "float32"}
        values = rng.uniform(-1, 1, shape) * fan_of(name, shape) / (255 if name.startswith("conv1/") else 1)
        if number % 3:
            entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        raw += values.astype(np.float16 if number % 3 else np.float32).tobytes()
        listed.append(entry)
    files = {
        "package/models/faceres.bin": raw if content is None else content,
        "package/models/faceres.json": json.dumps(
            {"weightsManifest": [{"weights": listed}]} if manifest is None else manifest
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
    from training.face_mobilenet import FaceMobileNet, load_weights

    asked = to_input(torch.from_numpy(faces_of(3, 256)[:4]), 64)
    said, means = [], []
    for faces in (faces_of(0, 256), faces_of(1, 60)):
        network = FaceMobileNet()
        load_weights(network, package, faces, 64)
        with torch.no_grad():
            said.append(network.eval().features(asked))
        means.append(network.layers[0][2].running_mean.clone())
    assert said[0].abs().max() > 1e-3
    assert torch.allclose(said[0], said[1], rtol=1e-3, atol=1e-4)
    assert not torch.allclose(means[0], means[1])  # else training would begin with a jump


def test_filters_and_factors_are_those_of_the_package(package: Path) -> None:
    import torch

    from training.face_mobilenet import FaceMobileNet, load_weights

    network = FaceMobileNet()
    load_weights(network, package, faces_of(0, 256), 64)
    drawn = {}
    rng = np.random.default_rng(0)
    for name, shape in entries():
        drawn[name] = rng.uniform(-1, 1, shape) * fan_of(name, shape)
    stem, depthwise = network.layers[0][1], network.layers[1][0]
    first = drawn["conv1/convolution/merged_input"] / 255
    assert np.allclose(stem.weight.detach().numpy(), first.transpose(3, 2, 0, 1), atol=1e-5)
    wanted = drawn["conv_dw_1/depthwise_kernel"].transpose(2, 3, 0, 1)
    wanted = wanted * drawn["conv_dw_1_bn/batchnorm_1/mul"][:, None, None, None]
    assert np.allclose(depthwise.weight.detach().numpy(), wanted, atol=1e-3)
    blank = torch.zeros(1, 32, 8, 8)
    after = network.eval().layers[1][1](depthwise(blank))[0, :, 4, 4].detach().numpy()
    assert np.allclose(after, drawn["conv_dw_1_bn/batchnorm_1/sub"], atol=1e-3)


@pytest.mark.parametrize("damage", ["manifest", "short", "no archive"])
def test_a_package_that_can_not_be_read_is_named(damage: str, tmp_path: Path) -> None:
    from training.face_mobilenet import FaceMobileNet, load_weights

    path = tmp_path / "weights.tgz"
    if damage == "manifest":
        write_package(path, manifest=[])
    elif damage == "short":
        write_package(path, content=b"1234")
    else:
        path.write_bytes(b"not gzip")
    with pytest.raises(TrainingError, match=r"weights\.tgz can not be read"):
        load_weights(FaceMobileNet(), path, faces_of(0, 256), 64)


def test_a_network_is_trained_from_the_package_beside_its_run(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from training import face_mobilenet
    from training.network import load_network
    from training.train import Machine, train

    content = package.read_bytes()
    known = replace(
        face_mobilenet.PACKAGE,
        file_name=package.name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )
    monkeypatch.setattr(face_mobilenet, "PACKAGE", known)
    (tmp_path / package.name).write_bytes(content)
    faces = read_faces(*write_data(tmp_path, dict.fromkeys(EMOTIONS, 12), each=6))
    best = train(faces, BEGUN, tmp_path / "run", Machine(threads=1))
    started = load_network(tmp_path / "run" / "weights" / "start.pt").model[0].layers[0][1].weight
    learned = load_network(best).model[0].layers[0][1].weight
    fresh = face_mobilenet.FaceMobileNet().layers[0][1].weight
    assert 0 < (learned - started).abs().mean() < 0.3 * (fresh - started).abs().mean()
    assert torch.isfinite(learned).all()


def test_only_the_face_network_begins_with_the_package() -> None:
    with pytest.raises(TrainingError, match="only face-mobilenet can start with 'faceres'"):
        load_recipe("base", start=FACERES)
    assert load_recipe("face-mobilenet").start == FACERES
