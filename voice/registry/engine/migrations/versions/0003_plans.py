"""Plans: commands that run later."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("call_sid", sa.String(length=34), nullable=True),
        sa.Column("command", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("operator", sa.String(length=80), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("command_id", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("made_by", "idempotency_key", name="plans_idempotency"),
    )
    op.create_index("plans_by_call", "plans", ["call_sid", "id"])
    op.create_index(
        "plans_open",
        "plans",
        ["due_at"],
        sqlite_where=sa.text("state IN ('planned', 'running')"),
        postgresql_where=sa.text("state IN ('planned', 'running')"),
    )
