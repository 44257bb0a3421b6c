"""The last final id, a sequence for the ids of events on PostgreSQL, and the lock of operators and workers.

The release before this one counts the ids in the row `events`. PostgreSQL refuses that from here on, so the events of a
host that still runs that release wait in its spool.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REFUSAL = """
CREATE FUNCTION refuse_counted_ids() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A newer release of Midcall numbers the events. Run the newer release.';
END $$;
CREATE TRIGGER refuse_counted_ids BEFORE UPDATE ON feed FOR EACH ROW
WHEN (OLD.barrier IS NOT NULL AND NEW.barrier = OLD.barrier AND NEW.last_id <> OLD.last_id)
EXECUTE FUNCTION refuse_counted_ids();
"""


def upgrade() -> None:
    op.add_column("feed", sa.Column("next_id", sa.BigInteger(), nullable=True))
    op.add_column("feed", sa.Column("barrier", sa.BigInteger(), nullable=True))
    op.execute("INSERT INTO feed (name, last_id) VALUES ('writers', 0)")
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute("CREATE SEQUENCE event_ids")
    op.execute(
        "SELECT setval('event_ids', greatest(last_id, 1), last_id > 0) FROM feed WHERE name = 'events'"
    )
    op.execute("UPDATE feed SET barrier = 0 WHERE name = 'events' AND last_id > 0")
    op.execute(REFUSAL)
