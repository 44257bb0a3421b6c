"""The SQLite engine: WAL mode, and each commit on disk when it returns (synchronous=FULL)."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from voice.registry.engine.limits import LOCK_SECONDS, POOL_SIZE
from voice.registry.engine.private_files import create_private, make_private_folder

RETRY_SECONDS = 0.001
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000", "foreign_keys=ON")
_PATIENT = f"PRAGMA busy_timeout={int(LOCK_SECONDS * 1000)}"


def create_sqlite_engine(url: URL) -> Engine:
    """The engine for a SQLite file. Creates its folder; opens no connection."""
    if url.database and url.database != ":memory:":
        with suppress(OSError):  # the first connection reports the problem
            make_private_folder(Path(url.database).parent)
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=LOCK_SECONDS,
        connect_args={"timeout": LOCK_SECONDS},
    )
    event.listen(engine, "do_connect", _create_file)
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _create_file(_dialect: Any, _record: Any, arguments: list[Any], _parameters: Any) -> None:
    """Create the file before SQLite does, which would let every user of the machine read it."""
    file = str(arguments[0])
    if file != ":memory:" and not file.startswith("file:"):
        with suppress(OSError):  # the connection reports the problem
            create_private(Path(file))


def _set_up_connection(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # `_begin` begins the transactions
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
