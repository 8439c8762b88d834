"""Translations are complete, up to date with the code, and compiled from what stands in the .ts files."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from desktop.paths import ASSETS

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ASSETS / "translations"
TOOLS = Path(sys.executable).parent
FORMS = {"en": 2, "uk": 3}  # plural forms


def messages(ts: Path) -> dict[tuple[str, str], ET.Element]:
    """Return every message by context and source text."""
    found = {}
    for context in ET.parse(ts).getroot().iter("context"):  # noqa: S314  # our own file
        for message in context.iter("message"):
            found[(context.findtext("name", ""), message.findtext("source", ""))] = message
    return found


def texts(message: ET.Element) -> list[str]:
    translation = message.find("translation")
    assert translation is not None
    return [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]


def run(tool: str, *arguments: str | Path) -> None:
    path = TOOLS / tool
    if not path.exists():
        pytest.skip(f"{tool} is not installed beside this Python")
    done = subprocess.run([path, *arguments], check=False, capture_output=True, text=True, timeout=120)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_text_of_the_window_is_translated(tmp_path: Path, language: str) -> None:
    rules = dict(re.findall(r"^(\w+) := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE))
    folders = re.findall(r"addsuffix /\*\.py,([\w ]+)", rules["SAID"])[0].split()
    sources = [path for folder in folders for path in sorted((ROOT / "desktop" / folder).glob("*.py"))]
    sources += [ROOT / "desktop" / name for name in ("emotion_model.py", "registry.py", "settings.py")]
    sources += [*sorted((ROOT / "models").glob("*.py"))]
    fresh = tmp_path / "fresh.ts"
    options = ["-source-language", "en", "-tr-function-alias", rules["ALIASES"]]
    if language == "en":
        options.append("-pluralonly")
    run("pyside6-lupdate", *sources, "-ts", fresh, *options)
    committed = messages(TRANSLATIONS / f"classmood_{language}.ts")
    wanted = messages(fresh)
    assert len(wanted) >= (2 if language == "en" else 100)
    assert set(committed) == set(wanted)
    for (_, source), message in committed.items():
        translation = message.find("translation")
        assert translation is not None
        assert translation.get("type") is None, f"unfinished: {source}"
        assert all(texts(message)), f"untranslated: {source}"
        if message.get("numerus") == "yes":
            assert len(texts(message)) == FORMS[language]


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_compiled_file_holds_what_the_text_file_says(tmp_path: Path, language: str) -> None:
    fresh = tmp_path / "fresh.qm"
    run("pyside6-lrelease", TRANSLATIONS / f"classmood_{language}.ts", "-qm", fresh)
    assert fresh.read_bytes() == (TRANSLATIONS / f"classmood_{language}.qm").read_bytes()


def test_names_to_fill_in_survive_translation() -> None:
    for (_, source), message in messages(TRANSLATIONS / "classmood_uk.ts").items():
        wanted = sorted(re.findall(r"\{\w+\}|%n|%s", source))
        for text in texts(message):
            assert sorted(re.findall(r"\{\w+\}|%n|%s", text)) == wanted, source


def test_errors_have_a_name_for_everything_that_fills_them() -> None:
    """An f-string instead would be collected with its expressions, and never be found again."""
    for _, source in messages(TRANSLATIONS / "classmood_uk.ts"):
        assert not re.search(r"\{[^}]*[.()\[\]]", source), source


def test_ukrainian_is_ukrainian() -> None:
    """No letter that Ukrainian does not have, and no sentence left in English."""
    for (_, source), message in messages(TRANSLATIONS / "classmood_uk.ts").items():
        for text in texts(message):
            assert not re.search(r"[ыэъё]", text.lower()), text
            if len(source) > 12:
                assert re.search(r"[а-яіїєґ]", text.lower()), source


def test_punctuation_at_the_end_is_kept() -> None:
    for (_, source), message in messages(TRANSLATIONS / "classmood_uk.ts").items():
        for text in texts(message):
            for mark in (".", "…", ":"):
                assert source.endswith(mark) == text.endswith(mark), source
