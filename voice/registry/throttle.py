"""How often something may be tried, across all workers: one row for each thing that is bounded.

The row holds the moment up to which tries are paid for; a try pays for `every` seconds more, and nobody may
be further ahead than `burst` tries (a leaky bucket, also known as GCRA). In any minute at most
`burst + 60 / every` tries pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, case, delete, or_
from sqlalchemy.dialects import postgresql, sqlite

from voice.events import now
from voice.registry.engine.database import Database
from voice.registry.schema.throttle import throttle

KEPT_SECONDS = 3600.0


class RateLimit(NamedTuple):
    """At most `burst` at once, then one every so many seconds."""

    burst: int
    every: float


class _Exhausted(Exception):
    """Rolls the transaction back: a try that was not let through costs nothing."""


class ThrottleStore:
    """Bounded tries."""

    def __init__(self, database: Database):
        self._database = database

    def allow(self, bounds: Mapping[str, RateLimit]) -> bool:
        """One try that counts for each of the keys; False, and counted for none, if one of them has no room."""

        def work(connection: Connection) -> bool:
            connection.execute(delete(throttle).where(throttle.c.paid_until < moment - KEPT_SECONDS))
            for key in sorted(bounds):
                if not _paid(connection, key, bounds[key], moment):
                    raise _Exhausted
            return True

        moment = now().timestamp()
        try:
            return self._database.write_patiently(work)
        except _Exhausted:
            return False


def _paid(connection: Connection, key: str, bound: RateLimit, moment: float) -> bool:
    """One conditional upsert. What lies further ahead than tries can pay comes from a clock that was set back."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    ahead = throttle.c.paid_until
    most = moment + bound.burst * bound.every
    begins = case((ahead > most, moment), (ahead > moment, ahead), else_=moment)
    statement = insert(throttle).values(key=key, paid_until=moment + bound.every)
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={"paid_until": begins + bound.every},
        where=or_(ahead <= most - bound.every, ahead > most),
    )
    return connection.execute(statement.returning(throttle.c.key)).first() is not None
