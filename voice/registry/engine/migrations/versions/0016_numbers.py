"""Indexes of calls by the beginning and by the end of their numbers."""

import sqlalchemy as sa
from alembic import op

from voice.registry.engine.large_index import create_large_index, replace_large_index

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BY_BYTES = "text_pattern_ops"


def upgrade() -> None:
    for side in ("from", "to"):
        column = f"{side}_number"
        create_large_index(f"calls_by_{side}_end", "calls", [sa.text(_ending(column))])
        if op.get_bind().dialect.name != "sqlite":
            replace_large_index(f"calls_by_{side}", "calls", [sa.text(f"{column} {BY_BYTES}"), "started_at"])


def _ending(column: str) -> str:
    """The last ten characters, last one first."""
    if op.get_bind().dialect.name != "sqlite":
        return f"reverse(right({column}, 10)) {BY_BYTES}"
    return "(" + " || ".join(f"substr({column}, -{place}, 1)" for place in range(1, 11)) + ")"
