"""Licences: every part that is handed out is named with its version and its full texts."""

import json
from importlib import metadata
from pathlib import Path

import pytest

from desktop import __version__, licences
from desktop.licences import LegalText, Part, collect, parts, read, required, source_archive, write


@pytest.fixture(scope="module")
def collected() -> dict[str, Part]:
    """Return all parts by name."""
    return {part.name: part for part in collect()}


def all_text(part: Part) -> str:
    return "\n".join(text.text for text in part.texts)


def test_every_part_comes_with_a_full_text(collected: dict[str, Part]) -> None:
    for part in collected.values():
        assert part.licence, part.name
        assert len(all_text(part)) > 400, part.name


def test_everything_the_application_requires_is_there_with_its_version(collected: dict[str, Part]) -> None:
    for name in ("numpy", "PySide6_Essentials", "opencv-python", "onnxruntime", "SQLAlchemy", "typer"):
        assert collected[name].version == metadata.version(name)
    assert "click" in required() or "rich" in required()  # what only other libraries ask for
    assert not required() & {"pytest", "ruff", "mypy", "torch"}


def test_classmood_comes_first_with_the_whole_agpl() -> None:
    first = collect()[0]
    assert (first.name, first.version, first.licence) == ("Classmood", __version__, "AGPL-3.0-or-later")
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in all_text(first)
    assert "Remote Network Interaction" in all_text(first)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Qt", "GNU LESSER GENERAL PUBLIC LICENSE"),
        ("Qt", "FreeType"),  # what is inside it
        ("Python", "PYTHON SOFTWARE FOUNDATION LICENSE"),
        ("FFmpeg (in OpenCV)", "Lesser General Public"),
        ("onnxruntime", "THIRD PARTY"),
        ("Haar cascades (in OpenCV)", "Intel"),
        ("emotion-yolov8n", "FER+"),
        ("face-yolov8", "YuNet"),
        ("Faces of the demo classroom", "FER2013"),
    ],
)
def test_what_no_package_metadata_tells_is_there_too(
    collected: dict[str, Part], name: str, words: str
) -> None:
    assert words.lower() in all_text(collected[name]).lower()


def test_the_versions_of_qt_and_ffmpeg_are_told(collected: dict[str, Part]) -> None:
    assert collected["Qt"].version == metadata.version("PySide6_Essentials")
    assert "libavcodec" in collected["FFmpeg (in OpenCV)"].version


def test_a_bundle_names_its_own_choice_and_what_only_it_knows() -> None:
    system = Part(
        "libexample1", "1.2", "MIT", "library", "", (LegalText("copyright", "Permission is granted"),)
    )
    names = {part.name for part in collect(names=["numpy"], more=[system])}
    assert {"Classmood", "Python", "numpy", "libexample1"} <= names
    assert not names & {"typer", "Qt", "FFmpeg (in OpenCV)"}


def test_what_a_bundle_wrote_is_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collected: dict[str, Part]
) -> None:
    file = tmp_path / "licences.json"
    written = (Part("Ж", "1", "MIT", "library", "", (LegalText("LICENSE", "€"),)),)
    write(file, written)
    assert read(file) == written
    monkeypatch.setattr(licences, "FILE", file)
    assert parts() == written


@pytest.mark.parametrize(
    "content", ["", "[]", '{"format": 2, "parts": []}', '{"format": 1, "parts": [{"name": 1}]}', "\0"]
)
def test_a_damaged_file_hides_no_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    file = tmp_path / "licences.json"
    file.write_text(content)
    with pytest.raises(ValueError, match=r"."):
        read(file)
    monkeypatch.setattr(licences, "FILE", file)
    assert parts()[0].name == "Classmood"


def test_the_file_is_json_that_others_can_read(tmp_path: Path) -> None:
    write(tmp_path / "licences.json", collect(names=[]))
    content = json.loads((tmp_path / "licences.json").read_text(encoding="utf-8"))
    assert content["parts"][0]["licence"] == "AGPL-3.0-or-later"


def test_the_source_beside_a_bundle_is_found(tmp_path: Path) -> None:
    internal = tmp_path / "classmood" / "_internal"
    internal.mkdir(parents=True)
    assert source_archive(internal) is None
    archive = internal.parent / f"classmood-{__version__}-source.tar.xz"
    archive.write_bytes(b"")
    assert source_archive(internal) == archive
