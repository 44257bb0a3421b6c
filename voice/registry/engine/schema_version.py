"""The version of the schema: the one a database has, the one this code needs, and the migration between them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from voice.registry.engine.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


@cache
def head() -> str:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def revision(connection: Connection) -> str | None:
    """The revision of the database; None if it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(database: Database) -> str:
    """Migrate the database to `head` in one transaction; the revision that it then has. Safe to repeat."""
    config = _config()

    def work(connection: Connection) -> str:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return revision(connection) or ""

    return database.write(work)
