"""Live calls: the list, and the feed that keeps it up to date."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated

from flask import Response
from pydantic import Field

from voice.registry import CallQuery
from voice.web.admin.events import EventsQuery, open_stream
from voice.web.admin.inputs import Query
from voice.web.admin.route import Answer, route
from voice.web.event_stream import EVENT_STREAM
from voice.web.guards import limits, operator, services
from voice.web.live_calls import LiveCall
from voice.web.live_calls import live_calls as with_places


class LiveQuery(Query):
    """Filter and page of the live calls. `q` is the start or the end of a number, or the start of a CallSid."""

    q: Annotated[str | None, Field(max_length=100)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 200
    cursor: Annotated[str | None, Field(max_length=200)] = None


class LivePage(Answer):
    """A page of live calls. `after` is the id of the last event that the page may include."""

    calls: list[LiveCall]
    next: str | None
    after: int


@route("GET", "/live", role="viewer")
def live_calls(query: LiveQuery) -> LivePage:
    """List the live calls, newest first, each with its `place` in words and its newest `command`.

    Pass `after` of the answer to `/admin/live/events` to continue without a gap.
    """
    return live_page(query)


@route("GET", "/live/events", role="viewer", media_type=EVENT_STREAM)
def live_events(query: EventsQuery) -> Response:
    """Stream events, each with its `call` as it is now. `after` resumes.

    The events have no name, so that one listener receives all of them.
    """
    return open_stream(query.after, detailed=True)


def live_page(query: LiveQuery) -> LivePage:
    """One page of the live calls."""
    after = services().registry.events.last_id()
    wanted = CallQuery(status=("live",), q=query.q, limit=query.limit, cursor=query.cursor)
    with limits().during(operator().name, "searches") if query.q else nullcontext():
        found, following = services().registry.calls.find(wanted)
    return LivePage(calls=with_places(services(), found), next=following, after=after)
