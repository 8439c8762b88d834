"""Brings a database of an older Classmood up to date with Alembic; imported only where there is one."""

import logging
import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from desktop.store.copies import back_up
from desktop.store.errors import StoreError, translated
from desktop.store.schema import REVISION
from models.errors import said

_MIGRATIONS = Path(__file__).parent / "migrations"
_ALEMBIC = threading.Lock()  # its `op` and `context` are one for the whole process

_log = logging.getLogger(__name__)


def update(connection: Connection, version: str, file: Path | None, place: str) -> None:
    """Run what is missing after `version`, inside the connection's transaction; copy SQLite's `file` first.

    Raises StoreError; the caller then rolls back, and the database is as it was.
    """
    copy: Path | None = None
    try:
        copy = None if file is None else back_up(file, version)
        with _ALEMBIC, translated(said("change the tables"), place):
            command.upgrade(_config(connection), "head")
            _require_foreign_keys(connection)
    except (StoreError, CommandError) as error:
        kept = "" if copy is None else said(", a copy is in {copy}", copy=copy)
        raise StoreError(
            "The database {place} is of an older Classmood (version {version}) and could not be brought "
            "to version {known}; it is as it was before{kept}. {error}",
            place=place,
            version=version,
            known=REVISION,
            kept=kept,
            error=error,
        ) from error
    _log.info("%s brought from version %s to %s; copy: %s", place, version, REVISION, copy)


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _require_foreign_keys(connection: Connection) -> None:
    """Check what SQLite does not enforce while its tables are changed."""
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if orphans:
            raise StoreError("{count} rows would belong to no session.", count=len(orphans))
