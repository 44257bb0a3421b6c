"""The ids of events rise in the order in which readers get them, also with several writers."""

from __future__ import annotations

import threading
from typing import Any

from tests.support.clients import new_call_sid
from tests.support.parallel_writers import run_writers
from tests.support.recorded_calls import listed_sids, record_call, retry_until_available
from voice.calls import CallFacts
from voice.events import NewEvent
from voice.registry import Registry

WRITERS = 3


def test_repeated_events_leave_no_gap(registry):
    call_sid = new_call_sid()
    for _ in range(3):
        for number in range(3):
            event = NewEvent("k", "twilio", call_sid, {}, f"{call_sid}:{number}")
            registry.events.record(event, CallFacts(call_sid, None))
    ids = [event.id for event in registry.events.after(0)]
    assert ids == [1, 2, 3] == list(range(1, registry.events.last_id() + 1))


def test_the_events_after_an_id_come_in_limited_pages(registry):
    for _ in range(5):
        record_call(registry)
    assert [event.id for event in registry.events.after(2)] == [3, 4, 5]
    assert [event.id for event in registry.events.after(1, limit=2)] == [2, 3]
    assert registry.events.after(5) == []


def write_events(url: str, writer: int, start: Any) -> None:
    """Record 10 events of this writer, and 10 that every writer records. Runs in its own process."""
    registry = Registry(url)
    start.wait()
    for number in range(10):
        for key in (f"shared:{number}", f"{writer}:{number}"):
            facts = CallFacts(f"CA{number:032x}", "ringing")
            event = NewEvent("webhook.status", "twilio", facts.call_sid, {"writer": writer}, key)
            retry_until_available(lambda event=event, facts=facts: registry.events.record(event, facts))
    registry.close()


def test_several_writing_processes_record_each_event_once(database_url):
    """On SQLite no id is missing. On PostgreSQL the id of a repeat can be, if two processes record it at once."""
    run_writers(write_events, database_url, WRITERS)
    registry = Registry(database_url)
    events = registry.events.after(0)
    ids = [event.id for event in events]
    assert (len(ids), ids) == (10 + 10 * WRITERS, sorted(set(ids)))
    assert ids == list(range(1, len(ids) + 1)) or not registry.database.is_sqlite
    assert registry.events.last_id() >= ids[-1]
    assert len(listed_sids(registry)) == 10
    registry.close()


def test_a_reader_that_asks_for_newer_ids_misses_no_event(database_url):
    registry, total = Registry(database_url), WRITERS * 25

    def write() -> None:
        own = Registry(database_url)
        for _ in range(25):
            facts = CallFacts(new_call_sid(), None)
            event = NewEvent("k", "twilio", facts.call_sid, dedupe_key=facts.call_sid)
            retry_until_available(lambda event=event, facts=facts: own.events.record(event, facts))
        own.close()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    while len(seen) < total:
        seen += [event.id for event in registry.events.after(seen[-1] if seen else 0, limit=7)]
    for writer in writers:
        writer.join()
    assert seen == list(range(1, total + 1))
    registry.close()
