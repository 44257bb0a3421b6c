"""The store of workers: each process reports every second that it lives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from voice.registry.engine.clock import database_time, read_clock
from voice.registry.engine.database import Database
from voice.registry.schema.workers import workers

STALE_AFTER = timedelta(seconds=10)  # a worker that was not seen for so long is presumed dead
FORGOTTEN_AFTER = timedelta(hours=1)


class LiveWorker(NamedTuple):
    """A worker that reported lately."""

    id: str
    host: str
    seen_at: datetime


class WorkerStore:
    """The heartbeats of all workers. Their times come from the database's clock."""

    def __init__(self, database: Database):
        self._database = database

    def beat(self, worker_id: str, host: str) -> None:
        """Report that this worker lives. Raises RegistryUnavailable."""

        def work(connection: Connection) -> None:
            moment = read_clock(connection)
            connection.execute(delete(workers).where(workers.c.seen_at < moment - FORGOTTEN_AFTER))
            insert = self._database.insert_into(workers).values(id=worker_id, host=host, seen_at=moment)
            connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_={"seen_at": moment}))

        self._database.write(work)

    def leave(self, worker_id: str) -> None:
        """Report that this worker has stopped."""
        self._database.write(
            lambda connection: connection.execute(delete(workers).where(workers.c.id == worker_id))
        )

    def live(self) -> list[LiveWorker]:
        """The workers that reported lately. A time far in the future comes from a clock that was set back."""
        query = select(workers.c.id, workers.c.host, workers.c.seen_at, database_time()).order_by(
            workers.c.id
        )
        found = self._database.fetch_rows(query)
        return [LiveWorker(*row[:3]) for row in found if abs(row[3] - row[2]) < STALE_AFTER]
