"""Bulk runs: one command for many calls, and the outcome of each."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_runs()
    create_items()


def create_runs() -> None:
    op.create_table(
        "bulk_runs",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("command", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("filters", sa.Text(), nullable=True),
        sa.Column("operator", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("new_since_preview", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    open_runs = sa.text("state IN ('queued', 'running')")
    op.create_index(
        "bulk_runs_open", "bulk_runs", ["created_at"], sqlite_where=open_runs, postgresql_where=open_runs
    )


def create_items() -> None:
    op.create_table(
        "bulk_items",
        sa.Column("run_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("call_sid", sa.String(length=34), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("claims", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed_by", sa.String(length=16), nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("command_id", sa.BigInteger(), nullable=True),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "position"),
        sa.UniqueConstraint("run_id", "call_sid", name="bulk_items_once"),
    )
    left = sa.text("outcome IS NULL")
    op.create_index(
        "bulk_items_open", "bulk_items", ["run_id", "position"], sqlite_where=left, postgresql_where=left
    )
