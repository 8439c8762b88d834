"""Which database a command works with: the one that --database names, else the one of the settings."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer

from desktop.paths import DataDir, data_dir_for
from desktop.settings import Settings, load_settings
from desktop.store import SessionStore, StoreError, hand_over, store_for, waiting_store_for

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="Database instead of the one in the settings: postgresql://USER:PASSWORD@HOST/NAME or sqlite:///FILE.",
    ),
]


def with_database(settings: Settings, database: str | None) -> Settings:
    """Return the settings with the database that --database names."""
    if database is None:
        return settings
    changed = settings.model_copy(deep=True)
    changed.storage.database = database
    return changed


@contextmanager
def opened_store(data_dir: Path | None, database: str | None) -> Iterator[SessionStore]:
    """Open the database of a command; sessions that wait here for a server are handed over first.

    Where that fails and the command does too, its error says where the waiting ones are.
    """
    folder = data_dir_for(data_dir)
    settings = with_database(load_settings(folder.settings), database)
    with closing(store_for(settings, folder)) as store:
        _hand_over(settings, folder, store)
        try:
            yield store
        except StoreError as error:
            hint = waiting_hint(settings, folder)
            if not hint:
                raise
            raise StoreError(f"{error} {hint}") from error


def _hand_over(settings: Settings, folder: DataDir, store: SessionStore) -> None:
    waiting = waiting_store_for(settings, folder)
    if waiting is not None and waiting.exists():
        with closing(waiting), suppress(StoreError):  # it can wait longer
            hand_over(store, waiting)


def waiting_sessions(settings: Settings, folder: DataDir) -> tuple[int, str]:
    """Return how many sessions wait on this computer for the server, and in which file. Raises StoreError."""
    waiting = waiting_store_for(settings, folder)
    if waiting is None:
        return 0, ""
    with closing(waiting):
        return len(waiting.list()), waiting.place


def waiting_hint(settings: Settings, folder: DataDir) -> str:
    """Return words on the sessions that wait for the server; nothing if none does."""
    try:
        count, place = waiting_sessions(settings, folder)
    except StoreError as error:
        return str(error)
    if not count:
        return ""
    return f'Sessions that wait on this computer: {count}. See them with --database "sqlite:///{place}".'
