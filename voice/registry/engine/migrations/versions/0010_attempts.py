"""The number of attempts of plans and rule hits, and an index for abandoned hits."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("plans", "rule_hits"):
        op.add_column(table, sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.drop_index("rule_hits_open", "rule_hits")
    op.create_index(
        "rule_hits_open",
        "rule_hits",
        ["rule_id", "step", "claimed_at"],
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
