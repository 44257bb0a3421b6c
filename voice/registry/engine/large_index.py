"""Indexes on large tables, created while webhooks write to the table."""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op


def create_large_index(name: str, table: str, columns: Sequence[str]) -> None:
    """Create an index. PostgreSQL blocks no writer, and replaces an index that an interrupted attempt left behind.

    Source: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
    """
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(name, table, columns)
        return
    with op.get_context().autocommit_block():
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True)
