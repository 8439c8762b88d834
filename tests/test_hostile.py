"""Untrusted text: what a hostile hand typed comes out of every outlet as text; no outlet obeys it."""

import csv
import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from typer.testing import CliRunner

from desktop import sessions
from desktop.capture.frame import SourceInfo
from desktop.exports import export_sessions, read_sessions
from desktop.logs import Redaction, log_to_file
from desktop.report import compared, comparison_page, lesson_page, page_html, page_pdf
from desktop.segments import Marker
from desktop.settings import Settings, load_settings, save_settings
from desktop.statistics import SessionDetails
from desktop.store import SessionStore
from desktop.ui.history_model import Column
from desktop.ui.history_window import HistoryWindow
from desktop.ui.report_window import file_name_for
from tests.fake_ui import OFFSCREEN, Desk
from tests.lessons import lesson_of, opened, stored
from tests.reports import parsed

HOSTILE = {
    "sql": "'); DROP TABLE session;-- \" OR 1=1",
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)><b>bold</b>",
    "svg": "]]></text><svg onload=alert(1)>&lt;&#x41;",
    "template": "{{ 7 * 7 }}{% for x in y %} {0} {name!r} %s %n %(x)s ${HOME} `id`",
    "terminal": "\x1b]0;owned\x07\x1b[2J\x9b31m\x08\x7f",
    "lines": "first\r\n2026-01-01 00:00:00,000 CRITICAL desktop: forged\u2028x",
    "path": "../../../etc/passwd\\..\\C:\\CON/\0",
    "direction": "\u202egpj.exe\u202c \u2066left\u2069",
    "formula": '=HYPERLINK("http://x","y")',
    "command": "@SUM(1)|cmd /c calc",
    "markup": "[red]x[/red] [link=http://x]y[/link] &amp; &menu",
    "letters": "\ud800 e\u0301\u0301\u0301 \U0010ffff",
    "long": "x<y" * 350_000,
}
STEERING = set(map(chr, (*range(9), 11, 12, *range(14, 32), 127, 0x9B))) | set(
    "\r\u202e\u202c\u2066\u2069\u2028"
)
pytestmark = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    with opened(tmp_path / "data") as made:
        yield made


@pytest.fixture
def session_id(store: SessionStore, text: str) -> str:
    """Store two lessons that hold the text wherever a lesson can hold one."""
    for day in (0, 1):
        details = SessionDetails(text, text, text, text)
        last = stored(
            store, lesson_of(day, (0.0, 1.0), 40), (Marker(0, text), Marker(40, "quiz")), details, day
        )
    return last


def test_store_and_json_give_the_text_back(
    store: SessionStore, session_id: str, text: str, tmp_path: Path
) -> None:
    assert len(store.list()) == 2
    kept = store.show(session_id).details
    plain = text.replace("\0", "").replace("\ud800", "\ufffd").strip()
    assert kept.note == plain[:10_000]
    assert kept.course == plain[:200]
    (file,) = export_sessions(store, [session_id], "json", tmp_path / "a.json")
    (again,) = read_sessions(file)
    assert again.record.details == kept
    store.check()


@pytest.mark.parametrize("command", [["list"], ["show", "ID"], ["list", "--json"], ["show", "ID", "--json"]])
def test_the_command_line_prints_it_without_obeying(
    store: SessionStore, session_id: str, tmp_path: Path, text: str, command: list[str]
) -> None:
    words = [session_id if word == "ID" else word for word in command]
    outcome = CliRunner().invoke(sessions.app, [*words, "--data-dir", str(tmp_path / "data")])
    assert outcome.exit_code == 0, outcome.stderr
    assert not STEERING & set(outcome.stdout)
    if "--json" in command:
        json.loads(outcome.stdout)
    elif text == HOSTILE["markup"]:
        assert "[red]x[/red]" in outcome.stdout


@pytest.mark.parametrize("language", ["en", "uk"])
def test_reports_and_comparisons_escape_it(
    qapp: QApplication, store: SessionStore, session_id: str, text: str, language: str
) -> None:
    pages = [lesson_page(store, session_id, language)]
    pages += [
        comparison_page(compared(store, what), language) for what in ("teacher", "group", "course", "kind")
    ]
    for page in pages:
        html = page_html(page)
        seen = parsed(html)
        assert not {tag for tag, _ in seen.tags} & {"script", "img", "a", "iframe", "link"}
        assert not [name for _, names in seen.tags for name in names if name.startswith("on")]
        if text == HOSTILE["template"]:
            assert "{{ 7 * 7 }}" in seen.text
        assert not (STEERING - set("\t\u2028\u2066\u2069")) & set(html)
    pdf = page_pdf(pages[0])
    assert pdf.startswith(b"%PDF")
    assert not [key for key in (b"/JavaScript", b"/JS ", b"/URI", b"/Launch") if key in pdf]


def test_no_export_starts_a_formula(store: SessionStore, session_id: str, text: str, tmp_path: Path) -> None:
    for file in export_sessions(store, [session_id], "csv", tmp_path / "csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                for name in ("course", "group", "teacher", "note", "kind"):
                    assert not row.get(name, "").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    (book,) = export_sessions(store, [session_id], "xlsx", tmp_path / "a.xlsx")
    with zipfile.ZipFile(book) as parts:
        for part in parts.namelist():
            content = parts.read(part)
            assert b"<f>" not in content and b"<hyperlink" not in content
            if part.endswith(".xml"):
                ElementTree.fromstring(content)  # noqa: S314  (our own)
    assert export_sessions(store, [session_id], "parquet", tmp_path / "p")


def test_file_names_made_of_it_stay_in_their_folder(text: str) -> None:
    name = file_name_for(text)
    assert 0 < len(name) <= 60
    assert not set(name) & set('/\\:*?"<>|\0\r\n') and not STEERING & set(name)
    assert Path(name).name == name and not name.startswith(".")


def test_the_log_keeps_it_in_one_record(tmp_path: Path, text: str) -> None:
    before = logging.getLogger().handlers[:]
    try:
        log_to_file(tmp_path, Redaction())
        logging.getLogger("desktop").warning("left out: %s", text.replace("\ud800", ""))
        written = (tmp_path / "classmood.log").read_bytes().decode()
    finally:
        for handler in logging.getLogger().handlers[:]:
            if handler not in before:
                logging.getLogger().removeHandler(handler)
                handler.close()
        logging.getLogger().handlers[:] = before
    assert not STEERING & set(written)
    assert [line for line in written.splitlines() if not line.startswith("    ")] == written.splitlines()[:1]


def test_settings_keep_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.toml"
    settings = Settings()
    settings.camera.source = settings.storage.database = text.replace("\ud800", "").replace("\0", "")[
        :100_000
    ]
    settings.activities.key_1 = settings.camera.source[:100]
    save_settings(path, settings)
    assert load_settings(path) == settings


@OFFSCREEN
def test_the_window_shows_it_as_text(qtbot: QtBot, tmp_path: Path, text: str) -> None:
    short = text.replace("\ud800", "")[:2000]
    settings = Settings(notice_accepted=True)
    settings.activities.key_1 = short[:100]
    desk = Desk(qtbot, settings, tmp_path)
    details = SessionDetails(short, short, short, short)
    stored(desk.store, lesson_of(1, (0.0,), 40), (Marker(0, short),), details)
    desk.show(qtbot)
    desk.window.open_source("0")
    desk.engine.source_opened.emit(SourceInfo(short, "video", False, 25.0, (640, 360), None))
    desk.window.commands.history.trigger()
    history = desk.window.findChild(HistoryWindow)
    assert history is not None
    qtbot.waitUntil(lambda: history.shown.rowCount() == 1)
    for widget in (*desk.window.findChildren(QLabel), *history.findChildren(QLabel)):
        assert "<" not in widget.text() or widget.textFormat() == Qt.TextFormat.PlainText, widget.text()
        assert _plain(widget.toolTip())
    index = history.shown.index(0, Column.COURSE)
    assert _plain(index.data(3))  # its tool tip


def _plain(tip: str) -> bool:
    """Return whether a tool tip holds no tag but the one that makes it plain."""
    return tip.count("<") == (2 if tip.startswith("<span") else 0)
