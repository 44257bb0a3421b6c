"""The tables in code equal the tables that the migrations build."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from voice.registry import Registry
from voice.registry.engine.database import open_database
from voice.registry.engine.migration import migrate
from voice.registry.engine.schema_version import head
from voice.registry.schema import metadata


def differences(connection: Any) -> Any:
    """The differences between the database and the tables in code, as Alembic finds them."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return compare_metadata(context, metadata)


def indexes(connection: Any) -> dict[str, Any]:
    """Each index with its columns and its condition. Alembic does not compare the conditions."""
    inspector, found = inspect(connection), {}
    for table in metadata.tables:
        for index in inspector.get_indexes(table):
            condition = {str(value) for name, value in index["dialect_options"].items() if "where" in name}
            found[index["name"]] = (index["column_names"], bool(index["unique"]), condition)
    return found


def test_the_tables_equal_the_migrations(registry: Registry):
    database = registry.database
    assert database.read(differences) == []
    migrated = database.read(indexes)
    with database.engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert database.read(indexes) == migrated
    assert any(condition for _, _, condition in migrated.values())


def test_a_second_migration_changes_nothing(database_url):
    with open_database(database_url) as database:
        assert [migrate(database), migrate(database)] == [head(), head()]
