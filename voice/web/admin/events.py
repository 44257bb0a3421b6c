"""The event feed of the API."""

from __future__ import annotations

from typing import Annotated

from flask import Response, current_app, g, request
from pydantic import Field

from voice.errors import Malformed, MidcallError
from voice.web.admin.inputs import Query
from voice.web.admin.route import route
from voice.web.event_stream import EVENT_STREAM, as_response
from voice.web.guards import limits, operator


class EventsQuery(Query):
    """The id of the last event that the client has; without it the stream starts now."""

    after: Annotated[int | None, Field(ge=0, lt=2**63)] = None


@route("GET", "/events", role="viewer", media_type=EVENT_STREAM)
def events(query: EventsQuery) -> Response:
    """Stream all events as they happen, as server-sent events. `Last-Event-ID` or `after` resumes."""
    after = _last_event_id() if query.after is None else query.after
    return open_stream(after)


def open_stream(after: int | None, *, detailed: bool = False) -> Response:
    """A stream of the feed for the operator. Raises TooManyRequests, LimitReached."""
    close = limits().open(operator().name, "event streams")
    try:
        response = as_response(current_app.extensions["feed"].stream(after, g.who, detailed=detailed))
    except MidcallError:
        close()
        raise
    response.call_on_close(close)
    return response


def _last_event_id() -> int | None:
    text = request.headers.get("Last-Event-ID", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Malformed("Send the id of an event as Last-Event-ID.")
    return int(text) if text else None
