"""Tables of the database as they are now, and the version stamped into it."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    inspect,
    select,
)
from sqlalchemy.types import TypeDecorator

from desktop.segments import KIND_LIMIT
from desktop.store.errors import StoreError
from models.emotion import EMOTIONS
from models.errors import said

REVISIONS: Final = ("0001", "0002", "0003")  # one for each file in migrations/versions
REVISION: Final = REVISIONS[-1]


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: time zone aware in Python, UTC in the database (SQLite has no time zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a moment without time zone: nobody knows later which one was meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment its time zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={  # SQLite can only change a table whose constraints have names
        "ix": "ix_%(column_0_label)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

session_table = Table(
    "session",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("started_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),  # NULL: still recording, or interrupted
    Column("course", String(200), nullable=False),
    Column("group", String(200), nullable=False),
    Column("teacher", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("model", String(200), nullable=False),
    Column("source", String(500), nullable=False),
)


def _session_key() -> Column[str]:
    return Column("session_id", String(36), ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)


interval_table = Table(
    "interval",
    metadata,
    _session_key(),
    Column("second", Integer, primary_key=True, autoincrement=False),
    Column("frames", Integer, nullable=False),
    Column("dropped", Integer, nullable=False),
    Column("faces", Double, nullable=False),
    Column("unsure", Double, nullable=False),
    Column("brightness", Double, nullable=False),
    *(Column(emotion, Double) for emotion in EMOTIONS),  # all NULL without faces
    CheckConstraint("second >= 0", name="second"),
    CheckConstraint("frames >= 0 AND dropped >= 0 AND faces >= 0", name="counts"),
    sqlite_with_rowid=False,  # clustered by session and second: a session is read in one sweep
)

marker_table = Table(
    "marker",
    metadata,
    _session_key(),
    Column("second", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(KIND_LIMIT), nullable=False),  # empty: unmarked from here on
    CheckConstraint("second >= 0", name="second"),
    sqlite_with_rowid=False,
)

# What a finished session's intervals sum up to, so that a list of 1,000 sessions does not read 5 million
# intervals. A cache: without its row the intervals are summed up again.
summary_table = Table(
    "summary",
    metadata,
    _session_key(),
    Column("seconds", Integer, nullable=False),
    Column("seconds_with_faces", Integer, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("dropped", Integer, nullable=False),
    Column("faces_mean", Double, nullable=False),
    Column("unsure", Double, nullable=False),
    Column("brightness", Double, nullable=False),
    *(Column(emotion, Double) for emotion in EMOTIONS),
)

# The same for each kind of segment, so that 1,000 sessions compare without their seconds; see `kinds`.
kind_table = Table(
    "kind_summary",
    metadata,
    _session_key(),
    Column("kind", String(KIND_LIMIT), primary_key=True),
    Column("seconds", Integer, nullable=False),  # with faces
    *(Column(emotion, Double) for emotion in EMOTIONS),
)

# The table in which Alembic keeps a database's version, so that it can take over where this module stops.
version_table = Table(
    "alembic_version",
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def version(connection: Connection) -> str | None:
    """Return the version of the database, one of REVISIONS; None if nothing is in it.

    Raises StoreError if it belongs to another program or to a newer Classmood.
    """
    existing = set(inspect(connection).get_table_names())
    if version_table.name not in existing:
        is_file = connection.dialect.name == "sqlite"  # ours alone; a server's database may be shared
        if existing if is_file else existing & set(metadata.tables):
            raise StoreError(
                "The database belongs to another program: its tables are not Classmood's. Check the address "
                "in the settings, or move the file elsewhere."
            )
        return None
    versions = list(connection.scalars(select(version_table.c.version_num)))
    if len(versions) != 1 or versions[0] not in REVISIONS:
        raise StoreError(
            "The database has version {version}, this Classmood reads {known}: it was written by a newer "
            "Classmood. Install that one, or choose another folder with --data-dir.",
            version=", ".join(versions) or said("unknown"),
            known=REVISION,
        )
    return str(versions[0])


def create(connection: Connection) -> None:
    """Create the tables in an empty database, as all migrations together would."""
    metadata.create_all(connection)
    connection.execute(version_table.insert().values(version_num=REVISION))
