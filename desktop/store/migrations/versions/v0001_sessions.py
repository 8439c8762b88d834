"""Sessions, their one-second intervals and their summaries: the database as it first was."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")


def upgrade() -> None:
    """Create the tables in an empty database."""
    op.create_table(
        "session",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("course", sa.String(200), nullable=False),
        sa.Column("group", sa.String(200), nullable=False),
        sa.Column("teacher", sa.String(200), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("source", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
    )
    op.create_index("ix_session_started_at", "session", ["started_at"])
    op.create_table(
        "interval",
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("second", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("frames", sa.Integer, nullable=False),
        sa.Column("dropped", sa.Integer, nullable=False),
        sa.Column("faces", sa.Double, nullable=False),
        sa.Column("unsure", sa.Double, nullable=False),
        sa.Column("brightness", sa.Double, nullable=False),
        *(sa.Column(emotion, sa.Double) for emotion in EMOTIONS),
        sa.PrimaryKeyConstraint("session_id", "second", name="pk_interval"),
        sa.CheckConstraint("second >= 0", name="ck_interval_second"),
        sa.CheckConstraint("frames >= 0 AND dropped >= 0 AND faces >= 0", name="ck_interval_counts"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_interval_session_id_session", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "summary",
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("seconds_with_faces", sa.Integer, nullable=False),
        sa.Column("frames", sa.Integer, nullable=False),
        sa.Column("dropped", sa.Integer, nullable=False),
        sa.Column("faces_mean", sa.Double, nullable=False),
        sa.Column("unsure", sa.Double, nullable=False),
        sa.Column("brightness", sa.Double, nullable=False),
        *(sa.Column(emotion, sa.Double) for emotion in EMOTIONS),
        sa.PrimaryKeyConstraint("session_id", name="pk_summary"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_summary_session_id_session", ondelete="CASCADE"
        ),
    )
