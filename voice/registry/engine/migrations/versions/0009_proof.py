"""The proof of each command: a command that is read back is not settled by the end of its call."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("commands", sa.Column("proof", sa.String(length=8), nullable=True))
