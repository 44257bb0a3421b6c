"""The version of the schema: the one that a database has, and the one that this code needs."""

from __future__ import annotations

import logging
import time
from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from voice.errors import RegistryUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
CHECK_SECONDS = 5.0  # between two checks of the version; the writes in between rely on the last check

logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)  # else each check writes two lines


def alembic_config() -> Config:
    """The configuration of Alembic: the folder of the migrations."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


@cache
def revisions() -> tuple[str, ...]:
    """The revisions that this code knows, oldest first."""
    scripts = ScriptDirectory.from_config(alembic_config())
    return tuple(reversed([script.revision for script in scripts.walk_revisions()]))


def head() -> str:
    """The revision that this code needs."""
    return revisions()[-1]


def revision(connection: Connection) -> str | None:
    """The revision of the database; None if it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def refuse_newer(found: str | None) -> None:
    """Raise RegistryUnavailable if a newer release made this revision: this code does not know it."""
    if found is not None and found not in revisions():
        raise RegistryUnavailable(
            f"The database has the schema {found} of a newer release, so this release does not write to it. "
            "Run the newer release."
        )


class SchemaCheck:
    """Refuses writes of this process to the schema of a newer release. Reads the version every CHECK_SECONDS."""

    def __init__(self) -> None:
        self._next_check = 0.0

    def __call__(self, connection: Connection) -> None:
        """Raise RegistryUnavailable if the schema is newer; webhooks then go to the spool."""
        if time.monotonic() >= self._next_check:
            refuse_newer(revision(connection))
            self._next_check = time.monotonic() + CHECK_SECONDS
