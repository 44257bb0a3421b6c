"""How long a process waits for the database, and how much it does at once."""

LOCK_SECONDS = 0.1  # for a lock of SQLite; a caller on the line waits as long
ANSWER_SECONDS = 1.0  # for PostgreSQL, connecting included
PATIENCE_SECONDS = 2.0  # for an operator, who prefers waiting to a failed request
HURRY_SECONDS = 0.3  # for a webhook that can do without the answer
POOL_SIZE = 5  # connections per process, not per greenlet
ROWS_PER_STATEMENT = 200  # more rows would keep a webhook waiting
