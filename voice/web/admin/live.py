"""The live calls in the admin API as a list of them is shown: where each is, in words, and what was asked last."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app, g, request

from voice.calls import NOT_ANSWERED, Call
from voice.registry import CallQuery, CommandRecord
from voice.services import Services
from voice.web.admin import queries
from voice.web.feed import as_response
from voice.web.guards import services

blueprint = Blueprint("live", __name__, url_prefix="/live")
NEVER = datetime.min.replace(tzinfo=UTC)


@blueprint.get("")
def live_calls() -> dict[str, Any]:
    """The live calls, newest first, each with its `place` in words and its newest `command`.

    `after` is the last event that the list may know of: with it, `/admin/live/events` goes on without a gap.
    """
    return page_of(services(), queries.read(queries.LiveQuery, request.args))


@blueprint.get("/events")
def live_events() -> Response:
    """The feed of `/admin/events`, each event with its `call` as it is now; `after` resumes. Events have no name."""
    query = queries.read(queries.EventsQuery, request.args)
    return as_response(current_app.extensions["feed"].stream(query.after, g.who, detailed=True))


def page_of(services: Services, query: queries.LiveQuery) -> dict[str, Any]:
    """One page of the list."""
    after = services.registry.events.last_id()
    asked = CallQuery(status=("live",), q=query.q, limit=query.limit, cursor=query.cursor)
    found, following = services.registry.calls.find(asked)
    return {"calls": _detailed(services, found), "next": following, "after": after}


def by_sid(services: Services, call_sids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Those of the calls that are known, as the list shows them, by CallSid."""
    found = services.registry.calls.get_many(list(call_sids))
    return {call["call_sid"]: call for call in _detailed(services, list(found.values()))}


def _detailed(services: Services, calls: list[Call]) -> list[dict[str, Any]]:
    newest = services.registry.commands.newest_by_call([call.call_sid for call in calls])
    return [_one(services, call, newest.get(call.call_sid)) for call in calls]


def _one(services: Services, call: Call, command: CommandRecord | None) -> dict[str, Any]:
    asked = None
    if command:
        kind = services.commands.get(command.command)
        asked = {**command.as_json(), "title": kind.title if kind else command.command}
    return {**call.as_json(), "place": place(services, call, command), "command": asked}


def place(services: Services, call: Call, command: CommandRecord | None) -> str:
    """Where the caller is: the room, a document of somebody's own, or the scene that was served last.

    A leg that was dialled by a scene has none of its own: it is connected to its parent.
    """
    if call.in_room and call.live:
        states = [name.replace("_", " ") for name, there in (call.room_state or {}).items() if there]
        return ", ".join([f"Room {call.room}", *states])
    if command and _runs_instead_of_scene(command, call):
        where = "TwiML" if command.command == "twiml" else command.arguments["url"]
        return f"{where} from {command.operator}"
    scene = services.scenes.get(call.scene or "")
    if scene is None and call.status in NOT_ANSWERED:
        return "Not answered yet"
    alone = "Connected" if call.parent_call_sid else ""
    return scene.title if scene else (call.scene or alone)


def _runs_instead_of_scene(command: CommandRecord, call: Call) -> bool:
    """Twilio was given a document, or another host's address, since the last scene of ours."""
    own = command.command == "twiml" or (command.command == "redirect" and command.arguments.get("url"))
    taken = command.state in ("accepted", "confirmed")
    return bool(own and taken and command.requested_at > (call.place_since or NEVER))
