"""The first tables: calls, events, commands, tokens and the counter of events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_calls()
    create_commands()
    create_events()
    create_tokens()


def create_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("call_sid", sa.String(length=34), nullable=False),
        sa.Column("parent_call_sid", sa.String(length=34), nullable=True),
        sa.Column("direction", sa.String(length=32), nullable=True),
        sa.Column("from_number", sa.Text(), nullable=True),
        sa.Column("to_number", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("status_rank", sa.Integer(), nullable=False),
        sa.Column("scene", sa.String(length=64), nullable=True),
        sa.Column("scene_url", sa.Text(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("call_sid"),
    )
    op.create_index("calls_by_from", "calls", ["from_number", "started_at"])
    op.create_index("calls_by_parent", "calls", ["parent_call_sid"])
    op.create_index("calls_by_start", "calls", ["started_at", "call_sid"])
    op.create_index("calls_by_to", "calls", ["to_number", "started_at"])
    op.create_index(
        "calls_live",
        "calls",
        ["started_at", "call_sid"],
        sqlite_where=sa.text("status_rank < 4"),
        postgresql_where=sa.text("status_rank < 4"),
    )


def create_commands() -> None:
    op.create_table(
        "commands",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("call_sid", sa.String(length=34), nullable=True),
        sa.Column("command", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("operator", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.Column("twilio_code", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("operator", "idempotency_key", name="commands_idempotency"),
    )
    op.create_index("commands_by_call", "commands", ["call_sid", "id"])
    op.create_index(
        "commands_open",
        "commands",
        ["requested_at"],
        sqlite_where=sa.text("state IN ('requested', 'unconfirmed', 'accepted') AND finished_at IS NULL"),
        postgresql_where=sa.text("state IN ('requested', 'unconfirmed', 'accepted') AND finished_at IS NULL"),
    )


def create_events() -> None:
    """The events, and the counter that numbers them."""
    op.create_table(
        "events",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("call_sid", sa.String(length=34), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("command_id", sa.BigInteger(), nullable=True),
        sa.Column("dedupe_key", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe_key"),
    )
    op.create_index("events_by_call", "events", ["call_sid", "id"])
    op.create_table(
        "feed",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.execute("INSERT INTO feed (name, last_id) VALUES ('events', 0)")


def create_tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("token_hash"),
    )
