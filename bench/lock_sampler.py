"""How long webhooks hold the row that numbers events, from samples: whether the row is locked at this moment.

The share of locked samples, times the duration, divided by the transactions meanwhile, is the time of one transaction.
"""

import threading
from dataclasses import dataclass
from types import TracebackType

import psycopg

from bench.postgresql import PostgreSQL

PAUSE_SECONDS = 0.004
_IS_FREE = b"SELECT 1 FROM feed WHERE name = 'events' FOR UPDATE SKIP LOCKED"
_NEXT_TRANSACTION = b"SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


@dataclass
class LockSampler:
    """Samples during a `with` block. Afterwards it has the share of locked samples and the number of transactions."""

    server: PostgreSQL
    database: str
    share: float = 0.0
    transactions: int = 0

    def __enter__(self) -> "LockSampler":
        self._connection = self.server.connect(self.database)
        self._stop, self._free, self._locked = threading.Event(), 0, 0
        self._first = _number(self._connection)
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        # A sample that gets the lock is a transaction too.
        self.transactions = _number(self._connection) - self._first - self._free
        self.share = self._locked / max(1, self._locked + self._free)
        self._connection.close()

    def _sample(self) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            is_free = self._connection.execute(_IS_FREE).fetchone() is not None
            self._free += is_free
            self._locked += not is_free


def _number(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    row = connection.execute(_NEXT_TRANSACTION).fetchone()
    assert row is not None
    return int(str(row[0]))
