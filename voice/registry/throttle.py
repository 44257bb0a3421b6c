"""Rate limits across all workers: one row for each key.

The row holds the time up to which attempts are paid for. An attempt pays for `every` seconds more, and the time may be
at most `burst` attempts ahead of the clock (a leaky bucket, also known as GCRA). So in any minute at most
`burst + 60 / every` attempts pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, case, delete, or_

from voice.events import now
from voice.registry.engine.database import Database
from voice.registry.schema.throttle import throttle

KEPT_SECONDS = 3600.0


class RateLimit(NamedTuple):
    """At most `burst` attempts at once, then one every `every` seconds."""

    burst: int
    every: float


class _LimitReached(Exception):
    """Rolls the transaction back: a refused attempt costs nothing."""


class ThrottleStore:
    """Rate limits of attempts."""

    def __init__(self, database: Database):
        self._database = database

    def allow(self, limits: Mapping[str, RateLimit]) -> bool:
        """Count one attempt for each key. False, counted for none, if one of them has reached its limit."""
        moment = now().timestamp()

        def work(connection: Connection) -> bool:
            connection.execute(delete(throttle).where(throttle.c.paid_until < moment - KEPT_SECONDS))
            for key in sorted(limits):
                if not self._pay(connection, key, limits[key], moment):
                    raise _LimitReached
            return True

        try:
            return self._database.write_patiently(work)
        except _LimitReached:
            return False

    def _pay(self, connection: Connection, key: str, limit: RateLimit, moment: float) -> bool:
        """Pay for one attempt in a conditional upsert.

        A time further ahead than attempts can pay for comes from a clock that was set back.
        """
        paid_until, most = throttle.c.paid_until, moment + limit.burst * limit.every
        start = case((paid_until > most, moment), (paid_until > moment, paid_until), else_=moment)
        insert = self._database.insert_into(throttle).values(key=key, paid_until=moment + limit.every)
        statement = insert.on_conflict_do_update(
            index_elements=["key"],
            set_={"paid_until": start + limit.every},
            where=or_(paid_until <= most - limit.every, paid_until > most),
        )
        return connection.execute(statement.returning(throttle.c.key)).first() is not None
