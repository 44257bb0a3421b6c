"""The PostgreSQL engine, with bounded waits."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

from voice.registry.engine.hosts_in_turn import HostsInTurn
from voice.registry.engine.limits import ANSWER_SECONDS, POOL_SIZE


def create_postgresql_engine(url: URL) -> Engine:
    """The engine for a PostgreSQL database. Opens no connection."""
    milliseconds = int(ANSWER_SECONDS * 1000)
    options = f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c timezone=UTC"
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=ANSWER_SECONDS,
        pool_recycle=1800,
        connect_args={"connect_timeout": 2, "options": options, "application_name": "midcall"},
    )
    event.listen(engine, "do_connect", HostsInTurn().connect)
    return engine
