"""Delete everything: no file of the data folder holds a byte of what was recorded, whatever it was called."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from desktop.paths import DataDir
from desktop.segments import Marker
from desktop.settings import Settings
from desktop.statistics import Interval, SessionDetails
from desktop.store import Claims, SessionStore, StoreError, erase_everything, store_for
from desktop.store.copies import back_up
from desktop.ui.settings_dialog import SettingsDialog
from tests.fake_ui import OFFSCREEN, Desk
from tests.test_sessions_cli import run

REMARK = "Ganz-geheime-Klasse-7b"
BEGAN = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
DETAILS = SessionDetails(REMARK, REMARK, REMARK, f"{REMARK} " * 100)


def record(store: SessionStore, ended: bool = True) -> str:
    session_id = store.create(DETAILS, BEGAN, "model", REMARK).id
    store.append_all(session_id, [Interval(n, 10, 0, 4.0, 0.1, 0.5, None) for n in range(300)])
    store.set_markers(session_id, [Marker(3, REMARK)])
    if ended:
        store.finish(session_id, BEGAN + timedelta(minutes=5))
    return session_id


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    """Return a data folder in which a session lies in every place where one can."""
    folder = DataDir(tmp_path / "data")
    folder.create()
    with closing(store_for(Settings(), folder)) as store:
        record(store)
        session_id = record(store, ended=False)
        claims = Claims(folder.root)
        claims.claim(session_id)
        claims.give_up()  # as a program that was killed does
    back_up(folder.database, "0001")
    waiting = folder.root / "waiting-0123456789ab.db"
    with closing(SessionStore(URL.create("sqlite", database=str(waiting)))) as store:
        record(store)
    for name in ("classmood.log", "classmood.log.1"):
        (folder.logs / name).write_text(f"file {REMARK}.mp4\n")
    folder.settings.write_text("notice_accepted = true\n")
    assert len(remains(folder)) >= 5  # two databases, a copy, two logs
    return folder


def remains(folder: DataDir) -> list[str]:
    """Return the files that still hold something of a session."""
    needles = [REMARK.encode(), REMARK.encode("utf-16-le")]
    files = [path for path in folder.root.rglob("*") if path.is_file()]
    return [path.name for path in files if any(needle in path.read_bytes() for needle in needles)]


def test_everything_is_deleted_for_good(data: DataDir) -> None:
    code, out, _ = run(data.root, "delete", "--all", "--yes")
    assert (code, out) == (0, "Deleted everything: 3 sessions.\n")
    assert remains(data) == []
    assert not list(data.root.glob("*.recording"))
    assert data.settings.exists()
    assert run(data.root, "list", "--json")[1] == "[]\n"


def test_everything_is_asked_for_first(data: DataDir) -> None:
    code, out, _ = run(data.root, "delete", "--all", answer="n\n")
    assert code == 1
    assert "Delete all sessions" in out
    with closing(store_for(Settings(), data)) as store:
        assert len(store.list()) == 2


@pytest.mark.parametrize("arguments", [("delete",), ("delete", "abcd", "--all")])
def test_either_one_session_or_all(data: DataDir, arguments: tuple[str, ...]) -> None:
    assert run(data.root, *arguments, "--yes")[0] == 2


def test_a_session_that_is_being_recorded_is_not_deleted(data: DataDir) -> None:
    with closing(store_for(Settings(), data)) as store:
        running = record(store, ended=False)
    claims = Claims(data.root)
    claims.claim(running)
    for arguments in (("delete", "--all", "--yes"), ("delete", running, "--yes")):
        code, _, err = run(data.root, *arguments)
        assert code == 1
        assert "being recorded" in err
    claims.release(running)
    assert run(data.root, "delete", "--all", "--yes")[0] == 0
    assert remains(data) == []


def test_nothing_remains_although_another_window_has_the_database_open(data: DataDir) -> None:
    with closing(store_for(Settings(), data)) as window:
        assert len(window.list()) == 2
        assert run(data.root, "delete", "--all", "--yes")[0] == 0
        assert remains(data) == []
        assert window.list() == ()


def test_what_another_reader_held_up_is_wiped_when_the_store_is_closed(data: DataDir) -> None:
    store = SessionStore(URL.create("sqlite", database=str(data.database)), busy_timeout_s=0.01)
    reader = sqlite3.connect(data.database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM session").fetchall()
    erase_everything(store, data)
    assert remains(data)  # the reader still sees it
    reader.close()
    store.close()
    assert remains(data) == []


def test_a_database_named_elsewhere_is_emptied_too(data: DataDir, tmp_path: Path) -> None:
    with closing(SessionStore(URL.create("sqlite", database=str(tmp_path / "other.db")))) as store:
        record(store)
        assert erase_everything(store, data) == 4
        assert store.list() == ()
    assert remains(DataDir(tmp_path)) == []


def test_nothing_to_delete_is_no_error(tmp_path: Path) -> None:
    with closing(store_for(Settings(), DataDir(tmp_path))) as store:
        assert erase_everything(store, DataDir(tmp_path)) == 0
    assert not list(tmp_path.iterdir())


@pytest.fixture
def dialog(qtbot: QtBot, data: DataDir) -> Iterator[SettingsDialog]:
    desk = Desk(qtbot, data=data.root)
    dialog = SettingsDialog(Settings(), desk.parts)
    qtbot.addWidget(dialog)
    yield dialog
    dialog.close()


@OFFSCREEN
def test_the_settings_delete_everything(qtbot: QtBot, dialog: SettingsDialog, data: DataDir) -> None:
    erase = dialog.storage.erase
    with qtbot.waitSignal(erase.erased, timeout=10_000):
        erase.button.click()
    assert erase.said.text().startswith("3 session")
    assert remains(data) == []


@OFFSCREEN
def test_the_settings_say_why_nothing_was_deleted(
    qtbot: QtBot, dialog: SettingsDialog, data: DataDir
) -> None:
    claims = Claims(data.root)
    claims.claim("0123")
    erase = dialog.storage.erase
    erase.button.click()
    qtbot.waitUntil(lambda: "being recorded" in erase.said.text(), timeout=10_000)
    claims.release("0123")
    dialog.storage.set_at_rest(False)
    assert not erase.button.isEnabled()


def test_a_recording_program_keeps_everything_from_being_deleted(data: DataDir) -> None:
    claims = Claims(data.root)
    claims.claim("0123")
    with (
        closing(store_for(Settings(), data)) as store,
        pytest.raises(StoreError, match="being recorded"),
    ):
        erase_everything(store, data)
    claims.release("0123")
