"""Empty databases for tests: SQLite's files, and databases of a PostgreSQL server if there is one."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

ENGINES = ("sqlite", "postgresql")
SERVER = "CLASSMOOD_TEST_POSTGRESQL"


@contextmanager
def empty_database(engine: str, folder: Path) -> Iterator[str]:
    """Yield the address of a new database; skips where there is no server (`.ci/postgresql` starts one)."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'classmood.db'}"
        return
    address = os.environ.get(SERVER)
    if address is None:
        pytest.skip(f"{SERVER} names no PostgreSQL server; run the tests with .ci/postgresql")
    name = f"classmood_{uuid.uuid4().hex}"
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(address).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
