"""The SQLite engine: WAL mode, and each commit on disk when it returns (synchronous=FULL)."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from voice.registry.engine.clock import add_clock
from voice.registry.engine.limits import LOCK_SECONDS, POOL_SIZE
from voice.registry.engine.private_files import create_private, make_private_folder

RETRY_SECONDS = 0.001
CREATE_OR_MOUNT = "Mount the disk that holds it, or run `flask migrate` to create a new database."
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000", "foreign_keys=ON")
_PATIENT = f"PRAGMA busy_timeout={int(LOCK_SECONDS * 1000)}"


def create_sqlite_engine(url: URL) -> Engine:
    """The engine for a SQLite file. Opens no connection, and no connection creates the file."""
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=LOCK_SECONDS,
        connect_args={"timeout": LOCK_SECONDS},
    )
    event.listen(engine, "do_connect", _require_file)
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin)
    return engine


def missing_file(url: URL) -> Path | None:
    """The file of a SQLite database if it is missing: it was never created, or its disk is not mounted."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    path = Path(url.database or "")
    return None if path.exists() else path


def create_file(url: URL) -> None:
    """Create the file of a SQLite database, and its folder. SQLite would let every user read it. Raises OSError."""
    path = missing_file(url)
    if path:
        make_private_folder(path.parent)
        create_private(path)


def _require_file(dialect: Any, _record: Any, arguments: Any, _named: Any) -> None:
    """SQLite would create a missing file: an empty database on the wrong disk in place of the real one."""
    path = arguments[0] if arguments else ":memory:"
    if path != ":memory:" and not Path(path).exists():
        raise dialect.dbapi.OperationalError(f"there is no file {path}. {CREATE_OR_MOUNT}")


def _set_up_connection(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # `_begin` begins the transactions
    add_clock(connection)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Take the write lock at BEGIN, where SQLite can wait for it; at the first write it is an error.

    SQLite's own wait stops every greenlet of the worker and doubles with each try. This wait lets them run.
    """
    if connection.get_execution_options().get("reading"):
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA busy_timeout=0")
    try:
        if not _begin_in_time(raw):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises the error in SQLAlchemy's form
    finally:
        raw.execute(_PATIENT)


def _begin_in_time(raw: sqlite3.Connection) -> bool:
    for _ in range(round(LOCK_SECONDS / RETRY_SECONDS)):
        with suppress(sqlite3.Error):
            raw.execute("BEGIN IMMEDIATE")
            return True
        time.sleep(RETRY_SECONDS)
    return False
