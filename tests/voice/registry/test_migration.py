"""Migrations beside a running release: a newer schema is not written to, a large table does not block webhooks."""

from __future__ import annotations

import threading
import time

import pytest
from alembic import command
from sqlalchemy import text

from tests.support.clients import form, new_call_sid
from voice.errors import RegistryUnavailable
from voice.registry.engine import schema_version
from voice.registry.engine.database import Database, open_database
from voice.registry.engine.migration import migrate
from voice.registry.engine.schema_version import alembic_config, head, revision

NEWER = text("UPDATE alembic_version SET version_num = '9999'")
CALLS = 5_000_000
MANY_CALLS = text(
    "INSERT INTO calls (call_sid, status, status_rank, started_at, heard_at) "
    "SELECT 'CA' || lpad(number::text, 32, '0'), 'completed', 4, now(), now() FROM generate_series(1, :calls) AS number"
)
ONE_CALL = text(
    "INSERT INTO calls (call_sid, status, status_rank, started_at, heard_at) VALUES (:sid, 'ringing', 2, now(), now())"
)


@pytest.fixture
def newer_schema(registry, monkeypatch):
    """Give the database a schema that this code does not know, and check the version at each write."""
    monkeypatch.setattr(schema_version, "CHECK_SECONDS", 0.0)
    with registry.database.engine.begin() as connection:
        connection.execute(NEWER)


@pytest.mark.usefixtures("newer_schema")
def test_a_release_does_not_write_to_the_schema_of_a_newer_one(registry):
    with pytest.raises(RegistryUnavailable, match="newer release"):
        registry.database.write(lambda connection: pytest.fail("written"))
    assert "newer release" in registry.problem()
    with pytest.raises(RegistryUnavailable, match="newer release"):
        migrate(registry.database)


@pytest.mark.usefixtures("newer_schema")
def test_webhooks_go_to_the_spool_while_the_schema_is_newer(app, services, twilio):
    call_sid = new_call_sid()
    answer = twilio.post("/voice/incoming", form(call_sid, CallStatus="ringing"))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert services.registry.calls.get(call_sid) is None
    assert app.test_client().get("/readyz").json["degraded"].keys() >= {"database", "spool"}


def test_a_migration_reports_each_revision(empty_database):
    reported: list[str] = []
    assert migrate(empty_database, reported.append) == head()
    assert reported[0] == "0001"
    assert reported[-1] == head()


@pytest.fixture
def empty_database(request, tmp_path):
    """A database without tables."""
    with open_database(f"sqlite:///{tmp_path / 'empty.db'}") as database:
        yield database


def upgrade_to(database: Database, target: str) -> None:
    """Migrate an empty database to an older schema."""
    config = alembic_config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)


@pytest.fixture
def old_postgresql(postgresql):
    """PostgreSQL with an older schema."""
    with postgresql.database() as url, open_database(url) as database:
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        upgrade_to(database, "0004")
        yield database


def test_a_migration_that_waits_for_a_lock_does_not_block_readers(old_postgresql):
    at_the_lock = threading.Event()

    def report(revision: str) -> None:
        if revision == "0009":  # adds a column to the locked table
            at_the_lock.set()

    migrating = threading.Thread(target=migrate, args=(old_postgresql, report))
    with old_postgresql.engine.begin() as holder:
        holder.execute(text("LOCK TABLE commands IN ACCESS SHARE MODE"))
        migrating.start()
        assert at_the_lock.wait(30)
        for _ in range(40):
            old_postgresql.fetch_rows(text("SELECT id FROM commands"))
            time.sleep(0.02)
        assert migrating.is_alive()
    migrating.join(60)
    assert old_postgresql.read(revision) == head()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_webhooks_are_recorded_while_five_million_calls_are_migrated(old_postgresql):
    with old_postgresql.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(MANY_CALLS, {"calls": CALLS})
    done, written = threading.Event(), 0
    migrating = threading.Thread(target=lambda: (migrate(old_postgresql), done.set()))
    migrating.start()
    while not done.is_set() and migrating.is_alive():
        values = {"sid": f"CB{written:032}"}
        with old_postgresql.engine.begin() as connection:  # as the release before the migrations does
            connection.execute(ONE_CALL, values)
        written += 1
        time.sleep(0.02)
    migrating.join()
    assert done.is_set()
    assert written > 10


def test_a_check_of_the_version_writes_no_line_to_the_log(registry, caplog):
    caplog.set_level("INFO")
    with registry.database.engine.connect() as connection:
        assert revision(connection) == head()
    assert [record for record in caplog.records if record.name.startswith("alembic")] == []
