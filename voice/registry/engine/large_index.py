"""Indexes on large tables, created while webhooks write to the table."""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op
from sqlalchemy import TextClause

Columns = Sequence[str | TextClause]


def create_large_index(name: str, table: str, columns: Columns) -> None:
    """Create an index. PostgreSQL blocks no writer, and replaces an index that an interrupted attempt left behind.

    Source: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
    """
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(name, table, columns)
        return
    with op.get_context().autocommit_block():
        _create_beside_writers(name, table, columns)


def replace_large_index(name: str, table: str, columns: Columns) -> None:
    """Give an index of PostgreSQL other columns. Until the new index is complete, queries use the old one."""
    new = f"{name}_new"
    with op.get_context().autocommit_block():
        _create_beside_writers(new, table, columns)
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
        op.execute(f"ALTER INDEX {new} RENAME TO {name}")


def _create_beside_writers(name: str, table: str, columns: Columns) -> None:
    op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
    op.create_index(name, table, columns, postgresql_concurrently=True)
