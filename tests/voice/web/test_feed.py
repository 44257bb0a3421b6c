"""The live feed: every event once and in order, from wherever a client resumes; places bounded and given back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.clients import ADMIN_TOKEN, Operator, new_call_sid, settings
from tests.support.ports import free_port
from voice import create_app
from voice.calls import CallFacts
from voice.errors import LimitReached, RegistryUnavailable
from voice.events import NewEvent
from voice.registry import Registry
from voice.web.feed import Feed

pytestmark = pytest.mark.timeout(60)
BEARER = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


@pytest.fixture(autouse=True)
def readers_end() -> Iterator[None]:
    """No reader goes on after its test: when nobody listens it stops by itself."""
    yield
    for thread in threading.enumerate():
        if thread.name == "feed":
            thread.join(10)


@pytest.fixture
def feed(registry: Registry) -> Feed:
    """The feed of one process, with two places."""
    return Feed(registry, 2)


def happen(registry: Registry, times: int = 1, **details: Any) -> None:
    """Something happens, and is recorded."""
    for _ in range(times):
        call_sid = new_call_sid()
        event = NewEvent("webhook.status", "twilio", call_sid, details, call_sid)
        while True:
            try:
                registry.events.record(event, CallFacts(call_sid, "ringing"))
                break
            except RegistryUnavailable:  # another writer held SQLite's lock for longer than we wait
                continue


def told(stream: Iterable[bytes], most: int) -> list[dict[str, str]]:
    """The next events of a stream, each by the names of its lines."""
    found: list[dict[str, str]] = []
    chunks = iter(stream)
    while len(found) < most:
        for block in next(chunks).decode().split("\n\n"):
            if block.startswith("id: "):
                found.append(dict(line.split(": ", 1) for line in block.split("\n")))
    return found


def ids(stream: Iterable[bytes], most: int) -> list[int]:
    return [int(event["id"]) for event in told(stream, most)]


def test_without_an_id_the_feed_begins_now(feed, registry):
    happen(registry, 3)
    stream = feed.stream(None)
    assert next(stream) == b"retry: 1000\n\n"
    happen(registry, 2)
    assert ids(stream, 2) == [4, 5]
    stream.close()


def test_after_an_id_nothing_is_missing(feed, registry):
    happen(registry, 5)
    stream = feed.stream(2)
    assert ids(stream, 3) == [3, 4, 5]
    happen(registry, 2)
    assert ids(stream, 2) == [6, 7]
    stream.close()


def test_who_is_far_behind_gets_it_all_too(feed, registry):
    happen(registry, 510)  # more than the registry gives at once
    stream = feed.stream(0)
    assert ids(stream, 510) == list(range(1, 511))
    stream.close()


def test_a_late_listener_gets_what_memory_no_longer_holds(feed, registry):
    happen(registry, 3)
    first = feed.stream(None)
    happen(registry)
    assert ids(first, 1) == [4]  # memory begins here
    for after in range(4):
        late = feed.stream(after)
        assert ids(late, 4 - after) == list(range(after + 1, 5))
        late.close()
    first.close()


def test_an_id_of_another_database_is_no_reason_to_wait_for_ever(feed, registry):
    happen(registry)
    stream = feed.stream(1_000_000)
    happen(registry)
    assert ids(stream, 1) == [2]
    stream.close()


def test_a_reconnect_after_everybody_had_left_misses_nothing(feed, registry):
    stream = feed.stream(None)
    happen(registry)
    assert ids(stream, 1) == [1]
    stream.close()
    for thread in threading.enumerate():
        if thread.name == "feed":
            thread.join(10)
    happen(registry, 2)
    stream = feed.stream(1)
    happen(registry)
    assert ids(stream, 3) == [2, 3, 4]
    stream.close()


def test_two_streams_are_told_the_same_and_a_slow_one_misses_nothing(feed, registry):
    quick, slow = feed.stream(None), feed.stream(None)
    for number in range(1, 6):
        happen(registry)
        assert ids(quick, 1) == [number]
    assert ids(slow, 5) == [1, 2, 3, 4, 5]
    quick.close()
    slow.close()


def test_an_event_is_one_block_whatever_was_said(feed, registry):
    words = "a\nid: 99\n\ndata: forged\r\u2028\U0001f600"
    stream = feed.stream(None)
    happen(registry, said=words)
    (block,) = told(stream, 1)
    assert (block["id"], block["event"]) == ("1", "webhook.status")
    (event,) = registry.events.after(0)
    assert json.loads(block["data"]) == event.as_json()
    assert event.details == {"said": words}
    stream.close()


def test_two_processes_tell_the_same_while_others_write(database_url):
    """Two feeds with a registry each, three writers at once: both tell every event once, in one order."""
    registries = [Registry(database_url) for _ in range(5)]
    feeds = [Feed(registry, 1) for registry in registries[:2]]
    streams = [feed.stream(None) for feed in feeds]
    heard: list[list[int]] = [[], []]
    writers = [threading.Thread(target=happen, args=[registry, 30]) for registry in registries[2:]]
    listeners = [
        threading.Thread(target=lambda number=number: heard[number].extend(ids(streams[number], 90)))
        for number in range(2)
    ]
    for thread in [*listeners, *writers]:
        thread.start()
    for thread in [*writers, *listeners]:
        thread.join()
    assert heard == [list(range(1, 91))] * 2
    for stream in streams:
        stream.close()
    for thread in threading.enumerate():
        if thread.name == "feed":
            thread.join(10)
    for registry in registries:
        registry.close()


def test_places_are_bounded_and_given_back(feed):
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


def test_a_stream_that_is_closed_twice_gives_one_place_back(feed):
    first, second = feed.stream(None), feed.stream(None)
    first.close()
    first.close()
    third = feed.stream(None)
    with pytest.raises(LimitReached):
        feed.stream(None)
    for stream in (second, third):
        stream.close()


def test_a_place_is_not_lost_to_a_database_that_is_gone():
    registry = Registry(f"postgresql+psycopg://midcall@127.0.0.1:{free_port()}/x")
    feed = Feed(registry, 1)
    for _ in range(3):
        with pytest.raises(RegistryUnavailable):
            feed.stream(None)
    registry.close()


def test_when_the_server_stops_the_streams_end(feed, registry):
    stream, over = feed.stream(None), threading.Event()
    listener = threading.Thread(target=lambda: (list(stream), over.set()))
    listener.start()
    happen(registry)
    feed.stopping = lambda: True
    listener.join()
    assert over.is_set()
    stream.close()


# Over HTTP


@pytest.fixture
def small_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The app with one place for a stream."""
    given = settings(DATABASE_URL=database_url, SPOOL_DIR=str(tmp_path / "spool"), MAX_EVENT_STREAMS="1")
    app = create_app(given, dotenv=None)
    yield app
    app.extensions["midcall"].registry.close()


def test_the_route_streams_and_resumes(app, registry):
    happen(registry, 3)
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
def test_a_last_event_id_that_is_none_is_refused(admin, app, given):
    header = given.encode().decode("latin-1")
    answer = app.test_client().get("/admin/events", headers={**BEARER, "Last-Event-ID": header})
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "malformed")
    answer = admin.get("/events", after=given)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "arguments_refused")


def test_a_full_server_says_so_and_a_closed_stream_makes_room(small_app):
    client = small_app.test_client()
    first = client.get("/admin/events", headers=BEARER, buffered=False)
    refused = client.get("/admin/events", headers=BEARER)
    assert (refused.status_code, refused.json["error"]["code"]) == (503, "too_many")
    assert refused.headers["Retry-After"] == "1"
    first.close()
    second = client.get("/admin/events", headers=BEARER, buffered=False)
    assert second.status_code == 200
    second.close()


def test_asking_for_the_headers_takes_no_place(small_app):
    client = small_app.test_client()
    for _ in range(3):
        assert client.head("/admin/events", headers=BEARER, buffered=True).status_code == 200
    stream = client.get("/admin/events", headers=BEARER, buffered=False)
    assert stream.status_code == 200
    stream.close()


def test_a_viewer_may_listen(app, registry):
    viewer = Operator(app.test_client(), registry.tokens.create("ada", "viewer"))
    answer = viewer.client.get("/admin/events", headers=viewer.headers, buffered=False)
    assert answer.status_code == 200
    answer.close()
