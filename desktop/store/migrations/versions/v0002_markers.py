"""Markers: which activity starts when."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the markers' table."""
    op.create_table(
        "marker",
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("second", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "second", name="pk_marker"),
        sa.CheckConstraint("second >= 0", name="ck_marker_second"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_marker_session_id_session", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
