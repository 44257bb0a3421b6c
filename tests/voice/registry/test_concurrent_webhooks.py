"""Webhooks of several hosts on PostgreSQL: their transactions run at once, and each effect is as if they did not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.recorded_calls import record_call
from voice.calls import CallFacts
from voice.events import NewEvent
from voice.registry import Registry
from voice.registry.engine.new_events import insert_new
from voice.registry.event_effects import apply_reports


@pytest.fixture
def registry(postgresql_url: str) -> Iterator[Registry]:
    """A registry on PostgreSQL."""
    registry = Registry(postgresql_url)
    yield registry
    registry.close()


@contextmanager
def blocked_work(registry: Registry, work: Callable[[], Any]) -> Iterator[None]:
    """Work of another host that waits for a lock when the block begins, and is done when it has ended."""
    thread = threading.Thread(target=work)
    thread.start()
    while not is_blocked(registry):
        assert thread.is_alive(), "the work waits for no lock"
    yield
    thread.join()


def is_blocked(registry: Registry) -> bool:
    """True if a transaction of this database waits for another one."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return bool(registry.database.read(lambda connection: connection.execute(waiting).scalar()))


@pytest.mark.parametrize("commits", [True, False])
def test_an_event_that_two_hosts_record_at_once_is_recorded_once(registry, commits):
    """The second host waits for the first; then the event is recorded already, or it records the event itself."""
    event, outcome = NewEvent("k", "twilio", None, {}, "key"), []
    with registry.database.engine.connect() as first:
        assert insert_new(first, [event]) == [True]
        with blocked_work(registry, lambda: outcome.append(registry.events.record(event))):
            first.commit() if commits else first.rollback()
    assert outcome == [not commits]
    assert len(registry.events.after(0)) == 1


def test_hosts_lock_the_calls_of_a_group_in_one_order(registry):
    """Two hosts with reports of the same two calls would otherwise wait for each other."""
    lower, higher = sorted(record_call(registry) for _ in range(2))
    reports = [
        (NewEvent("k", "twilio", call_sid, {}), CallFacts(call_sid, "completed"))
        for call_sid in (higher, lower)
    ]
    engine, lock = registry.database.engine, "SELECT 1 FROM calls WHERE call_sid = :call_sid FOR UPDATE"
    with engine.connect() as holder, engine.connect() as other:
        holder.execute(text(lock), {"call_sid": lower})
        with blocked_work(registry, lambda: registry.events.record_all(lambda: reports)):
            assert other.execute(text(f"{lock} NOWAIT"), {"call_sid": higher}).scalar() == 1
            other.rollback()
            holder.rollback()
    assert [registry.calls.get(call_sid).status for call_sid in (lower, higher)] == ["completed"] * 2


def test_two_legs_that_arrive_at_two_hosts_at_once_confirm_their_command(registry):
    """Neither host sees the other's arrival before it commits, so the second one waits for the first."""
    caller, leg = record_call(registry), record_call(registry)
    queued = registry.commands.request("hold", {}, "ann", caller, None, "fingerprint")
    command = queued.record
    registry.commands.expect_legs(command.id, [caller, leg])
    registry.commands.settle(command, "accepted", final=False)

    def arrival(call_sid: str) -> tuple[NewEvent, CallFacts]:
        event = NewEvent("webhook.scene", "twilio", call_sid, {}, command_id=command.id)
        return event, CallFacts(call_sid, "in-progress", scene="hold")

    with registry.database.engine.connect() as first:
        apply_reports(first, [arrival(caller)])
        with blocked_work(registry, lambda: registry.events.record(*arrival(leg))):
            first.commit()
    assert registry.commands.get(command.id).state == "confirmed"


def test_a_command_that_is_accepted_while_its_call_ends_is_settled(registry):
    caller = record_call(registry)
    command = registry.commands.request("hold", {}, "ann", caller, None, "fingerprint").record
    accept = text("UPDATE commands SET state = 'accepted' WHERE id = :id")
    end = NewEvent("webhook.status", "twilio", caller, {}), CallFacts(caller, "completed")
    with registry.database.engine.connect() as host:
        host.execute(accept, {"id": command.id})
        with blocked_work(registry, lambda: registry.events.record(*end)):
            host.commit()
    assert registry.commands.get(command.id).state == "unconfirmed"
