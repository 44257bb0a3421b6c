"""The list of live calls, and the feed that keeps it up to date."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.clients import ADMIN_TOKEN
from voice.commands import all_commands

BEARER = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


@pytest.fixture
def stream(app) -> Iterator[Iterator[dict]]:
    """All events from the first one on, each with its call."""
    answer = app.test_client().get("/admin/live/events?after=0", headers=BEARER, buffered=False)
    yield events_of(answer.iter_encoded())
    answer.close()


def events_of(chunks) -> Iterator[dict]:
    for chunk in chunks:
        for block in chunk.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
            if "id" in lines:
                assert "event" not in lines  # one listener of the page receives all of them
                yield {**json.loads(lines["data"]), "sse_id": int(lines["id"])}


def requested(registry, call_sid, name="say", state=None, **arguments):
    """Record a command of an operator."""
    record = registry.commands.request(name, arguments, "ada", call_sid, None, "fingerprint").record
    return registry.commands.settle(record, state) if state else record


def listed(admin, **query):
    return {call["call_sid"]: call for call in admin.get("/live", **query).json["calls"]}


def test_the_list_shows_live_calls_with_place_and_last_command(admin, twilio, registry):
    quiet, busy, over = twilio.calls(), twilio.calls(), twilio.calls()
    twilio.scene(busy, "menu")
    twilio.status(over, "completed")
    requested(registry, busy, "redirect", scene="menu")
    requested(registry, busy, "say", text="Hello")
    found = listed(admin)
    assert set(found) == {quiet, busy}
    assert (found[quiet]["place"], found[quiet]["command"]) == ("Greeting", None)
    command = found[busy]["command"]
    assert found[busy]["place"] == "Menu"
    assert (command["command"], command["title"]) == ("say", all_commands()["say"].title)
    assert (command["operator"], command["state"]) == ("ada", "requested")


def test_the_list_has_pages_and_a_filter(admin, twilio):
    call_sids = [twilio.calls(From=f"+1415555000{number}") for number in range(3)]
    first = admin.get("/live", limit=2).json
    second = admin.get("/live", limit=2, cursor=first["next"]).json
    assert [call["call_sid"] for page in (first, second) for call in page["calls"]] == call_sids[::-1]
    assert second["next"] is None
    assert set(listed(admin, q="0001")) == {call_sids[1]}


def test_the_place_of_a_call_with_inline_twiml_names_the_operator(admin, twilio, registry):
    call_sid = twilio.calls()
    requested(registry, call_sid, "twiml", twiml="<Response/>")
    assert listed(admin)[call_sid]["place"] == "Greeting"
    requested(registry, call_sid, "twiml", "accepted", twiml="<Response/>")
    assert listed(admin)[call_sid]["place"] == "TwiML from ada"
    twilio.scene(call_sid, "menu")
    assert listed(admin)[call_sid]["place"] == "Menu"
    requested(registry, call_sid, "redirect", "accepted", url="https://flows.example.com/x")
    assert listed(admin)[call_sid]["place"] == "https://flows.example.com/x from ada"


def test_the_place_of_a_ringing_call_is_not_answered_yet(admin, twilio):
    call_sid = twilio.calls()
    leg = "CA" + "f" * 32
    twilio.status(leg, "ringing", ParentCallSid=call_sid)
    assert listed(admin)[leg]["place"] == "Not answered yet"
    assert listed(admin)[leg]["parent_call_sid"] == call_sid


def test_the_feed_continues_where_the_list_ends(admin, app, twilio):
    twilio.calls()
    after = admin.get("/live").json["after"]
    late = twilio.calls()
    answer = app.test_client().get(f"/admin/live/events?after={after}", headers=BEARER, buffered=False)
    event = next(events_of(answer.iter_encoded()))
    answer.close()
    assert (event["sse_id"], event["call"]["call_sid"]) == (after + 1, late)


def test_each_event_has_its_call_as_it_is_now(stream, twilio, registry):
    call_sid = twilio.calls()
    twilio.scene(call_sid, "menu")
    requested(registry, call_sid, text="Hello")
    twilio.status(call_sid, "completed")
    events = [next(stream) for _ in range(4)]
    assert [event["sse_id"] for event in events] == [1, 2, 3, 4]
    assert events[-1]["call"] == {**events[-1]["call"], "live": False, "status": "completed"}
    assert events[-1]["call"]["command"]["command"] == "say"


def test_streams_with_and_without_calls_share_the_feed(app, twilio, registry):
    """Events in memory without calls are read again for a stream that wants calls."""
    client = app.test_client()
    plain = client.get("/admin/events?after=0", headers=BEARER, buffered=False)
    chunks = plain.iter_encoded()
    call_sid = twilio.calls()
    assert next(chunks) == b"retry: 1000\n\n"
    assert b"webhook.incoming" in next(chunks)
    detailed = client.get("/admin/live/events?after=0", headers=BEARER, buffered=False)
    assert next(events_of(detailed.iter_encoded()))["call"]["call_sid"] == call_sid
    plain.close()
    detailed.close()


def test_the_list_needs_a_token(app):
    assert app.test_client().get("/admin/live").status_code == 401
