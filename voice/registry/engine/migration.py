"""Migration of a database to the schema of this release, while other processes write to it."""

from __future__ import annotations

import time
from collections.abc import Callable

from alembic import command
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from voice.registry.engine.database import Database
from voice.registry.engine.schema_version import alembic_config, head, refuse_newer, revision, revisions

LOCK_TRIES = 300
LOCK_MILLISECONDS = 200  # short, because webhooks queue behind a migration that waits for a lock
PAUSE_SECONDS = 0.2
LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
Report = Callable[[str], None]


def migrate(database: Database, report: Report = lambda revision: None) -> str:
    """Migrate the database to `head`, one transaction per revision, and return it. Safe to repeat.

    `report` receives each revision before it is applied. On PostgreSQL a statement has no time limit. If it does not
    get its lock within LOCK_MILLISECONDS, the revision is tried again. Creates a missing SQLite file with its folder.
    Raises RegistryUnavailable.
    """
    database.create_file()
    with database.translate_errors(), database.engine.connect() as connection:
        found = revision(connection)
        refuse_newer(found)
        connection.rollback()
        if not database.is_sqlite:
            connection.exec_driver_sql(f"SET statement_timeout = 0; SET lock_timeout = {LOCK_MILLISECONDS}")
            connection.commit()
        for pending in revisions()[_position(found) :]:
            report(pending)
            _apply(connection, pending)
        connection.invalidate()  # its settings must not stay in the pool
    return head()


def _position(found: str | None) -> int:
    return 0 if found is None else revisions().index(found) + 1


def _apply(connection: Connection, target: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    for tries_left in reversed(range(LOCK_TRIES)):
        try:
            command.upgrade(config, target)
            return
        except DBAPIError as error:
            if not tries_left or getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
        connection.rollback()
        time.sleep(PAUSE_SECONDS)
