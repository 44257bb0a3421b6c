"""On PostgreSQL a reader stops below events whose transaction still runs, so it skips none of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text

from tests.support.recorded_calls import record_call
from voice.errors import RegistryUnavailable
from voice.events import NewEvent
from voice.registry import Registry
from voice.registry.engine.new_events import insert_new
from voice.registry.engine.sequence import take_id


@pytest.fixture
def registry(postgresql_url: str) -> Iterator[Registry]:
    """A registry on PostgreSQL."""
    registry = Registry(postgresql_url)
    yield registry
    registry.close()


@contextmanager
def transaction(registry: Registry) -> Iterator[Connection]:
    """A transaction of another host; it rolls back unless the test commits it."""
    with registry.database.engine.connect() as connection:
        yield connection


def write(connection: Connection, key: str) -> None:
    """Write one event in an open transaction."""
    assert insert_new(connection, [NewEvent("k", "twilio", None, {}, key)]) == [True]


def read(registry: Registry, after: int = 0) -> list[int]:
    """The ids that a reader gets after this one."""
    return [event.id for event in registry.events.after(after)]


def test_an_event_that_commits_late_holds_back_those_with_higher_ids(registry):
    with transaction(registry) as late:
        write(late, "late")
        record_call(registry)
        assert (read(registry), registry.events.last_id()) == ([], 0)
        late.commit()
    assert (read(registry), registry.events.last_id()) == ([1, 2], 2)


def test_an_older_transaction_that_takes_a_higher_id_does_not_hide_a_lower_one(registry):
    with transaction(registry) as older, transaction(registry) as newer:
        older.execute(text("SELECT pg_current_xact_id()"))
        write(newer, "lower")
        write(older, "higher")
        older.commit()
        assert read(registry) == []
        newer.commit()
    assert read(registry) == [1, 2]


def test_a_transaction_that_takes_another_id_late_holds_back_its_first(registry):
    with transaction(registry) as long:
        write(long, "first")
        record_call(registry)
        read(registry)
        write(long, "second")
        record_call(registry)
        assert read(registry) == []
        long.commit()
    assert read(registry) == [1, 2, 3, 4]


def test_a_transaction_that_only_took_an_id_holds_back_those_with_higher_ids(registry):
    """The second id: taking the first of 32 writes to the log, which makes the transaction one that writes."""
    record_call(registry)
    assert read(registry) == [1]
    with transaction(registry) as taking:
        assert take_id(taking) == 2
        record_call(registry)
        assert read(registry) == [1]
        taking.rollback()
    assert read(registry) == [1, 3]


def test_events_up_to_the_last_final_id_stay_readable_while_a_transaction_runs(registry):
    for _ in range(3):
        record_call(registry)
    assert read(registry) == [1, 2, 3]
    with transaction(registry) as late:
        write(late, "late")
        record_call(registry)
        assert (read(registry), registry.events.last_id()) == ([1, 2, 3], 3)
        late.commit()
    assert read(registry, after=3) == [4, 5]


def test_readers_in_several_processes_share_the_last_final_id(registry, postgresql_url):
    other = Registry(postgresql_url)
    with transaction(registry) as late:
        write(late, "late")
        record_call(registry)
        assert (read(registry), read(other)) == ([], [])
        late.commit()
    assert read(other) == read(registry) == [1, 2]
    other.close()


def test_a_database_restored_on_a_new_server_goes_on(registry):
    """Transaction ids begin anew there, so the barrier of the old server lies in the future."""
    record_call(registry)
    assert read(registry) == [1]
    registry.database.write(lambda c: c.execute(text("UPDATE feed SET barrier = 9000000000, next_id = 7")))
    record_call(registry)
    assert read(registry) == [1, 2]


def test_a_release_that_counts_the_ids_is_refused_until_it_stops(registry):
    record_call(registry)
    assert read(registry) == [1]
    count = text("UPDATE feed SET last_id = last_id + 1 WHERE name = 'events' RETURNING last_id")
    with pytest.raises(RegistryUnavailable, match="newer release"):
        registry.database.write(lambda connection: connection.execute(count).scalar_one())
    assert registry.events.last_id() == 1
