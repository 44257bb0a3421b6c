"""The database's clock. Leases and due times compare with it, so the clocks of the hosts may differ.

PostgreSQL has a clock of its own. A SQLite file belongs to one host, whose clock all its processes share.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, bindparam, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from voice.events import now
from voice.registry.schema.columns import UtcDateTime

_SQLITE_FUNCTION = "midcall_time"
_ZERO = bindparam("database_time_now", 0.0, type_=Float())


class _DatabaseTime(FunctionElement[datetime]):
    """The time of the database's clock, so many seconds from now. It stays the same within a statement."""

    name = "database_time"
    type = UtcDateTime()
    inherit_cache = True


def database_time(after: float | ColumnElement[float] = 0.0) -> ColumnElement[datetime]:
    """The time of the database's clock `after` seconds from now, as SQL."""
    if isinstance(after, ColumnElement):
        return _DatabaseTime(after)
    return _DatabaseTime(literal(float(after), Float()) if after else _ZERO)


def due_time(due: datetime | timedelta) -> datetime | ColumnElement[datetime]:
    """A time to store: this one, or so long after the database's time."""
    return database_time(due.total_seconds()) if isinstance(due, timedelta) else due


def read_clock(connection: Connection) -> datetime:
    """The time of the database's clock."""
    moment: datetime = connection.execute(select(database_time())).scalar_one()
    return moment


def add_clock(connection: sqlite3.Connection) -> None:
    """Give a connection of SQLite the function that `database_time` calls."""
    connection.create_function(_SQLITE_FUNCTION, 1, _sqlite_time)


@compiles(_DatabaseTime, "postgresql")
def _for_postgresql(element: _DatabaseTime, compiler: Any, **options: Any) -> str:
    (after,) = element.clauses
    if after is _ZERO:
        return "statement_timestamp()"
    seconds = compiler.process(after, **options)
    return f"(statement_timestamp() + CAST({seconds} AS double precision) * interval '1 second')"


@compiles(_DatabaseTime, "sqlite")
def _for_sqlite(element: _DatabaseTime, compiler: Any, **options: Any) -> str:
    return f"{_SQLITE_FUNCTION}({compiler.process(element.clauses, **options)})"


def _sqlite_time(after: float) -> str:
    """In the format in which SQLAlchemy stores a time in SQLite, so that texts compare as times do."""
    moment = (now() + timedelta(seconds=after)).astimezone(UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
