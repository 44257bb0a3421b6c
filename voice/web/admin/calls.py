"""Calls of the registry: the list, and one call with its events and commands."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import current_app
from pydantic import Field

from voice.call_filters import CallFilters
from voice.calls import Call, is_call_sid
from voice.control.base import left_alone_without
from voice.errors import CallNotFound
from voice.events import Event
from voice.registry import CommandRecord
from voice.twilio.resources import as_json
from voice.web.admin.inputs import Query
from voice.web.admin.route import Answer, route
from voice.web.admin.twilio import TwilioCall
from voice.web.guards import limits, operator, services

HISTORY_TRIES = 5


class CallsQuery(CallFilters):
    """Filters and page of the list of calls."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=200)] = None


class CallSource(Query):
    """Where the call is looked up."""

    source: Literal["registry", "twilio"] = "registry"


class CallPage(Answer):
    """A page of calls, and the cursor of the next page."""

    calls: list[Call]
    next: str | None


class CallDetails(Answer):
    """One call. `legs` are its parent and children; `would_drop` are the calls that ending it would disconnect."""

    call: Call | TwilioCall
    legs: list[Call]
    would_drop: list[str]
    events: list[Event]
    commands: list[CommandRecord]


@route("GET", "/calls", role="viewer")
def calls(query: CallsQuery) -> CallPage:
    """List the calls of the registry, newest first."""
    with limits().during(operator().name, "searches"):
        found, following = services().registry.calls.find(
            query.as_call_query(limit=query.limit, cursor=query.cursor)
        )
    return CallPage(calls=found, next=following)


@route("GET", "/calls/<call_sid>", role="viewer")
def call(call_sid: str, query: CallSource) -> CallDetails:
    """Show one call with its events and commands, oldest first. With `source=twilio`, `call` is Twilio's Call resource.

    `would_drop` lists the calls that `end`, or a command that takes `even_if_dropping`, would disconnect.
    """
    if not is_call_sid(call_sid):
        raise CallNotFound(f"{call_sid[:64]!r} is not a CallSid.")
    known, events, commands = _history(call_sid)
    return CallDetails(
        call=_from_twilio(call_sid) if query.source == "twilio" else _from_registry(call_sid, known),
        legs=services().registry.calls.related(known) if known else [],
        would_drop=[leg.call_sid for leg in left_alone_without(services(), known)] if known else [],
        events=events,
        commands=commands,
    )


def _history(call_sid: str) -> tuple[Call | None, list[Event], list[CommandRecord]]:
    """The call with its events and commands at one moment: read again if one of its events was recorded meanwhile."""
    registry = services().registry
    for _ in range(HISTORY_TRIES):
        newest = registry.events.newest_of_call(call_sid)
        known, commands = registry.calls.get(call_sid), registry.commands.of_call(call_sid)
        events = registry.events.of_call(call_sid)
        if registry.events.newest_of_call(call_sid) == newest:
            break
    return known, events, commands


def _from_registry(call_sid: str, known: Call | None) -> Call:
    if known is None:
        raise CallNotFound(f"The registry has no call {call_sid[:64]!r}.")
    return known


def _from_twilio(call_sid: str) -> TwilioCall:
    return as_json(current_app.extensions["lookups"].call(operator().name, call_sid))
