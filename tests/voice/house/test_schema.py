"""The tables in code equal the tables that the migrations build."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from voice.registry import Registry
from voice.registry.engine.database import open_database
from voice.registry.engine.migration import migrate
from voice.registry.engine.schema_version import head
from voice.registry.schema import metadata

SQLITE_INDEXES = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
POSTGRESQL_INDEXES = text(
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
)


def differences(connection: Any) -> Any:
    """The differences between the database and the tables in code, as Alembic finds them."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return compare_metadata(context, metadata)


def indexes(connection: Any) -> dict[str, str]:
    """The definition of each index. Alembic compares neither conditions nor expressions nor operator classes."""
    definitions = SQLITE_INDEXES if connection.dialect.name == "sqlite" else POSTGRESQL_INDEXES
    return {name: " ".join(definition.split()) for name, definition in connection.execute(definitions)}


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_tables_equal_the_migrations(registry: Registry):
    database = registry.database
    assert database.read(differences) == []
    migrated = database.read(indexes)
    with database.engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert database.read(indexes) == migrated
    assert any(" WHERE " in definition for definition in migrated.values())


def test_a_second_migration_changes_nothing(database_url):
    with open_database(database_url) as database:
        assert [migrate(database), migrate(database)] == [head(), head()]
