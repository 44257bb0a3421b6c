"""The admin API: what operators see of calls, and what they do to them, as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from voice.calls import Call, is_call_sid
from voice.control.base import call_commands, would_lose
from voice.errors import CallNotFound, Malformed
from voice.events import Event
from voice.registry import CommandRecord, Plan
from voice.twilio.resources import as_json
from voice.web.admin import (
    bulk,
    command_requests,
    emergency,
    live,
    openapi,
    plans,
    queries,
    recordings,
    rules,
)
from voice.web.feed import as_response
from voice.web.guards import services

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
STORY_TRIES = 5
for part in (live, plans, bulk, recordings, rules, emergency):
    blueprint.register_blueprint(part.blueprint)


@blueprint.after_request
def safe_to_show(response: Response) -> Response:
    """Nothing of the API is kept by a browser, taken for what it is not, or may fetch from another host."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/calls")
def calls() -> dict[str, Any]:
    """The calls of the registry, newest first."""
    query = queries.read(queries.CallsQuery, request.args)
    found, following = services().registry.calls.find(
        query.as_call_query(limit=query.limit, cursor=query.cursor)
    )
    return {"calls": [call.as_json() for call in found], "next": following}


@blueprint.post("/calls")
def dial() -> ResponseReturnValue:
    """Dial out; the call, as it enters the registry, with the command that made it."""
    record = command_requests.run("dial", None)
    if isinstance(record, Plan):
        return command_requests.shown(record)
    call = services().registry.calls.get(record.call_sid or "")
    return {**(call.as_json() if call else {}), "command": record.as_json()}, 201


@blueprint.get("/calls/<call_sid>")
def call(call_sid: str) -> dict[str, Any]:
    """One call with all that happened to it, in order; with `source=twilio` the call is Twilio's whole Call resource.

    `legs` are its parent and children; `would_drop` are those whom `end`, or a command that takes `even_if_dropping`,
    would hang up on.
    """
    query = queries.read(queries.CallQueryString, request.args)
    registry = services().registry
    if not is_call_sid(call_sid):
        raise CallNotFound(f"{call_sid[:64]!r} is not a CallSid")
    known, events, commands = _story(call_sid)
    shown = _from_twilio(call_sid) if query.source == "twilio" else _from_registry(call_sid, known)
    return {
        "call": shown,
        "legs": [leg.as_json() for leg in registry.calls.related(known)] if known else [],
        "would_drop": [leg.call_sid for leg in would_lose(services(), known)] if known else [],
        "events": [event.as_json() for event in events],
        "commands": [command.as_json() for command in commands],
    }


@blueprint.post("/calls/<call_sid>/<command>")
def run_command(call_sid: str, command: str) -> ResponseReturnValue:
    """Run a command on a live call; the command, with Twilio's answer. With a time it is planned."""
    return command_requests.shown(command_requests.run(command, call_sid))


@blueprint.post("/commands/<command>")
def run_alone(command: str) -> ResponseReturnValue:
    """Run a command that is about no one call."""
    return command_requests.shown(command_requests.run(command, None))


@blueprint.get("/twilio/calls")
def twilio_calls() -> dict[str, Any]:
    """Twilio's own list of the account's calls, live and completed, a page at a time."""
    query = queries.read(queries.TwilioCallsQuery, request.args)
    filters = {
        name: value
        for name, value in dict(query).items()
        if name not in ("limit", "cursor") and value is not None
    }
    found, following = services().twilio.calls.page(query.limit, query.cursor, **filters)
    return {"calls": [as_json(call) for call in found], "next": following}


@blueprint.get("/scenes")
def scenes() -> dict[str, Any]:
    """The catalogue of scenes."""
    return {"scenes": [scene.as_json() for scene in services().scenes.values()]}


@blueprint.get("/commands")
def commands() -> dict[str, Any]:
    """The catalogue of commands that can be run on a live call."""
    return {"commands": [kind.as_json() for kind in call_commands(services().commands).values()]}


@blueprint.get("/figures")
def figures() -> dict[str, Any]:
    """Live calls over the last hours, commands and their outcomes, and how quickly webhooks were answered."""
    span, kept = queries.read(queries.FiguresQuery, request.args).span(), services().registry.figures
    return {
        "live": kept.live_calls(span),
        "commands": kept.command_outcomes(span),
        "webhooks": kept.webhook_times(span),
    }


@blueprint.get("/events")
def events() -> Response:
    """All events as they happen, as server-sent events; `Last-Event-ID` or `after` resumes."""
    query = queries.read(queries.EventsQuery, request.args)
    after = _last_event_id() if query.after is None else query.after
    return as_response(current_app.extensions["feed"].stream(after, g.who))


@blueprint.get("/openapi.json")
def openapi_json() -> dict[str, Any]:
    """This document."""
    return openapi.document(current_app, services())


@blueprint.get("/docs")
def docs() -> str:
    """This document, readable."""
    return render_template("docs.html", document=openapi.document(current_app, services()))


def _last_event_id() -> int | None:
    text = request.headers.get("Last-Event-ID", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Malformed("Last-Event-ID should be the id of an event")
    return int(text) if text else None


def _story(call_sid: str) -> tuple[Call | None, list[Event], list[CommandRecord]]:
    """The call with its events and commands, of one moment: read again if anything was recorded meanwhile."""
    registry = services().registry
    for _ in range(STORY_TRIES):
        last = registry.events.last_id()
        known, commands = registry.calls.get(call_sid), registry.commands.of_call(call_sid)
        events = registry.events.of_call(call_sid)
        if registry.events.last_id() == last:
            break
    return known, events, commands


def _from_registry(call_sid: str, known: Call | None) -> dict[str, Any]:
    if known is None:
        raise CallNotFound(f"the registry has no call {call_sid[:64]!r}")
    return known.as_json()


def _from_twilio(call_sid: str) -> dict[str, Any]:
    return as_json(services().twilio.calls.fetch(call_sid))
