"""How a database is opened: address, driver, and SQLite's settings for a lesson that must not be lost."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from desktop.store.errors import StoreError
from models.errors import Sentence, said

WRITES: Final = "classmood_writes"  # execution option: the transaction is going to write

# WAL: a reader never holds up the recording. FULL and not NORMAL: with NORMAL a power cut takes every commit
# since the last checkpoint, which is minutes of a lesson; one fsync a second is cheap. secure_delete: a
# deleted session leaves no bytes behind. trusted_schema: a foreign file's triggers call no functions.
_WAL = "PRAGMA journal_mode=WAL"
_SQLITE_SETTINGS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)
# A server that went away without a word (a cable pulled, a laptop carried out of reach) is noticed within ten
# seconds: the recorder then goes on in a file.
_POSTGRESQL_CONNECTION = {
    "connect_timeout": 3,  # seconds
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 8000,  # milliseconds
    "application_name": "classmood",
}
_POSTGRESQL_LIMITS = "SET lock_timeout = '10s'; SET statement_timeout = '60s'"
_EMPTYING_TRIES = 6
_TRY_AGAIN_S = 0.01
_POSTGRESQL_LOCK_S = 20  # to wait for another laptop that changes the tables
_POSTGRESQL_LOCK = 0x436C6173736D6F64  # "Classmod": the advisory lock of whoever changes the tables


def parse_address(address: str | URL) -> URL:
    """Return a database's address, or raise StoreError if it is none or keeps nothing."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "The database's address in the settings can not be read. It looks like "
            '"postgresql+psycopg://user:password@host/name" or "sqlite:////folder/classmood.db".'
        ) from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StoreError("A database in memory keeps nothing. Give a file: sqlite:////folder/classmood.db")
    return url


def open_engine(url: URL, busy_timeout_s: float) -> Engine:
    """Return an engine for `url`, not connected yet. Raises StoreError if its driver is not installed."""
    backend = url.get_backend_name()
    connect_args: dict[str, object] = {}
    if backend == "sqlite":
        connect_args = {"timeout": busy_timeout_s}
    elif backend == "postgresql":
        connect_args = dict(_POSTGRESQL_CONNECTION)
    try:
        engine = create_engine(
            url,
            connect_args=connect_args,
            pool_pre_ping=backend != "sqlite",  # a server may have gone away since the last second
            hide_parameters=True,  # notes and names do not belong into logs
        )
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError(_missing_driver(url, error)) from error
    except (ArgumentError, TypeError) as error:
        raise StoreError(
            "The database's address in the settings can not be used: {error}.", error=error
        ) from error
    if backend == "postgresql":
        event.listen(engine, "connect", _configure_postgresql)
    if backend == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def sqlite_file(url: URL) -> Path | None:
    """Return the database's file if it is SQLite's."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def create_private_file(path: Path) -> None:
    """Create the database's file, or tighten it: only its owner may read it. -wal and -shm follow it."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    if path.stat().st_mode & 0o077:
        with suppress(PermissionError):  # another user's file that we may write: not ours to close
            path.chmod(0o600)


@contextmanager
def changing_tables(writer: Engine) -> Iterator[Connection]:
    """Run a transaction in which tables change; only one program at a time is in it."""
    with writer.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Else a table that is built anew would take its children with it.
            _raw(connection).execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SET LOCAL lock_timeout = '{_POSTGRESQL_LOCK_S}s'"))
                    connection.execute(select(func.pg_advisory_xact_lock(_POSTGRESQL_LOCK)))
                yield connection
        finally:
            connection.invalidate()  # the next one enforces foreign keys again


def wipe_deleted(engine: Engine) -> None:
    """Rebuild SQLite's file and empty its log, so that nothing of a deleted row remains in either.

    Raises sqlite3.Error if another program keeps the log; each try waits as long as for any lock.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        for _ in range(_EMPTYING_TRIES):
            busy, *_rest = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                break
        else:
            raise sqlite3.OperationalError("another program reads the log")
        cursor.close()
    finally:
        connection.close()


def _configure_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    _switch_to_wal(connection)
    for setting in _SQLITE_SETTINGS:
        connection.execute(setting)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Wait here as for any lock: SQLite itself fails at once if two programs switch the same file."""
    (timeout_ms,) = connection.execute("PRAGMA busy_timeout").fetchone()
    deadline = time.monotonic() + timeout_ms / 1000
    while True:
        try:
            connection.execute(_WAL)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(_TRY_AGAIN_S)
        else:
            return


def _configure_postgresql(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(_POSTGRESQL_LIMITS)
    cursor.close()
    connection.commit()


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101  # for the type checker: SQLite has one driver
    return raw


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: a reader that turns writer later would fail without waiting.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _missing_driver(url: URL, error: Exception) -> Sentence:
    if url.get_backend_name() == "postgresql":
        return said(
            "The database is a PostgreSQL server, but its driver (psycopg) is not installed. Install it: "
            "pip install 'classmood[postgresql]'"
        )
    return said(
        "No driver for {driver} databases is installed ({error}). Install SQLAlchemy's driver for it, or use "
        "SQLite (leave the setting empty) or PostgreSQL.",
        driver=url.drivername,
        error=error,
    )
