"""Expiry of tokens, the last confirmation of each session, and unique names of people and tokens.

Tokens that exist expire 90 days after the migration, so no script loses access at once. Names that differ only in case
stay as they are.
"""

import unicodedata
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TOKENS = sa.table("tokens", sa.column("name"), sa.column("revoked_at"), sa.column("expires_at", MOMENT))
PEOPLE = sa.table("people", sa.column("name"))


def upgrade() -> None:
    op.add_column("tokens", sa.Column("expires_at", MOMENT, nullable=True))
    op.add_column("sessions", sa.Column("confirmed_at", MOMENT, nullable=True))
    op.execute("UPDATE sessions SET confirmed_at = created_at")
    expiry = datetime.now(UTC) + timedelta(days=90)
    op.execute(sa.update(TOKENS).where(TOKENS.c.revoked_at.is_(None)).values(expires_at=expiry))
    names = op.create_table("account_names", sa.Column("folded", sa.Text(), nullable=False, primary_key=True))
    op.bulk_insert(names, [{"folded": name} for name in sorted(_taken())])


def _taken() -> set[str]:
    connection = op.get_bind()
    found = [
        name for table in (PEOPLE, TOKENS) for name in connection.execute(sa.select(table.c.name)).scalars()
    ]
    return {" ".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in found}
