"""Databases of an older Classmood: brought up to date with everything in them, or left as they were."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Inspector, create_engine, inspect, text

import desktop.store.copies
import desktop.store.updates
from desktop.segments import Marker
from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore, StoreError
from desktop.store.copies import copies
from desktop.store.schema import REVISION, REVISIONS, metadata
from tests.databases import ENGINES, empty_database

STARTED = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
SESSION = "0b3f8f1e-6c52-4a1e-9df2-51b6cbb9a001"
MIGRATIONS = Path(desktop.store.updates.__file__).parent / "migrations"


@pytest.fixture(params=ENGINES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request.param, tmp_path) as made:
        yield made


def make_old(address: str, version: str = "0001") -> None:
    """Create a database as the Classmood of `version` did, with one lesson of three seconds in it."""
    engine = create_engine(address)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        command.upgrade(config, version)
        connection.execute(
            text(
                'INSERT INTO session (id, started_at, course, "group", teacher, note, model, source) '
                "VALUES (:id, :at, 'Physics', '7-Б', '', '', 'm', 'demo')"
            ),
            {
                "id": SESSION,
                "at": "2026-03-02 06:30:00+00" if engine.name != "sqlite" else "2026-03-02 06:30:00",
            },
        )
        for second in range(3):
            connection.execute(
                text(
                    "INSERT INTO interval VALUES (:id, :second, 9, 0, 5, 0.1, 0.5, 0, 0, 0, 0.5, 0.5, 0, 0)"
                ),
                {"id": SESSION, "second": second},
            )
    engine.dispose()


def contents(address: str) -> dict[str, list[tuple[object, ...]]]:
    engine = create_engine(address)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        found = {
            table: sorted(tuple(row) for row in connection.execute(text(f'SELECT * FROM "{table}"')))  # noqa: S608
            for table in tables
        }
    engine.dispose()
    return found


def test_there_is_a_migration_for_every_version() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert tuple(reversed([one.revision for one in script.walk_revisions()])) == REVISIONS
    assert script.get_current_head() == REVISION


def test_an_old_database_keeps_its_lessons_and_learns_what_is_new(address: str) -> None:
    make_old(address)
    with closing(SessionStore(address)) as store:
        (record,) = store.list()
        assert record.id == SESSION
        assert record.started_at == STARTED
        assert record.details.group == "7-Б"
        assert [interval.second for interval in store.intervals(SESSION)] == [0, 1, 2]
        store.set_markers(SESSION, [Marker(1, "quiz")])
        store.append(SESSION, Interval(3, 9, 0, 0.0, 0.0, 0.5, None))
        assert len(store.intervals(SESSION)) == 4
        store.check()
    assert contents(address)["alembic_version"] == [(REVISION,)]


def described(inspector: Inspector) -> object:
    return {
        table: (
            [
                (column["name"], repr(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            ],
            inspector.get_pk_constraint(table),
            inspector.get_foreign_keys(table),
            sorted(str(check) for check in inspector.get_check_constraints(table)),
            inspector.get_indexes(table),
        )
        for table in sorted(inspector.get_table_names())
    }


@pytest.mark.parametrize("engine_name", ENGINES)
def test_an_updated_database_is_the_same_as_a_new_one(engine_name: str, tmp_path: Path) -> None:
    found: list[object] = []
    for old in (True, False):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        with empty_database(engine_name, folder) as address:
            if old:
                make_old(address)
            with closing(SessionStore(address)) as store:
                store.check()
            engine = create_engine(address)
            with engine.connect() as connection:
                assert compare_metadata(MigrationContext.configure(connection), metadata) == []
                found.append(described(inspect(connection)))
            engine.dispose()
    assert found[0] == found[1]


def test_tables_of_a_file_are_written_the_same_way(tmp_path: Path) -> None:
    texts = []
    for name in ("old.db", "new.db"):
        address = f"sqlite:///{tmp_path / name}"
        if name == "old.db":
            make_old(address)
        with closing(SessionStore(address)) as store:
            store.check()
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            rows = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
            )
            texts.append({name: "WITHOUT ROWID" in sql for name, sql in rows})
    assert texts[0] == texts[1]


# The copy before


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    make_old(f"sqlite:///{tmp_path / 'classmood.db'}")
    return tmp_path / "classmood.db"


def touch(file: Path) -> None:
    with closing(SessionStore(f"sqlite:///{file}")) as store:
        store.list()


def test_the_old_file_is_copied_first_for_its_owner_only(old_file: Path) -> None:
    before = contents(f"sqlite:///{old_file}")
    touch(old_file)
    (copy,) = copies(old_file)
    assert "0001" in copy.name
    assert contents(f"sqlite:///{copy}") == before
    if os.name == "posix":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(file.name for file in old_file.parent.iterdir()) == sorted([old_file.name, copy.name])
    touch(old_file)
    assert copies(old_file) == [copy]


def test_the_copy_holds_what_another_program_has_not_checkpointed(old_file: Path) -> None:
    with closing(sqlite3.connect(old_file)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("UPDATE session SET course = 'Chemistry'")
        other.commit()
        touch(old_file)
    (copy,) = copies(old_file)
    assert contents(f"sqlite:///{copy}")["session"][0][3] == "Chemistry"


def test_only_the_last_copies_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "class[m]ood%*.db"
    make_old(f"sqlite:///{file}")
    made = [desktop.store.copies.back_up(file, "0001") for _ in range(5)]
    assert copies(file) == made[2:]


def test_a_deleted_lesson_does_not_live_on_in_a_copy(old_file: Path) -> None:
    with closing(SessionStore(f"sqlite:///{old_file}")) as store:
        store.list()
        assert copies(old_file)
        store.delete(SESSION)
    assert not any(SESSION.encode() in file.read_bytes() for file in old_file.parent.iterdir())


# What can go wrong


def test_without_room_for_a_copy_nothing_is_changed(old_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = contents(f"sqlite:///{old_file}")
    monkeypatch.setattr(os, "open", full)
    with closing(SessionStore(f"sqlite:///{old_file}")) as store:
        monkeypatch.setattr(desktop.store.engine, "create_private_file", lambda _: None)
        with pytest.raises(StoreError, match=r"as it was before.*No space left.*Free some space"):
            store.list()
    monkeypatch.undo()
    assert contents(f"sqlite:///{old_file}") == before
    assert [file.name for file in old_file.parent.iterdir()] == [old_file.name]


@pytest.mark.parametrize("fault", ["SELECT nonsense", "INSERT INTO marker VALUES ('nobody', 1, 'quiz')"])
def test_an_update_that_fails_leaves_the_database_as_it_was(
    address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str
) -> None:
    make_old(address)
    before = contents(address)
    broken = tmp_path / "migrations"
    (broken / "versions").mkdir(parents=True)
    (broken / "env.py").write_bytes((MIGRATIONS / "env.py").read_bytes())
    for file in (MIGRATIONS / "versions").glob("*.py"):
        code = file.read_text()
        if '"0002"' in code:
            code += f'    op.execute("{fault}")\n'
        (broken / "versions" / file.name).write_text(code)
    monkeypatch.setattr(desktop.store.updates, "_MIGRATIONS", broken)
    with closing(SessionStore(address)) as store:
        with pytest.raises(
            StoreError, match=r"older Classmood \(version 0001\).*is as it was before"
        ) as caught:
            store.list()
        assert "secret" not in str(caught.value)
        assert "\n" not in str(caught.value)
        assert contents(address) == before
        monkeypatch.undo()
        assert len(store.list()) == 1  # the repaired program brings it up to date
        store.delete(SESSION)
        assert store.intervals(SESSION) == ()


def test_a_missing_migration_is_said(old_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(desktop.store.updates, "_MIGRATIONS", tmp_path / "missing")
    before = contents(f"sqlite:///{old_file}")
    with pytest.raises(StoreError, match="as it was before"):
        touch(old_file)
    assert contents(f"sqlite:///{old_file}") == before


def test_a_killed_update_leaves_the_old_database(old_file: Path) -> None:
    before = contents(f"sqlite:///{old_file}")
    program = (
        "import os, desktop.store.updates as updates\n"
        "from desktop.store import SessionStore\n"
        "updates._require_foreign_keys = lambda connection: os.kill(os.getpid(), 9)\n"
        f"SessionStore('sqlite:///{old_file}').list()\n"
    )
    killed = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[1]
    )
    assert killed.returncode != 0
    assert contents(f"sqlite:///{old_file}") == before
    touch(old_file)
    assert contents(f"sqlite:///{old_file}")["alembic_version"] == [(REVISION,)]


@pytest.mark.parametrize("old", [True, False])
def test_many_programs_update_or_create_the_same_database_at_once(address: str, old: bool) -> None:
    if old:
        make_old(address)
    stores = [SessionStore(address, busy_timeout_s=20) for _ in range(6)]
    errors: list[Exception] = []
    ready = threading.Barrier(len(stores))

    def use(store: SessionStore) -> None:
        ready.wait()
        try:
            store.create(SessionDetails(), STARTED, "m", "demo")
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=use, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(stores[0].list()) == len(stores) + old
    for store in stores:
        store.close()


def test_a_database_that_another_program_switches_at_this_moment_is_waited_for(
    old_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(old_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # the lock under which a file's journal mode changes
    waits: list[float] = []

    def finish(seconds: float) -> None:
        waits.append(seconds)
        other.rollback()

    monkeypatch.setattr("desktop.store.engine.time.sleep", finish)
    touch(old_file)
    assert len(waits) == 1
    assert contents(f"sqlite:///{old_file}")["alembic_version"] == [(REVISION,)]
    other.close()


@pytest.mark.parametrize("version", ["9999", "", "0001' OR '1'='1"])
def test_a_database_of_an_unknown_version_is_left_untouched(address: str, version: str) -> None:
    make_old(address)
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    engine.dispose()
    before = contents(address)
    with closing(SessionStore(address)) as store:
        for attempt in (store.list, lambda: store.set_markers(SESSION, ()), store.check):
            with pytest.raises(StoreError, match="newer Classmood"):
                attempt()
    assert contents(address) == before


def test_a_server_that_others_use_too_gets_our_tables_beside_theirs(tmp_path: Path) -> None:
    with empty_database("postgresql", tmp_path) as address:
        engine = create_engine(address)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE pupils (name TEXT)"))
        with closing(SessionStore(address)) as store:
            store.create(SessionDetails(), STARTED, "m", "demo")
        assert {"pupils", "session"} <= contents(address).keys()
        engine.dispose()


def test_the_program_starts_without_alembic(tmp_path: Path) -> None:
    program = (
        "import sys; from desktop.store import SessionStore\n"
        f"store = SessionStore('sqlite:///{tmp_path / 'classmood.db'}'); store.check(); store.list()\n"
        "assert not [m for m in sys.modules if m.startswith(('alembic', 'psycopg'))]"
    )
    subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[1]
    )
