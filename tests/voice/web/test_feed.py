"""The event feed: every event once and in order, from any position, with a limited number of streams."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.clients import ADMIN_TOKEN, TESTER, Operator, new_call_sid, settings
from tests.support.ports import free_port
from voice import create_app
from voice.calls import CallFacts
from voice.errors import LimitReached, RegistryUnavailable
from voice.events import NewEvent
from voice.registry import Registry
from voice.web.feed import Feed
from voice.web.stream_slots import StreamSlots

pytestmark = pytest.mark.timeout(60)
BEARER = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


@pytest.fixture(autouse=True)
def readers() -> Iterator[None]:
    """Wait for the reader, which stops when no stream is left."""
    yield
    for thread in threading.enumerate():
        if thread.name == "feed":
            thread.join(10)


@pytest.fixture
def feed(registry: Registry) -> Feed:
    """The feed of one process, with two slots."""
    return Feed(registry, StreamSlots(2))


def record(registry: Registry, times: int = 1, **details: Any) -> None:
    """Record events."""
    for _ in range(times):
        call_sid = new_call_sid()
        event = NewEvent("webhook.status", "twilio", call_sid, details, call_sid)
        while True:
            try:
                registry.events.record(event, CallFacts(call_sid, "ringing"))
                break
            except RegistryUnavailable:  # another writer held SQLite's lock for too long
                continue


def next_events(stream: Iterable[bytes], most: int) -> list[dict[str, str]]:
    """The next events of a stream, each as its lines by name."""
    found: list[dict[str, str]] = []
    chunks = iter(stream)
    while len(found) < most:
        for block in next(chunks).decode().split("\n\n"):
            if block.startswith("id: "):
                found.append(dict(line.split(": ", 1) for line in block.split("\n")))
    return found


def ids(stream: Iterable[bytes], most: int) -> list[int]:
    return [int(event["id"]) for event in next_events(stream, most)]


def test_a_stream_without_an_id_starts_with_new_events(feed, registry):
    record(registry, 3)
    stream = feed.stream(None)
    assert next(stream) == b"retry: 1000\n\n"
    record(registry, 2)
    assert ids(stream, 2) == [4, 5]
    stream.close()


def test_a_stream_after_an_id_has_no_gap(feed, registry):
    record(registry, 5)
    stream = feed.stream(2)
    assert ids(stream, 3) == [3, 4, 5]
    record(registry, 2)
    assert ids(stream, 2) == [6, 7]
    stream.close()


def test_a_stream_that_is_far_behind_gets_every_event(feed, registry):
    record(registry, 510)  # more than one page of the registry
    stream = feed.stream(0)
    assert ids(stream, 510) == list(range(1, 511))
    stream.close()


def test_a_late_stream_gets_events_that_memory_does_not_hold(feed, registry):
    record(registry, 3)
    first = feed.stream(None)
    record(registry)
    assert ids(first, 1) == [4]  # the oldest event in memory
    for after in range(4):
        late = feed.stream(after)
        assert ids(late, 4 - after) == list(range(after + 1, 5))
        late.close()
    first.close()


def test_an_id_beyond_the_last_event_starts_with_new_events(feed, registry):
    record(registry)
    stream = feed.stream(1_000_000)
    record(registry)
    assert ids(stream, 1) == [2]
    stream.close()


def test_a_reconnect_after_the_last_stream_closed_has_no_gap(feed, registry):
    stream = feed.stream(None)
    record(registry)
    assert ids(stream, 1) == [1]
    stream.close()
    for thread in threading.enumerate():
        if thread.name == "feed":
            thread.join(10)
    record(registry, 2)
    stream = feed.stream(1)
    record(registry)
    assert ids(stream, 3) == [2, 3, 4]
    stream.close()


def test_two_streams_get_the_same_events_and_a_slow_one_misses_none(feed, registry):
    quick, slow = feed.stream(None), feed.stream(None)
    for number in range(1, 6):
        record(registry)
        assert ids(quick, 1) == [number]
    assert ids(slow, 5) == [1, 2, 3, 4, 5]
    quick.close()
    slow.close()


def test_an_event_is_one_block_whatever_text_it_holds(feed, registry):
    words = "a\nid: 99\n\ndata: forged\r\u2028\U0001f600"
    stream = feed.stream(None)
    record(registry, said=words)
    (block,) = next_events(stream, 1)
    assert (block["id"], block["event"]) == ("1", "webhook.status")
    (event,) = registry.events.after(0)
    assert json.loads(block["data"]) == event.as_json()
    assert event.details == {"said": words}
    stream.close()


def test_two_processes_stream_the_same_events_while_others_write(database_url):
    """Two feeds with a registry each and three writers: both stream every event once, in the same order."""
    registries = [Registry(database_url) for _ in range(5)]
    feeds = [Feed(registry, StreamSlots(1)) for registry in registries[:2]]
    streams = [feed.stream(None) for feed in feeds]
    received: list[list[int]] = [[], []]
    writers = [threading.Thread(target=record, args=[registry, 30]) for registry in registries[2:]]
    listeners = [
        threading.Thread(target=lambda number=number: received[number].extend(ids(streams[number], 90)))
        for number in range(2)
    ]
    for thread in [*listeners, *writers]:
        thread.start()
    for thread in [*writers, *listeners]:
        thread.join()
    assert received == [list(range(1, 91))] * 2
    for stream in streams:
        stream.close()
    for thread in threading.enumerate():
        if thread.name == "feed":
            thread.join(10)
    for registry in registries:
        registry.close()


def test_the_number_of_streams_is_limited_and_closing_one_frees_its_slot(feed):
    first, second = feed.stream(None), feed.stream(None)
    for _ in range(3):
        with pytest.raises(LimitReached):
            feed.stream(None)
    first.close()
    third = feed.stream(None)
    with pytest.raises(LimitReached):
        feed.stream(None)
    for stream in (second, third):
        stream.close()


def test_a_stream_that_is_closed_twice_frees_one_slot(feed):
    first, second = feed.stream(None), feed.stream(None)
    first.close()
    first.close()
    third = feed.stream(None)
    with pytest.raises(LimitReached):
        feed.stream(None)
    for stream in (second, third):
        stream.close()


def test_an_unavailable_database_costs_no_slot():
    registry = Registry(f"postgresql+psycopg://midcall@127.0.0.1:{free_port()}/x")
    feed = Feed(registry, StreamSlots(1))
    for _ in range(3):
        with pytest.raises(RegistryUnavailable):
            feed.stream(None)
    registry.close()


def test_streams_end_when_the_server_stops(feed, registry):
    stream, over = feed.stream(None), threading.Event()
    listener = threading.Thread(target=lambda: (list(stream), over.set()))
    listener.start()
    record(registry)
    feed.stopping = lambda: True
    listener.join()
    assert over.is_set()
    stream.close()


# Over HTTP


@pytest.fixture
def small_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The app with one slot for a stream."""
    given = settings(
        DATABASE_URL=database_url,
        SPOOL_DIR=str(tmp_path / "spool"),
        MAX_EVENT_STREAMS="1",
        WEB_CONCURRENCY="1",
    )
    app = create_app(given, dotenv=None)
    yield app
    app.extensions["midcall"].close()


def test_the_route_streams_and_resumes(app, registry):
    record(registry, 3)
    client = app.test_client()
    for query, headers, expected in [
        ({"after": 1}, {}, [2, 3]),
        ({}, {"Last-Event-ID": "2"}, [3]),
        ({"after": 0}, {"Last-Event-ID": "2"}, [1, 2, 3]),
    ]:
        answer = client.get(
            "/admin/events", query_string=query, headers={**BEARER, **headers}, buffered=False
        )
        assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
        assert answer.headers["Cache-Control"] == "no-store"
        assert ids(answer.iter_encoded(), len(expected)) == expected
        answer.close()


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "9" * 19, "\u0661"])
def test_an_invalid_last_event_id_is_refused(admin, app, given):
    header = given.encode().decode("latin-1")
    answer = app.test_client().get("/admin/events", headers={**BEARER, "Last-Event-ID": header})
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "malformed")
    answer = admin.get("/events", after=given)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "arguments_refused")


def test_a_server_at_its_limit_answers_503_until_a_stream_is_closed(small_app):
    client = small_app.test_client()
    first = client.get("/admin/events", headers=BEARER, buffered=False)
    refused = client.get("/admin/events", headers=BEARER)
    assert (refused.status_code, refused.json["error"]["code"]) == (503, "too_many")
    assert refused.headers["Retry-After"] == "1"
    first.close()
    second = client.get("/admin/events", headers=BEARER, buffered=False)
    assert second.status_code == 200
    second.close()


def test_a_head_request_takes_no_slot(small_app):
    client = small_app.test_client()
    for _ in range(3):
        assert client.head("/admin/events", headers=BEARER, buffered=True).status_code == 200
    stream = client.get("/admin/events", headers=BEARER, buffered=False)
    assert stream.status_code == 200
    stream.close()


def test_a_viewer_can_open_a_stream(app, registry):
    viewer = Operator(app.test_client(), registry.tokens.create("ada", "viewer", TESTER))
    answer = viewer.client.get("/admin/events", headers=viewer.headers, buffered=False)
    assert answer.status_code == 200
    answer.close()
