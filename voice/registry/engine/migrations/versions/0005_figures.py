"""Response times of webhooks per minute, and an index of calls by their end for the curve of live calls."""

import sqlalchemy as sa
from alembic import op

from voice.registry.engine.large_index import create_large_index

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_minutes",
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("up_to_ms", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "up_to_ms"),
    )
    create_large_index("calls_by_end", "calls", ["ended_at"])
