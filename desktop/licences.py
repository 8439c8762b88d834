"""Licences: every part that Classmood consists of or is built with, its version and the full texts.

In a bundle they stand in `licences.json`, which build.spec writes with `write`; elsewhere they are collected
from what is installed. Knows neither Qt nor any other library.
"""

import json
import platform
import re
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Final, Literal

from desktop import __version__
from desktop.paths import ASSETS, WEIGHTS

Kind = Literal["program", "model", "runtime", "library"]

LICENCE: Final = "AGPL-3.0-or-later"
_ROOT = ASSETS.parent
FILE: Final = _ROOT / "licences.json"
_TEXTS = ASSETS / "licences"
_FORMAT = 1
_LONGEST = 2_000_000  # characters of one text
_LEGAL_FILE = re.compile(
    r"(licen[cs]e|copying|copyright|notice|third[-_]?party|authors)[^/]*$", re.IGNORECASE
)
_NOT_LEGAL = (".py", ".pyc", ".pyi", ".xml", ".so", ".json", ".html")
# Where a package brings no text of its own: identifier -> files of assets/licences, the first that fits.
_STANDARD: Final = {
    "LGPL-3.0": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "LGPL-2.1": ("LGPL-2.1.txt",),
    "Apache": ("Apache-2.0.txt",),
    "GPL-3.0": ("GPL-3.0.txt",),
}


@dataclass(frozen=True, slots=True)
class LegalText:
    """One text that comes with a part."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """Something that Classmood consists of or is built with."""

    name: str
    version: str  # "" if it has none
    licence: str  # SPDX expression where its authors give one, else their words
    kind: Kind
    address: str  # of its home on the web, or ""
    texts: tuple[LegalText, ...]


def parts() -> tuple[Part, ...]:
    """Return all parts: Classmood and its models first, then by name. A damaged file counts for none."""
    try:
        return read(FILE)
    except (OSError, ValueError):
        return collect()


def collect(names: Iterable[str] | None = None, more: Iterable[Part] = ()) -> tuple[Part, ...]:
    """Collect the parts from what is installed.

    `names` are the distributions that are in the bundle, by default all that the application requires;
    `more` are parts that this can not know, such as system libraries.
    """
    wanted = required() if names is None else names
    found = [_distribution(name) for name in sorted({_normal(name) for name in wanted})]
    libraries = [part for part in found if part is not None]
    described = {_normal(part.name): part for part in libraries}
    own = (_classmood(), *_models())
    others = (_python(), *_inside(described), *libraries, *more)
    return (*own, *sorted(others, key=lambda part: part.name.lower()))


def write(path: Path, found: Iterable[Part]) -> None:
    """Write parts as JSON, for `read`."""
    content = {"format": _FORMAT, "parts": [asdict(part) for part in found]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def read(path: Path) -> tuple[Part, ...]:
    """Return what `write` wrote; raises OSError, or ValueError if the file is not one of those."""
    content = json.loads(path.read_text(encoding="utf-8"))
    try:
        if content["format"] != _FORMAT:
            raise ValueError(f"{path} has format {content['format']}")
        return tuple(
            Part(**{**part, "texts": tuple(LegalText(**text) for text in part["texts"])})
            for part in content["parts"]
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} holds no licences: {error}") from error


def required(root: str = "classmood") -> set[str]:
    """Return the distributions that the application needs and that are installed, directly or not."""
    known: set[str] = set()
    waiting = [_normal(name) for name in _requirements(root)]
    while waiting:
        name = waiting.pop()
        if name in known:
            continue
        try:
            metadata.distribution(name)
        except metadata.PackageNotFoundError:  # for another system or another Python
            continue
        known.add(name)
        waiting += [_normal(each) for each in _requirements(name)]
    return known


def models() -> list[tuple[str, str]]:
    """Return name and version of each network, quickly."""
    return [(part.name, part.version) for part in _models() if part.version]


def source_address() -> str:
    """Return where the source of Classmood is published, or "" if the project names no place."""
    for line in _own_metadata("Project-URL"):
        label, _, address = line.partition(",")
        if label.strip().lower() in ("source", "repository"):
            return address.strip()
    return ""


def source_archive(root: Path = _ROOT) -> Path | None:
    """Return the archive with the source of this version that lies beside a bundled program, if any."""
    for folder in (root, root.parent):  # PyInstaller keeps data one folder below the program
        for path in sorted(folder.glob(f"classmood-{__version__}-source.*")):
            return path
    return None


def _requirements(name: str) -> list[str]:
    """Return what a distribution requires without its extras."""
    lines = _own_requirements() if name == "classmood" else metadata.requires(name) or []
    found = []
    for line in lines:
        requirement, _, marker = line.partition(";")
        match = re.match(r"\s*([A-Za-z0-9._-]+)", requirement)
        if match is not None and "extra" not in marker:
            found.append(match[1])
    return found


def _own_requirements() -> list[str]:
    project = _ROOT / "pyproject.toml"
    if project.is_file():  # a checkout that need not be installed
        found: list[str] = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
        return found
    try:
        return metadata.requires("classmood") or []
    except metadata.PackageNotFoundError:
        return []


def _own_metadata(key: str) -> list[str]:
    project = _ROOT / "pyproject.toml"
    if project.is_file():
        urls = tomllib.loads(project.read_text(encoding="utf-8"))["project"].get("urls", {})
        return [f"{label}, {address}" for label, address in urls.items()]
    try:
        return metadata.metadata("classmood").get_all(key) or []
    except metadata.PackageNotFoundError:
        return []


def _classmood() -> Part:
    text = _first_text((_ROOT / "LICENSE",))
    if not text:  # installed as a wheel
        installed = _distribution("classmood")
        text = installed.texts[0].text if installed is not None and installed.texts else ""
    return Part("Classmood", __version__, LICENCE, "program", source_address(), (LegalText("LICENSE", text),))


def _models() -> list[Part]:
    """Return the networks with their cards, which name the data they learned from, and the demo's faces."""
    found = []
    for card in sorted(WEIGHTS.glob("*.md")):
        text = card.read_text(encoding="utf-8")
        named = re.search(r"\*\*([\w-]+) ([\w.]+)\*\*", text)
        name, version = named.groups() if named else (card.stem, "")
        found.append(Part(name, version, LICENCE, "model", "", (LegalText(card.name, text),)))
    faces = ASSETS / "demo" / "README.md"
    if faces.is_file():
        texts = (LegalText(faces.name, faces.read_text(encoding="utf-8")),)
        found.append(Part("Faces of the demo classroom", "", LICENCE, "model", "", texts))
    return found


def _python() -> Part:
    stdlib, base = Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix)
    here = (stdlib / "LICENSE.txt", base / "LICENSE.txt", base / "LICENSE", _TEXTS / "Python.txt")
    texts = (LegalText("LICENSE", _first_text(here)),)
    return Part("Python", platform.python_version(), "PSF-2.0", "runtime", "https://www.python.org", texts)


def _inside(libraries: dict[str, Part]) -> list[Part]:
    """Return what other parts bring along and what deserves a line of its own."""
    found = []
    qt = libraries.get("pyside6-essentials")
    if qt is not None:
        texts = (*_standard("LGPL-3.0"), *_shipped("Qt-third-party.txt"))
        found.append(Part("Qt", qt.version, "LGPL-3.0-only", "library", "https://www.qt.io", texts))
    opencv = libraries.get("opencv-python") or libraries.get("opencv-python-headless")  # as in the bundle
    if opencv is not None:
        texts = (*_standard("LGPL-2.1"), *(text for text in opencv.texts if "3rd" in text.title.lower()))
        version, address = _ffmpeg_version(opencv.name), "https://ffmpeg.org"
        found.append(Part("FFmpeg (in OpenCV)", version, "LGPL-2.1-or-later", "library", address, texts))
        cascade = _cascade_licence(opencv.name)
        if cascade:
            licence = "Intel License Agreement (BSD-3-Clause)"
            texts = (LegalText("haarcascade_frontalface_alt2.xml", cascade),)
            found.append(Part("Haar cascades (in OpenCV)", "", licence, "model", opencv.address, texts))
    return found


def _ffmpeg_version(opencv: str) -> str:
    """Return the version of FFmpeg's codecs as the name of its library in OpenCV's wheel says it."""
    for file in metadata.files(opencv) or ():
        match = re.search(r"avcodec[^/]*?(\d+\.\d+\.\d+)", file.name)
        if match is not None:
            return f"libavcodec {match[1]}"
    return ""


def _cascade_licence(opencv: str) -> str:
    for file in metadata.files(opencv) or ():
        if file.name == "haarcascade_frontalface_alt2.xml":
            head = Path(str(file.locate())).read_text(encoding="utf-8")[:10_000]
            start, end = head.find("<!--"), head.find("-->")
            return head[start + 4 : end].strip() if 0 <= start < end else ""
    return ""


def _distribution(name: str) -> Part | None:
    try:
        installed = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    licence = _licence_of(installed)
    texts = _texts_of(installed) or _standard(licence)
    return Part(installed.name, installed.version, licence, "library", _address_of(installed), texts)


def _licence_of(installed: metadata.Distribution) -> str:
    """Return an expression, else the authors' words if they are no whole text, else the classifier."""
    about = installed.metadata
    for words in (*about.get_all("License-Expression", []), *about.get_all("License", [])):
        if len(words) < 80 and "\n" not in words.strip():
            return str(words).strip()
    for classifier in about.get_all("Classifier", []):
        if classifier.startswith("License :: "):
            return str(classifier).rpartition(" :: ")[2]
    return "see its text"


def _address_of(installed: metadata.Distribution) -> str:
    labelled = dict[str, str]()
    for line in installed.metadata.get_all("Project-URL") or ():
        label, _, address = line.partition(",")
        labelled.setdefault(label.strip().lower(), address.strip())
    for label in ("homepage", "home", "source", "source code", "repository", "code", "documentation"):
        if label in labelled:
            return labelled[label]
    return next(iter([*map(str, installed.metadata.get_all("Home-page", [])), *labelled.values()]), "")


def _texts_of(installed: metadata.Distribution) -> tuple[LegalText, ...]:
    """Return the legal texts among the files of a distribution, each once."""
    found: dict[str, LegalText] = {}
    for file in sorted(installed.files or (), key=str):
        if not _LEGAL_FILE.match(file.name) or file.suffix.lower() in _NOT_LEGAL:
            continue
        text = _first_text((Path(str(file.locate())),))
        if text:
            title = re.sub(r"^[^/]*\.dist-info/(licenses/)?", "", file.as_posix())
            found.setdefault(text, LegalText(title, text))
    return tuple(found.values())


def _standard(licence: str) -> tuple[LegalText, ...]:
    for identifier, names in _STANDARD.items():
        if identifier in licence:
            return _shipped(*names)
    return ()


def _shipped(*names: str) -> tuple[LegalText, ...]:
    texts = ((name, _first_text((_TEXTS / name,))) for name in names)
    return tuple(LegalText(name.removesuffix(".txt"), text) for name, text in texts if text)


def _first_text(paths: Iterable[Path]) -> str:
    for path in paths:
        if path.is_file() and path.stat().st_size < _LONGEST:
            return path.read_text(encoding="utf-8", errors="replace").strip()
    return ""


def _normal(name: str) -> str:
    """Return a distribution's name as PEP 503 compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()
