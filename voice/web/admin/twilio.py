"""Twilio's own list of calls."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from voice.call_filters import Moment
from voice.twilio.resources import as_json
from voice.validation import Pattern
from voice.web.admin.inputs import Query
from voice.web.admin.route import Answer, route
from voice.web.guards import limits, operator, services

TwilioStatus = Literal[
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"
]
TwilioCall = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {"type": "object", "description": "Twilio's Call resource", "required": ["sid", "status"]}
    ),
]


class TwilioCallsQuery(Query):
    """Twilio's filters. `limit` is the length of a page, `cursor` the position of the next page."""

    status: TwilioStatus | None = None
    from_: Annotated[str | None, Field(alias="from")] = None
    to: str | None = None
    parent_call_sid: str | None = None
    start_time_after: Moment | None = None
    start_time_before: Moment | None = None
    end_time_after: Moment | None = None
    end_time_before: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50
    cursor: Annotated[
        str | None, Pattern(r"\d{1,6}\.[\w-]{1,100}", "Use the cursor of an earlier answer.")
    ] = None

    @property
    def filters(self) -> dict[str, Any]:
        """The filters that were given."""
        given = {name: value for name, value in dict(self).items() if value is not None}
        return {name: value for name, value in given.items() if name not in ("limit", "cursor")}


class TwilioCallPage(Answer):
    """A page of Twilio's Call resources, and the cursor of the next page."""

    calls: list[TwilioCall]
    next: str | None


@route("GET", "/twilio/calls", role="viewer")
def twilio_calls(query: TwilioCallsQuery) -> TwilioCallPage:
    """List the live and completed calls of the account as Twilio knows them, a page at a time."""
    limits().count_twilio(operator().name)
    found, following = services().twilio.calls.page(query.limit, query.cursor, **query.filters)
    return TwilioCallPage(calls=[as_json(call) for call in found], next=following)
