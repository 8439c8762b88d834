"""A database that takes nothing: another file is offered, in mid-lesson and when the window closes."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.exports.errors import ImportFileError
from desktop.exports.imports import read_sessions
from desktop.segments import Marker
from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore, StoreError
from models.errors import said
from tests.fake_ui import OFFSCREEN, Desk

REFUSAL = said("Can not store the lesson: the disk is full. Free some space.")
DETAILS = SessionDetails(course="Physics")


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    desk = Desk(qtbot)
    desk.open_camera()
    desk.window.start_session()
    desk.engine.storage_failed.emit(REFUSAL)
    return desk


def offered(desk: Desk) -> list[QPushButton]:
    buttons = desk.window.workspace.banners.findChildren(QPushButton)
    return [button for button in buttons if button.text().startswith("Save elsewhere")]


@OFFSCREEN
def test_the_message_offers_another_file(desk: Desk, tmp_path: Path) -> None:
    desk.prompts.path = tmp_path / "stick.db"
    (button,) = offered(desk)
    button.click()
    assert desk.engine.calls[-1] == ("save_elsewhere", tmp_path / "stick.db")
    assert "stick.db" in desk.window.workspace.banners.text("elsewhere")


@OFFSCREEN
def test_the_offer_stays_until_a_file_is_chosen(qtbot: QtBot, desk: Desk) -> None:
    desk.prompts.path = None
    (button,) = offered(desk)
    button.click()
    qtbot.waitUntil(lambda: len(offered(desk)) == 1 and offered(desk) != [button])
    desk.engine.storage_failed.emit(REFUSAL)  # the same words again: no second button
    assert len(offered(desk)) == 1
    desk.engine.storage_recovered.emit()
    qtbot.waitUntil(lambda: not offered(desk))


@OFFSCREEN
@pytest.mark.parametrize(
    ("answer", "path", "closes"),
    [
        ("stay", None, False),
        ("elsewhere", None, False),
        ("elsewhere", "stick.db", True),
        ("give up", None, True),
    ],
)
def test_closing_over_what_is_not_saved_asks_first(
    desk: Desk, tmp_path: Path, answer: str, path: str | None, closes: bool
) -> None:
    desk.engine.unsaved = 3
    desk.prompts.unsaved = answer  # type: ignore[assignment]  # one of the three
    desk.prompts.path = None if path is None else tmp_path / path
    desk.window.close()
    assert "unsaved" in desk.prompts.asked
    assert ("shutdown" in desk.engine.names()) is closes
    assert ("save_elsewhere" in desk.engine.names()) is (path is not None)
    desk.engine.unsaved = 0


@OFFSCREEN
def test_nobody_is_asked_when_all_is_saved_or_nobody_is_there(desk: Desk) -> None:
    desk.engine.unsaved = 3
    desk.window.close_without_asking()
    assert "unsaved" not in desk.prompts.asked
    desk.engine.unsaved = 0


def test_the_other_file_is_imported_like_an_export(tmp_path: Path) -> None:
    file = tmp_path / "stick.db"
    with closing(SessionStore(f"sqlite:///{file}")) as store:
        session_id = store.create(DETAILS, datetime(2026, 3, 2, tzinfo=UTC), "model", "demo").id
        store.append_all(session_id, [Interval(n, 10, 0, 0.0, 0.0, 0.5, None) for n in range(5)])
        store.set_markers(session_id, [Marker(2, "quiz")])
        before = store.load(session_id)
        assert read_sessions(file) == [before]  # while it is open, and not checkpointed yet
    assert read_sessions(file) == [before]


def test_a_damaged_or_hostile_database_is_refused(tmp_path: Path) -> None:
    damaged, hostile = tmp_path / "damaged.db", tmp_path / "hostile.db"
    damaged.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(StoreError, match="damaged"):
        read_sessions(damaged)
    with closing(SessionStore(f"sqlite:///{hostile}")) as store:
        store.begin("../../etc/passwd", DETAILS, datetime(2026, 3, 2, tzinfo=UTC), "model", "demo")
    with pytest.raises(ImportFileError, match="not an export"):
        read_sessions(hostile)
