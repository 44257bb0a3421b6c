"""A write that happens once although the answer to its COMMIT may be lost.

PostgreSQL may have committed a transaction whose connection broke during the COMMIT. Each attempt of a write therefore
stores a nonce. The next attempt looks for it first, and if it is there, returns the result of the attempt that stored
it. The nonce travels with the COMMIT, so it costs no round trip.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import Connection, bindparam, delete, select

from voice.registry.engine.clock import database_time
from voice.registry.schema.nonces import write_nonces

Result = TypeVar("Result")
KEPT_SECONDS = 600.0  # much longer than any write is repeated
_ATTEMPT = select(write_nonces.c.attempt).where(write_nonces.c.nonce == bindparam("nonce"))
_OLD = delete(write_nonces).where(write_nonces.c.written_at < database_time(-KEPT_SECONDS))


class Once(Generic[Result]):
    """One write. Its work runs again only if no earlier attempt was committed.

    SQLite needs no nonce: its COMMIT is a function call that returns or raises.
    """

    def __init__(self, work: Callable[[Connection], Result], *, keeps_nonce: bool):
        self._work = work
        self._nonce = secrets.token_hex(8) if keeps_nonce else None
        self._results: list[Result] = []  # of the attempts that came as far as their COMMIT

    @property
    def is_unsure(self) -> bool:
        """True if an attempt came as far as its COMMIT, which may have succeeded."""
        return bool(self._results)

    def attempt(self, connection: Connection) -> Result:
        """Run the work and commit it, unless an earlier attempt is committed; the result of the one that is."""
        if self._nonce is None:
            return self._work(connection)
        committed = self.committed(connection) if self.is_unsure else []
        if committed:
            return committed[0]
        self._results.append(self._work(connection))
        connection.exec_driver_sql(
            f"INSERT INTO {write_nonces.name} (nonce, attempt, written_at) "
            f"VALUES ('{self._nonce}', {len(self._results)}, statement_timestamp()); COMMIT"
        )
        return self._results[-1]

    def committed(self, connection: Connection) -> list[Result]:
        """The result of the attempt that was committed; empty if none was."""
        attempts = connection.execute(_ATTEMPT, {"nonce": self._nonce}).scalars()
        return [self._results[attempt - 1] for attempt in attempts]


def delete_old_nonces(connection: Connection) -> None:
    """Delete the nonces of writes that are long over."""
    connection.execute(_OLD)
