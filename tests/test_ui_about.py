"""About and licences: versions, the offer of source, every licence found by its words."""

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop import __version__
from desktop.licences import LegalText, Part
from desktop.ui.about_dialog import AboutDialog
from desktop.ui.licences_dialog import LicencesDialog
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN

PARTS = (
    Part("Classmood", "0.1.0", "AGPL-3.0-or-later", "program", "", (LegalText("LICENSE", "Affero"),)),
    Part("Qt", "6.11.3", "LGPL-3.0-only", "library", "https://www.qt.io", (LegalText("LGPL", "Lesser"),)),
    Part("numpy", "2.4.6", "BSD", "library", "", (LegalText("a", "Permission"), LegalText("b", "OpenBLAS"))),
)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, data=tmp_path)


@pytest.fixture
def licences(desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> LicencesDialog:
    monkeypatch.setattr("desktop.ui.licences_dialog.parts", lambda: PARTS)
    dialog = LicencesDialog(desk.parts, desk.window)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.list.count() == len(PARTS))
    return dialog


def shown(dialog: LicencesDialog) -> list[str]:
    items = [dialog.list.item(row) for row in range(dialog.list.count())]
    return [item.text() for item in items if not item.isHidden()]


def test_about_tells_versions_model_law_and_source(desk: Desk, qtbot: QtBot) -> None:
    desk.window.commands.about.trigger()
    (dialog,) = desk.window.findChildren(AboutDialog)
    assert __version__ in dialog.version.text()
    assert "emotion-yolov8n" in dialog.models.text() and "face-yolov8" in dialog.models.text()
    said = "\n".join(text.text() for text in dialog.texts)
    assert "Article 5(1)(f)" in said and "Affero" in said and "source code" in said
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert f"Classmood {__version__}" in copied and "Qt " in copied
    dialog.licences_button.click()
    assert dialog.findChild(LicencesDialog) is not None


@pytest.mark.parametrize(
    ("archive", "address", "frozen", "words"),
    [
        ("classmood-source.tar.xz", "", True, "classmood-source.tar.xz"),
        ("", "https://example.org/classmood", True, "https://example.org/classmood"),
        ("", "", True, "when you ask"),
        ("", "", False, "You are running it from its source code"),
    ],
)
def test_the_source_is_offered_however_the_program_was_handed_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, archive: str, address: str, frozen: bool, words: str
) -> None:
    monkeypatch.setattr("desktop.ui.about_dialog.source_archive", lambda: Path(archive) if archive else None)
    monkeypatch.setattr("desktop.ui.about_dialog.source_address", lambda: address)
    monkeypatch.setattr("sys.frozen", frozen, raising=False)
    dialog = AboutDialog(desk.parts, desk.window)
    assert words in dialog.texts[2].text()
    assert dialog.source_button.isHidden() == (not archive and not address)


def test_all_parts_are_listed_and_the_first_is_shown(licences: LicencesDialog) -> None:
    assert shown(licences) == ["Classmood", "Qt", "numpy"]
    assert licences.title.text() == "Classmood 0.1.0"
    assert "Affero" in licences.text.toPlainText()
    assert licences.text.isReadOnly()


def test_words_find_names_licences_and_texts(licences: LicencesDialog) -> None:
    for words, found in (("qt", ["Qt"]), ("LGPL", ["Qt"]), ("openblas", ["numpy"]), ("zzz", [])):
        licences.search.setText(words)
        assert shown(licences) == found
    licences.search.setText("OpenBLAS")
    assert licences.title.text() == "numpy 2.4.6"
    assert licences.text.textCursor().selectedText() == "OpenBLAS"
    assert licences.state.text() == "1 of 3 parts"
    licences.search.clear()
    assert len(shown(licences)) == 3
    assert licences.title.text() == "numpy 2.4.6"  # what was read stays


def test_a_text_is_shown_as_text(licences: LicencesDialog) -> None:
    licences.list.setCurrentRow(1)
    assert licences.facts.text() == "LGPL-3.0-only\nhttps://www.qt.io"
    assert not licences.facts.openExternalLinks()


def test_the_real_licences_are_read(desk: Desk, qtbot: QtBot) -> None:
    dialog = LicencesDialog(desk.parts, desk.window)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.list.count() > 20)
    dialog.search.setText("ffmpeg")
    assert "FFmpeg (in OpenCV)" in shown(dialog)
