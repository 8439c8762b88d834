"""`Database`: opens a database, creates or updates its tables once, and runs transactions in it."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy import URL, Connection, insert
from sqlalchemy.exc import DBAPIError

from desktop.store import engine as engines
from desktop.store import schema
from desktop.store.copies import remove_copies
from desktop.store.errors import StoreError, translated
from models.errors import Sentence, said

BUSY_TIMEOUT_S: Final = 0.5  # then the lesson's user is told, within two seconds of the lock

_log = logging.getLogger(__name__)


class Database:
    """One database, for any thread. Nothing is opened before the first transaction.

    Every method raises StoreError, in plain words.
    """

    def __init__(self, address: str | URL, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        """Raise StoreError if the address is not one or its driver is not installed."""
        self.url = engines.parse_address(address)
        self.file = engines.sqlite_file(self.url)
        self._engine = engines.open_engine(self.url, busy_timeout_s)
        self._writer = self._engine.execution_options(**{engines.WRITES: True})
        self._lock = threading.Lock()
        self._size = 0  # bytes of the file
        self._unwiped = False  # something was deleted and may still lie in the log
        self._prepared: object = None  # what was prepared: the file's identity, or True for a server

    @property
    def place(self) -> str:
        """Where the database is, for people: a file, or an address without its password."""
        return str(self.file) if self.file else self.url.render_as_string(hide_password=True)

    def exists(self) -> bool:
        """Return whether there is a database file yet; a server's database counts as there."""
        return self.file is None or self.file.exists()

    @contextmanager
    def reading(self, action: Sentence) -> Iterator[Connection]:
        """Run a transaction that only reads."""
        with self._translated(action):
            self._prepare()
            with self._engine.connect() as connection, connection.begin():
                yield connection

    @contextmanager
    def writing(self, action: Sentence) -> Iterator[Connection]:
        """Run a transaction; all of it is stored when this returns, nothing if it raises."""
        with self._translated(action):
            self._prepare()
            try:
                with self._writer.begin() as connection:
                    yield connection
            except DBAPIError:
                self._prepared = None  # the file may have been emptied or replaced: look at it anew next time
                raise

    def version(self) -> str | None:
        """Return the version of the tables, and leave them as they are; None if there are none yet."""
        if not self.exists():
            return None
        with (
            self._translated(said("open the database")),
            self._engine.connect() as connection,
            connection.begin(),
        ):
            return schema.version(connection)

    def check(self) -> None:
        """Raise StoreError unless the database is sound and can be written; nothing is left in it."""
        with self._translated(said("write")):
            self._prepare()
            with self._writer.connect() as connection, connection.begin() as transaction:
                connection.execute(insert(schema.version_table).values(version_num="probe"))
                transaction.rollback()
        if self.file is None:
            return
        with self.reading(said("check the database")) as connection:
            findings = connection.exec_driver_sql("PRAGMA integrity_check(3)").scalars().all()
        if findings != ["ok"]:
            raise StoreError(
                "The database {place} is damaged ({findings}). Keep the file, and put back an older copy "
                "or move it elsewhere: Classmood then starts anew.",
                place=self.place,
                findings="; ".join(map(str, findings))[:200],
            )

    def wipe(self) -> None:
        """Leave nothing of deleted rows in SQLite's files, nor in the copies made before an update."""
        if self.file is None:
            return
        try:
            engines.wipe_deleted(self._engine)
        except sqlite3.Error as error:
            # The rows are gone and overwritten (secure_delete); only the file did not shrink, and the log is
            # emptied by whoever closes the database last.
            _log.warning("the database could not be compacted after a deletion: %s", error)
            self._unwiped = True
        else:
            self._unwiped = False
        with self._translated(said("remove the older copies of the database")):
            remove_copies(self.file)

    def close(self) -> None:
        """Close all connections; the next call opens the database again."""
        if self._unwiped:
            with suppress(StoreError):
                self.wipe()
        with self._lock:
            self._engine.dispose()
            self._prepared = None

    @contextmanager
    def _translated(self, action: Sentence) -> Iterator[None]:
        try:
            with translated(action, self.place):
                yield
        except (ValueError, TypeError, OverflowError) as error:  # of a value read, see `rows`
            raise StoreError(
                "Can not {action} in {place}: it holds values that are not Classmood's ({error}). It is "
                "damaged or was changed by another program; put back a copy.",
                action=action,
                place=self.place,
                error=error,
            ) from error

    def _prepare(self) -> None:
        """Create or update the tables, once; and again if the file was taken away or replaced under us."""
        if self._prepared is not None and self._prepared == self._identity() and not self._shrank():
            return
        with self._lock:
            self._engine.dispose()
            if self.file is not None:
                engines.create_private_file(self.file)
            self._prepare_tables()
            self._prepared = self._identity()

    def _prepare_tables(self) -> None:
        with self._engine.connect() as connection, connection.begin():
            version = schema.version(connection)
        if version == schema.REVISION:
            return
        with engines.changing_tables(self._writer) as connection:
            version = schema.version(connection)  # another program may have been faster
            if version is None:
                schema.create(connection)
            elif version != schema.REVISION:
                from desktop.store.updates import update  # noqa: PLC0415  # Alembic, needed once in a year

                update(connection, version, self.file, self.place)

    def _shrank(self) -> bool:
        """Return whether the file lost bytes since it was looked at last: compacted, or emptied under us."""
        if self.file is None:
            return False
        before, self._size = self._size, self.file.stat().st_size
        return self._size < before

    def _identity(self) -> object:
        if self.file is None:
            return True
        try:
            status = self.file.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino
