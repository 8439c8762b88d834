"""What each kind of segment of a session sums up to; filled where it is first needed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")


def upgrade() -> None:
    """Add the table of summaries by kind."""
    op.create_table(
        "kind_summary",
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        *(sa.Column(emotion, sa.Double) for emotion in EMOTIONS),
        sa.PrimaryKeyConstraint("session_id", "kind", name="pk_kind_summary"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_kind_summary_session_id_session", ondelete="CASCADE"
        ),
    )
