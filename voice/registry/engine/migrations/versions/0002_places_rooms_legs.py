"""The inputs of a place, the conference of a call, and the legs of commands."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("scene_inputs", sa.Text(), nullable=True),
        sa.Column("place_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conference_sid", sa.String(length=34), nullable=True),
        sa.Column("room", sa.Text(), nullable=True),
        sa.Column("room_sequence", sa.Integer(), nullable=True),
        sa.Column("in_room", sa.Boolean(), nullable=True),
        sa.Column("room_state", sa.Text(), nullable=True),
    ):
        op.add_column("calls", column)
    op.create_index("calls_by_conference", "calls", ["conference_sid"])
    op.create_table(
        "command_legs",
        sa.Column("command_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("call_sid", sa.String(length=34), nullable=False),
        sa.Column("arrived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("command_id", "call_sid"),
    )
