"""When the worker next looks for evidence of a command; legs that joined before their answer; parameters of scenes."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("commands", sa.Column("check_at", MOMENT, nullable=True))
    op.add_column(
        "command_legs", sa.Column("joined", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    create_scene_params()


def create_scene_params() -> None:
    op.create_table(
        "scene_params",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("command_id", sa.BigInteger(), nullable=True),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("scene_params_by_time", "scene_params", ["stored_at"])
