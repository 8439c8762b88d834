"""The session store: what is stored comes back, nothing twice, nothing lost, failures in plain words."""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert

from desktop.paths import DataDir
from desktop.segments import KIND_LIMIT, Marker
from desktop.settings import Settings, StorageSettings
from desktop.statistics import SessionDetails
from desktop.store import DETAIL_LIMITS, SessionStore, StoreError, UnknownSessionError, rows, store_for
from desktop.store.schema import session_table, summary_table
from models.errors import said
from tests.databases import ENGINES, empty_database
from tests.stored import DETAILS, SHARES, STARTED, begin, second

NewSession = Callable[[SessionStore], str]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "classmood.db"


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SessionStore]:
    """Return a store in a file, then one on a server: what a user notices is the same."""
    with empty_database(request.param, tmp_path) as address, closing(SessionStore(address)) as opened:
        yield opened


@pytest.fixture
def file_store(database: Path) -> Iterator[SessionStore]:
    with closing(SessionStore(f"sqlite:///{database}", busy_timeout_s=0.05)) as opened:
        yield opened


# What is stored comes back


def test_a_session_comes_back_as_it_was_recorded(store: SessionStore) -> None:
    session_id = begin(store)
    intervals = (second(0), second(1, faces=0.0), second(2))
    for interval in intervals:
        store.append(session_id, interval)
    store.finish(session_id, STARTED + timedelta(seconds=2.5))
    record = store.show(session_id)
    assert record.details == DETAILS
    assert record.finished
    assert record.started_at == STARTED
    assert record.started_at.tzinfo == UTC
    assert record.ended_at == STARTED + timedelta(seconds=2.5)
    assert record.summary.seconds == 3
    assert record.summary.shares == pytest.approx(SHARES)
    assert store.intervals(session_id) == intervals
    assert store.list() == (record,)


def test_json_has_the_documented_keys_and_utc_times(store: SessionStore) -> None:
    session_id = begin(store)
    store.append(session_id, second(0))
    store.finish(session_id, STARTED + timedelta(seconds=1))
    shown = json.loads(json.dumps(store.show(session_id).as_json()))
    assert shown["started_at"] == "2026-03-02T06:30:00Z"
    assert shown["ended_at"] == "2026-03-02T06:30:01Z"
    assert shown["seconds"] == 1
    assert shown["faces_mean"] == 5.0
    assert sum(shown["shares"].values()) == pytest.approx(1)
    assert {"id", "course", "group", "teacher", "note", "model"} <= shown.keys()


def test_a_session_without_faces_has_null_shares(store: SessionStore) -> None:
    session_id = begin(store)
    store.append(session_id, second(0, faces=0.0))
    store.finish(session_id, STARTED)
    assert set(store.show(session_id).as_json()["shares"].values()) == {None}


def test_newest_session_comes_first(store: SessionStore) -> None:
    ids = [store.create(DETAILS, STARTED + timedelta(days=day), "m", "demo").id for day in (1, 3, 2)]
    assert [record.id for record in store.list()] == [ids[1], ids[2], ids[0]]


def test_an_interrupted_session_ends_with_its_last_second(store: SessionStore) -> None:
    session_id = begin(store)
    assert store.show(session_id).ended_at is None
    store.append(session_id, second(41))
    record = store.show(session_id)
    assert not record.finished
    assert record.ended_at == STARTED + timedelta(seconds=42)
    assert record.summary.seconds == 1


def test_a_clock_set_back_does_not_end_a_session_before_its_last_second(store: SessionStore) -> None:
    session_id = begin(store)
    store.append(session_id, second(600))
    store.finish(session_id, STARTED - timedelta(hours=1))
    assert store.show(session_id).ended_at == STARTED + timedelta(seconds=600)


def test_a_time_without_zone_is_refused(store: SessionStore) -> None:
    with pytest.raises(ValueError, match="time zone"):
        store.create(DETAILS, datetime(2026, 3, 2), "m", "demo")


# Nothing twice


def test_every_write_may_be_repeated(store: SessionStore) -> None:
    for _ in range(2):
        store.begin("11111111-0000", DETAILS, STARTED, "m", "demo")
    store.append("11111111-0000", second(0))
    store.append("11111111-0000", second(0, faces=9.0))
    store.append_all("11111111-0000", [second(0), second(1), second(1), second(3)])
    for _ in range(2):
        store.finish("11111111-0000", STARTED)
    assert [i.second for i in store.intervals("11111111-0000")] == [0, 1, 3]
    assert store.intervals("11111111-0000")[0].faces == 5.0
    assert len(store.list()) == 1


def test_a_second_that_arrives_after_the_end_still_counts(store: SessionStore) -> None:
    session_id = begin(store)
    store.append(session_id, second(0))
    store.finish(session_id, STARTED)
    store.append(session_id, second(1))
    assert store.show(session_id).summary.seconds == 2


def test_threads_and_a_second_program_write_side_by_side(database: Path) -> None:
    stores = [SessionStore(f"sqlite:///{database}", busy_timeout_s=10) for _ in range(2)]
    ids = [begin(store) for store in stores]
    errors: list[StoreError] = []

    def record(number: int) -> None:
        try:
            for n in range(number, 40, 2):
                stores[number].append(ids[0], second(n))
                stores[number].append(ids[1], second(n))
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=record, args=(n,)) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    for session_id in ids:
        assert [i.second for i in stores[0].intervals(session_id)] == list(range(40))
    for store in stores:
        store.close()


# Markers


def test_markers_come_back_in_order_one_a_second(store: SessionStore) -> None:
    session_id = begin(store)
    assert store.markers(session_id) == ()
    for marker in (Marker(60, "quiz"), Marker(0, "lecture"), Marker(60, "break")):
        store.add_marker(session_id, marker)
    assert store.markers(session_id) == (Marker(0, "lecture"), Marker(60, "break"))
    assert store.markers("unknown") == ()


def test_corrected_markers_replace_all_others(store: SessionStore) -> None:
    session_id, other = begin(store), begin(store)
    for each in (session_id, other):
        store.set_markers(each, [Marker(0, "lecture"), Marker(60, "quiz")])
    for _ in range(2):
        store.set_markers(session_id, [Marker(30, "Контрольна"), Marker(5, "lecture")])
    assert store.markers(session_id) == (Marker(5, "lecture"), Marker(30, "Контрольна"))
    assert len(store.markers(other)) == 2
    store.set_markers(session_id, ())
    assert store.markers(session_id) == ()


def test_markers_of_a_session_that_is_not_there_are_refused(store: SessionStore) -> None:
    begin(store)
    with pytest.raises(UnknownSessionError):
        store.set_markers("unknown", [Marker(0, "quiz")])
    with pytest.raises(UnknownSessionError):
        store.add_marker("unknown", Marker(0, "quiz"))


def test_the_kind_of_a_marker_may_be_any_text(store: SessionStore) -> None:
    session_id = begin(store)
    hostile = "'); DROP TABLE marker; --\0\ud800" + "x" * 100_000
    store.add_marker(session_id, Marker(3, hostile))
    (marker,) = store.markers(session_id)
    assert marker.kind.startswith("'); DROP TABLE marker; --")
    assert len(marker.kind) == KIND_LIMIT


# Nothing lost


def test_what_was_acknowledged_survives_a_killed_program(database: Path) -> None:
    program = (
        "import os, sys; from tests.test_store import *\n"
        f"store = SessionStore('sqlite:///{database}'); session = begin(store)\n"
        "for n in range(20): store.append(session, second(n))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[1]
    )
    store = SessionStore(f"sqlite:///{database}")
    (record,) = store.list()
    assert not record.finished
    assert len(store.intervals(record.id)) == 20
    store.check()
    store.close()


@pytest.fixture
def full_disk() -> Iterator[Callable[[bool], None]]:
    """Return a switch: while it is on, no database file can grow (SQLite reports a full disk)."""
    state = {"full": False}

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0] if state["full"] else 1_000_000
        connection.execute(f"PRAGMA max_page_count={max(pages, 1)}")

    event.listen(Engine, "checkout", limit)
    yield lambda full: state.update(full=full)
    event.remove(Engine, "checkout", limit)


def test_a_full_disk_is_said_and_recording_goes_on_when_there_is_room(
    file_store: SessionStore, full_disk: Callable[[bool], None]
) -> None:
    session_id = begin(file_store)
    full_disk(True)
    stored = 0
    with pytest.raises(StoreError, match="disk is full"):
        for stored in range(1000):
            file_store.append(session_id, second(stored))
    full_disk(False)
    file_store.append(session_id, second(stored))
    assert [i.second for i in file_store.intervals(session_id)] == list(range(stored + 1))


def test_a_locked_database_is_said_and_written_when_it_is_free(
    file_store: SessionStore, database: Path
) -> None:
    session_id = begin(file_store)
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match=r"locked.*second Classmood"):
        file_store.append(session_id, second(0))
    other.execute("COMMIT")
    other.close()
    file_store.append(session_id, second(0))
    assert len(file_store.intervals(session_id)) == 1


def test_a_file_taken_away_is_noticed_instead_of_written_into_the_void(
    file_store: SessionStore, database: Path
) -> None:
    session_id = begin(file_store)
    for file in database.parent.iterdir():
        file.unlink()
    with pytest.raises(UnknownSessionError):
        file_store.append(session_id, second(0))
    file_store.begin(session_id, DETAILS, STARTED, "m", "demo")
    file_store.append(session_id, second(0))
    with closing(SessionStore(f"sqlite:///{database}")) as other:
        assert len(other.intervals(session_id)) == 1


# Many and long sessions


def test_a_thousand_sessions_list_and_a_long_one_loads_quickly(store: SessionStore) -> None:
    lesson = begin(store)
    store.append_all(lesson, [second(n) for n in range(90 * 60)])
    store.finish(lesson, STARTED + timedelta(minutes=90))
    record = store.show(lesson)
    with store._database.writing(said("fill the database")) as connection:
        for number in range(999):
            session_id = f"00000000-0000-4000-8000-{number:012}"
            row = {**rows.session_row(replace(record, id=session_id)), "ended_at": record.ended_at}
            connection.execute(insert(session_table).values(row))
            connection.execute(insert(summary_table).values(rows.summary_row(session_id, record.summary)))

    def fastest_s(call: Callable[[], object]) -> float:
        times = []
        for _ in range(3):
            started = time.perf_counter()
            call()
            times.append(time.perf_counter() - started)
        return min(times)

    assert len(store.list()) == 1000
    assert fastest_s(store.list) < 0.3  # measured: 0.02
    assert fastest_s(lambda: store.load(lesson)) < 0.3  # measured: 0.05


# Which session


def test_the_beginning_of_an_id_is_enough_if_no_other_begins_so(store: SessionStore) -> None:
    for session_id in ("abcd1111", "abcd2222"):
        store.begin(session_id, DETAILS, STARTED, "m", "demo")
    assert store.show(" ABCD1 ").id == "abcd1111"
    with pytest.raises(UnknownSessionError, match="More than one"):
        store.show("abcd")
    with pytest.raises(UnknownSessionError, match="first 4"):
        store.show("abc")


@pytest.mark.parametrize("hostile", ["%%%%", "____", "' OR 1=1 --", "abcd\0", "x" * 1_000_000, "\ud800abcd"])
def test_no_pattern_and_no_sql_matches_a_session(store: SessionStore, hostile: str) -> None:
    session_id = begin(store)
    for forbidden in (store.show, store.delete):
        with pytest.raises(UnknownSessionError) as caught:
            forbidden(hostile)
        assert len(str(caught.value)) < 500
    assert store.show(session_id).id == session_id


def test_recording_into_a_deleted_session_is_said(store: SessionStore) -> None:
    session_id = begin(store)
    store.delete(session_id)
    with pytest.raises(UnknownSessionError):
        store.append(session_id, second(0))
    with pytest.raises(UnknownSessionError):
        store.finish(session_id, STARTED)


# Hostile texts


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(), max_size=60))
def test_any_text_comes_back_as_it_was_but_for_what_no_database_keeps(store: SessionStore, text: str) -> None:
    session_id = begin(store, SessionDetails(text, text, text, text))
    expected = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text if c != "\0")
    details = store.show(session_id).details
    if not any("\ud800" <= c <= "\udfff" for c in text):
        assert details.note == expected.strip()
    details.note.encode("utf-8")
    json.dumps(store.show(session_id).as_json())


def test_sql_and_a_megabyte_are_only_text(store: SessionStore) -> None:
    sql = "'); DROP TABLE session; --"
    session_id = begin(store, SessionDetails(sql, "x" * 1_000_000, sql, "y" * 1_000_000))
    details = store.show(session_id).details
    assert details.course == sql
    assert len(details.group) == DETAIL_LIMITS["group"]
    assert len(details.note) == DETAIL_LIMITS["note"]


# Addresses


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("not an address", "can not be read"),
        ("sqlite://", "keeps nothing"),
        ("sqlite:///:memory:", "keeps nothing"),
        ("oracle+nodriver://x/y", "No driver"),
    ],
)
def test_an_address_that_can_not_be_used_is_said(address: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        begin(SessionStore(address))


def test_postgresql_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for address in ("postgresql+psycopg://u:secret@localhost/x", "postgres://u:secret@localhost/x"):
        with pytest.raises(StoreError, match=r"pip install 'classmood\[postgresql\]'") as caught:
            SessionStore(address)
        assert "secret" not in str(caught.value)


def test_the_settings_choose_the_database(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    assert store_for(Settings(), data_dir).place == str(data_dir.database)
    chosen = Settings(storage=StorageSettings(database=f"sqlite:///{tmp_path / 'other.db'}"))
    assert store_for(chosen, data_dir).place == str(tmp_path / "other.db")


def test_a_check_leaves_nothing_in_the_database(store: SessionStore) -> None:
    begin(store)
    store.check()
    store.check()
    assert len(store.list()) == 1
