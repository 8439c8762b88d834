"""Errors as sentences: English where nobody translates, the language in use where somebody does."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from socket import gaierror
from ssl import SSLError
from urllib.error import URLError

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.capture.frame import CaptureError
from desktop.capture.sources import open_source
from desktop.exports import ImportFileError, read_sessions
from desktop.paths import ASSETS
from desktop.store import SessionStore, StoreError
from desktop.ui.language import LanguageController
from desktop.ui.words import told
from models.detectors import create_detector
from models.errors import KnownError, ModelError, os_reason, said


def test_text_that_fills_nothing_stays_as_it_is() -> None:
    assert str(KnownError("{not a place} 100 %")) == "{not a place} 100 %"
    assert str(said("{name} is here.", name="{Ada}")) == "{Ada} is here."


def test_the_systems_reason_is_the_systems() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(os_reason(full)) == os.strerror(errno.ENOSPC)
    assert str(os_reason(OSError("odd"))) == "odd"


def test_why_nobody_answers_is_said_in_words() -> None:
    refused = URLError(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"))
    assert str(os_reason(refused)) == "nobody answers there"
    assert str(os_reason(URLError(TimeoutError("timed out")))) == "nobody answers there"
    assert "the name right" in str(os_reason(URLError(gaierror(-2, "Name or service not known"))))
    untrusted = SSLError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    untrusted.reason = "CERTIFICATE_VERIFY_FAILED"  # as the system sets it
    assert str(os_reason(URLError(untrusted))) == untrusted.strerror
    assert str(os_reason(URLError("unknown url type: ftp"))) == "unknown url type: ftp"


@pytest.fixture
def ukrainian(qtbot: QtBot) -> Iterator[None]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    languages = LanguageController(app, ASSETS / "translations")
    languages.apply("uk")
    yield
    languages.apply("en")


@pytest.mark.usefixtures("ukrainian")
def test_what_a_teacher_may_meet_is_said_in_ukrainian(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "letter.txt").write_text("Dear headmaster, " * 100)
    (tmp_path / "foreign.json").write_text("{}")
    store = SessionStore(f"sqlite:///{tmp_path / 'letter.txt'}")

    def missing() -> object:
        return open_source(str(tmp_path / "none.mp4"), width=640, height=480)

    def empty() -> object:
        return open_source(str(tmp_path / "empty.mp4"), width=640, height=480)

    for kind, act, english, ukrainian in (
        (CaptureError, missing, "There is no file or folder", "Немає ні файлу, ні теки"),
        (CaptureError, empty, "is empty (0 bytes)", "порожній (0 байтів)"),
        (StoreError, store.list, "not a database", "файл не є базою даних"),
        (
            ImportFileError,
            lambda: read_sessions(tmp_path / "foreign.json"),
            "not an export",
            "не є експортом",
        ),
        (
            ImportFileError,
            lambda: read_sessions(tmp_path / "none.json"),
            "No such file",
            "немає такого файлу",
        ),
        (ModelError, lambda: create_detector("yunet", models_dir=tmp_path), "not there yet", "ще немає"),
    ):
        with pytest.raises(kind) as raised:
            act()
        assert english in str(raised.value)
        assert ukrainian in told(raised.value.sentence)
    store.close()
