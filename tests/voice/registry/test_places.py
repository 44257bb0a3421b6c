"""The place of a call follows the newest command, and its conference follows the conference's own order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.support.clients import new_call_sid
from tests.support.recorded_calls import START, record_call
from voice.calls import Call, CallFacts
from voice.events import NewEvent
from voice.registry import Registry

FIRST, SECOND = "CF" + "1" * 32, "CF" + "2" * 32


@pytest.fixture
def registry(sqlite_url) -> Iterator[Registry]:
    """A registry on SQLite."""
    registry = Registry(sqlite_url)
    yield registry
    registry.close()


@pytest.fixture
def call_sid(registry) -> str:
    """The CallSid of an answered call without a place."""
    return record_call(registry)


def visit(registry: Registry, call_sid: str, scene: str, seconds: float = 0, **more: Any) -> Call:
    """Record that the call fetched a scene, some seconds after the start; the call as it then is."""
    command, kind = more.pop("command", None), more.pop("kind", "webhook.scene")
    event = NewEvent(kind, "twilio", call_sid, command_id=command, at=START + timedelta(seconds=seconds))
    facts = CallFacts(call_sid, "in-progress", scene=scene, scene_url=f"https://x/{scene}", **more)
    registry.events.record(event, facts)
    return registry.calls.get(call_sid)


def command(registry: Registry, call_sid: str) -> int:
    """The id of a command for this call."""
    return registry.commands.request("redirect", {}, "ann", call_sid, None, "", "visit").record.id


def test_the_place_is_that_of_the_newest_command_whichever_visit_comes_last(registry, call_sid):
    old, new = command(registry, call_sid), command(registry, call_sid)
    assert visit(registry, call_sid, "menu", 1, command=new).scene == "menu"
    late = visit(registry, call_sid, "hold", 2, command=old, scene_inputs={"Digits": "1"})
    assert (late.scene, late.scene_url, late.scene_inputs) == ("menu", "https://x/menu", None)
    assert late.scene_since == START + timedelta(seconds=1)
    assert visit(registry, call_sid, "greeting", 3).scene == "menu"
    assert visit(registry, call_sid, "hold", 3, command=old).scene == "menu"
    next_scene = visit(registry, call_sid, "goodbye", 4, command=new, scene_inputs={"Digits": "2"})
    assert (next_scene.scene, next_scene.scene_inputs) == ("goodbye", {"Digits": "2"})


def test_a_command_of_another_call_moves_no_place(registry, call_sid):
    foreign = command(registry, record_call(registry))
    assert visit(registry, call_sid, "menu", 1, command=foreign).scene == "menu"
    assert visit(registry, call_sid, "hold", 2).scene == "hold"


def test_a_fork_runs_beside_the_call_and_moves_no_place(registry, call_sid):
    started = command(registry, call_sid)
    event = NewEvent("webhook.fork", "twilio", call_sid, command_id=started, at=START)
    registry.events.record(event, CallFacts(call_sid, "in-progress"))
    assert visit(registry, call_sid, "menu", 1).scene == "menu"


def test_the_waiting_time_begins_with_another_scene(registry, call_sid):
    assert visit(registry, call_sid, "menu", 10).scene_since == START + timedelta(seconds=10)
    repeated = visit(registry, call_sid, "menu", 20, scene_inputs={"Digits": "1"})
    assert (repeated.scene_since, repeated.scene_inputs) == (START + timedelta(seconds=10), {"Digits": "1"})
    assert visit(registry, call_sid, "hold", 30).scene_since == START + timedelta(seconds=30)
    record_call(registry, "in-progress", call_sid=call_sid, at=START + timedelta(seconds=40))
    call = registry.calls.get(call_sid)
    assert (call.scene, call.scene_since) == ("hold", START + timedelta(seconds=30))


# Conferences


def report(
    registry: Registry, call_sid: str, conference: str, sequence: int, in_room: bool | None, **state: Any
) -> Call:
    """Record what a conference reports about the call; the call as it then is."""
    facts = CallFacts(
        call_sid, None, conference_sid=conference, room=conference[:3], room_sequence=sequence, in_room=in_room,
        room_state=state,
    )  # fmt: skip
    registry.events.record(NewEvent("webhook.conference", "twilio", call_sid, at=START), facts)
    return registry.calls.get(call_sid)


def test_a_late_report_of_a_conference_changes_nothing(registry, call_sid):
    assert report(registry, call_sid, FIRST, 2, True, muted=False).in_room is True
    assert report(registry, call_sid, FIRST, 4, True, muted=True).room_state == {"muted": True}
    for sequence in (3, 4):
        late = report(registry, call_sid, FIRST, sequence, False, muted=False)
        assert (late.in_room, late.room_state) == (True, {"muted": True})
    assert report(registry, call_sid, FIRST, 5, False).in_room is False


def test_another_conference_counts_once_the_call_has_joined_it(registry, call_sid):
    report(registry, call_sid, FIRST, 7, True)
    for in_room in (False, None):
        assert report(registry, call_sid, SECOND, 9, in_room).conference_sid == FIRST
    joined = report(registry, call_sid, SECOND, 1, True)
    assert (joined.conference_sid, joined.room, joined.in_room) == (SECOND, "CF2", True)
    assert report(registry, call_sid, FIRST, 8, False).conference_sid == SECOND


def test_the_first_report_of_any_conference_counts(registry, call_sid):
    dialed = report(registry, call_sid, FIRST, 0, None)
    assert (dialed.conference_sid, dialed.in_room) == (FIRST, None)
    assert report(registry, call_sid, FIRST, 1, True).in_room is True


def test_a_webhook_that_says_nothing_of_a_conference_leaves_it(registry, call_sid):
    report(registry, call_sid, FIRST, 1, True, hold=True)
    call = visit(registry, call_sid, "menu", 1)
    assert (call.conference_sid, call.in_room, call.room_state) == (FIRST, True, {"hold": True})
    assert registry.calls.get(new_call_sid()) is None
