"""The files of the session store: damaged, foreign, where nothing can be written; what remains in them."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

import desktop.store.engine
from desktop.segments import Marker
from desktop.statistics import SessionDetails
from desktop.store import SessionStore, StoreError, UnknownSessionError
from tests.databases import ENGINES, empty_database
from tests.stored import DETAILS, STARTED, begin, second


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


# Damaged and foreign files


def refused(store: SessionStore) -> str:
    """Return what the store says when it refuses a file, and see that the file stays as it is."""
    with pytest.raises(StoreError) as caught:
        begin(store)
    with pytest.raises(StoreError):
        store.list()
    with pytest.raises(StoreError):
        store.check()
    return str(caught.value)


def test_a_file_that_is_no_database_is_left_alone(file_store: SessionStore, database: Path) -> None:
    database.write_bytes(b"Dear diary, " * 500)
    message = refused(file_store)
    assert "not a database" in message
    assert str(database) in message
    assert database.read_bytes() == b"Dear diary, " * 500


def test_a_damaged_database_is_said(file_store: SessionStore, database: Path) -> None:
    session_id = begin(file_store)
    file_store.append_all(session_id, [second(n) for n in range(3000)])
    file_store.close()
    data = bytearray(database.read_bytes())
    data[8192:60_000] = os.urandom(60_000 - 8192)
    database.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        file_store.check()
    with pytest.raises(StoreError, match="damaged"):
        file_store.intervals(session_id)


def test_a_truncated_database_is_said(file_store: SessionStore, database: Path) -> None:
    session_id = begin(file_store)
    file_store.append_all(session_id, [second(n) for n in range(3000)])
    file_store.close()
    data = database.read_bytes()
    database.write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreError, match="damaged"):
        file_store.check()


def test_values_that_are_not_ours_are_said(file_store: SessionStore, database: Path) -> None:
    session_id = begin(file_store)
    file_store.append(session_id, second(0))
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE interval SET faces = 'many'")
    connection.close()
    with pytest.raises(StoreError, match="not Classmood's"):
        file_store.list()
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE session SET started_at = 'yesterday'")
    connection.close()
    with pytest.raises(StoreError):
        file_store.show(session_id)


def test_a_database_that_lacks_a_table_is_said(file_store: SessionStore, database: Path) -> None:
    session_id = begin(file_store)
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE interval")
    connection.close()
    with pytest.raises(StoreError, match="no such table"):
        file_store.append(session_id, second(0))


def test_a_database_of_another_program_is_left_alone(file_store: SessionStore, database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE cookies (name TEXT)")
    connection.close()
    assert "another program" in refused(file_store)


def test_a_database_of_a_newer_version_is_left_alone(file_store: SessionStore, database: Path) -> None:
    begin(file_store)
    file_store.close()
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    message = refused(file_store)
    assert "newer Classmood" in message
    assert "9999" in message


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, 60_000), st.binary(min_size=1, max_size=40)), min_size=1, max_size=8
    )
)
def test_any_damage_ends_in_our_own_error(tmp_path: Path, cuts: list[tuple[int, bytes]]) -> None:
    sound = tmp_path / "sound.db"
    if not sound.exists():
        store = SessionStore(f"sqlite:///{sound}")
        store.append_all(begin(store), [second(n) for n in range(300)])
        store.close()
    data = bytearray(sound.read_bytes())
    for position, junk in cuts:
        start = position % len(data)
        data[start : start + len(junk)] = junk[: len(data) - start]
    damaged = tmp_path / "damaged.db"
    for leftover in tmp_path.glob("damaged.db*"):
        leftover.unlink()
    damaged.write_bytes(data)
    store = SessionStore(f"sqlite:///{damaged}")
    try:
        for record in store.list():
            record.as_json()
            store.intervals(record.id)
            store.append(record.id, second(5000))
        store.check()
    except StoreError:
        pass
    finally:
        store.close()


# Places that can not be written


@pytest.fixture
def ordinary_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder, as a user whom file modes can stop (root writes everywhere)."""
    folder = tmp_path_factory.mktemp("home")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        for parent in (folder.parent, folder.parent.parent):
            parent.chmod(0o755)
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    yield folder
    if is_root:
        os.seteuid(0)
    folder.chmod(0o700)


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_a_read_only_folder_is_said(ordinary_user: Path) -> None:
    ordinary_user.chmod(0o500)
    with closing(SessionStore(f"sqlite:///{ordinary_user / 'classmood.db'}")) as store:
        with pytest.raises(StoreError, match=r"Permission denied.*--data-dir"):
            begin(store)
        assert store.list() == ()


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_a_read_only_file_is_said_and_stays_readable_to_others(ordinary_user: Path) -> None:
    database = ordinary_user / "classmood.db"
    store = SessionStore(f"sqlite:///{database}")
    begin(store)
    store.close()
    database.chmod(0o400)
    with pytest.raises(StoreError, match="--data-dir"):
        begin(store)


def test_a_missing_folder_and_a_folder_in_the_files_place_are_said(tmp_path: Path) -> None:
    for place in (tmp_path / "missing" / "classmood.db", tmp_path):
        with closing(SessionStore(f"sqlite:///{place}")) as store, pytest.raises(StoreError, match="folder"):
            begin(store)


# Privacy


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_only_the_owner_may_read_the_files(file_store: SessionStore, database: Path) -> None:
    database.touch(mode=0o644)
    begin(file_store)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in database.parent.iterdir()}
    assert len(modes) == 3  # with -wal and -shm
    assert set(modes.values()) == {0o600}


def test_nothing_of_a_deleted_session_remains_in_any_file(file_store: SessionStore, database: Path) -> None:
    remark = "Ganz-geheime-Notiz"
    kept = begin(file_store)
    session_id = begin(file_store, SessionDetails(course=remark, note=f"{remark} " * 200))
    file_store.append_all(session_id, [second(n) for n in range(2000)])
    file_store.set_markers(session_id, [Marker(5, remark)])
    file_store.finish(session_id, STARTED)
    assert any(remark.encode() in file.read_bytes() for file in database.parent.iterdir())
    file_store.delete(session_id)
    assert not any(remark.encode() in file.read_bytes() for file in database.parent.iterdir())
    assert [record.id for record in file_store.list()] == [kept]
    assert file_store.intervals(session_id) == ()
    with sqlite3.connect(database) as connection:
        for table in ("interval", "summary", "marker"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608
    connection.close()


def test_a_session_is_deleted_even_while_another_program_reads(
    file_store: SessionStore, database: Path
) -> None:
    session_id = begin(file_store)
    reader = sqlite3.connect(database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM session").fetchall()
    file_store.delete(session_id)
    reader.close()
    assert file_store.list() == ()


def test_a_session_is_deleted_even_if_the_file_can_not_be_compacted(
    file_store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Engine) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    session_id = begin(file_store)
    monkeypatch.setattr(desktop.store.engine, "wipe_deleted", full)
    file_store.delete(session_id)
    assert file_store.list() == ()


def test_the_password_of_a_stream_is_not_stored(store: SessionStore) -> None:
    record = store.create(DETAILS, STARTED, "m", "rtsp://teacher:secret@10.0.0.5/live")
    assert store.show(record.id).source == "rtsp://10.0.0.5/live"


def test_looking_leaves_no_file_behind(file_store: SessionStore, database: Path) -> None:
    assert file_store.list() == ()
    with pytest.raises(UnknownSessionError):
        file_store.show("abcd")
    assert not database.exists()
