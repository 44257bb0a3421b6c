"""The last final id on PostgreSQL: every event up to it is visible to all readers, and none can come any later.

Transactions take ids before they commit, so an event can become visible after one with a higher id. A reader must
therefore stop below the oldest transaction that still runs. The row `events` of the table `feed` says where:

* `last_id` is final.
* `next_id` is the last id that was taken when the transaction `barrier` began. A writer has its transaction id before
  it takes an event id, so each id up to `next_id` belongs to a transaction older than `barrier`. Once all of these
  have ended, `next_id` is final.

Readers move the row on: it costs writers nothing. A transaction of any database of the server holds the barrier back.
Source: https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, text

# A barrier from the future is that of the server on which a dump was made: begin anew.
_MOVE_ON = text("""
WITH taken AS MATERIALIZED (
    SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS id FROM event_ids
), running AS MATERIALIZED (
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS future
), moved AS (
    UPDATE feed SET
        last_id = CASE WHEN barrier < oldest THEN greatest(last_id, next_id) ELSE last_id END,
        next_id = taken.id,
        barrier = pg_current_xact_id()::text::bigint
    FROM taken, running
    WHERE name = 'events' AND (
        barrier >= future
        OR (coalesce(barrier, 0) < oldest AND greatest(next_id, taken.id) > last_id)
    )
    RETURNING last_id, next_id
)
SELECT coalesce(moved.last_id, feed.last_id), coalesce(moved.next_id, feed.next_id, feed.last_id)
FROM feed LEFT JOIN moved ON true WHERE feed.name = 'events'
""")


class FinalIds(NamedTuple):
    """The last final id, and the one that is to become final next: the same if nothing is on its way."""

    last: int
    next: int


def move_on(connection: Connection) -> FinalIds:
    """Move the last final id on as far as possible in one transaction. A second call finds what the first prepared."""
    last, following = connection.execute(_MOVE_ON).one()
    return FinalIds(last, following)
