"""Claims with an owner, a fencing number and a deadline by the database's clock; and the nonces of writes."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in ("commands", "plans", "rule_hits", "emergency"):
        op.add_column(table, sa.Column("claimed_by", sa.String(length=16), nullable=True))
        op.add_column(table, sa.Column("claimed_until", MOMENT, nullable=True))
        op.add_column(table, sa.Column("fence", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("commands", sa.Column("sent_at", MOMENT, nullable=True))
    create_nonces()


def create_nonces() -> None:
    op.create_table(
        "write_nonces",
        sa.Column("nonce", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("nonce"),
    )
    op.create_index("write_nonces_by_time", "write_nonces", ["written_at"])
