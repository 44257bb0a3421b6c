"""PostgreSQL's clock in tests: while freezegun sets the time of the test, it sets that of the database as well.

SQLite has the clock of the process, so it needs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from freezegun.api import FakeDatetime
from sqlalchemy import Engine, event

from voice import events

DATABASE_TIME = "statement_timestamp()"
_own_clocks: list[object] = []


@contextmanager
def own_clock() -> Iterator[None]:
    """In this block the database keeps its own time, as if the test ran on a host whose clock is wrong."""
    _own_clocks.append(object())
    try:
        yield
    finally:
        _own_clocks.pop()


@event.listens_for(Engine, "before_cursor_execute", retval=True)
def _set_time(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    moment = events.now()
    if DATABASE_TIME in statement and isinstance(moment, FakeDatetime) and not _own_clocks:
        statement = statement.replace(DATABASE_TIME, f"TIMESTAMPTZ '{moment.isoformat()}'")
    return statement, parameters
