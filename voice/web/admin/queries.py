"""What may stand in the query of the admin API's lists, as models: for the check and for the API document."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from werkzeug.datastructures import MultiDict

from voice.call_filters import CallFilters, Moment
from voice.events import now
from voice.registry import PlanQuery, Span
from voice.validation import Pattern, invalid, validate

TwilioStatus = Literal[
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"
]


class Query(BaseModel):
    """A query string; a name that nobody knows is refused, since a filter must not be lost to a slip."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class CallsQuery(CallFilters):
    """The filters of the list of calls, and which page of it."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=200)] = None


class TwilioCallsQuery(Query):
    """Twilio's own filters; `limit` is the length of a page, `cursor` the place of the next one."""

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


class CallQueryString(Query):
    """Where the call is looked up."""

    source: Literal["registry", "twilio"] = "registry"


class PlansQuery(Query):
    """The filters of the list of plans."""

    state: list[Literal["planned", "running", "run", "refused", "missed", "cancelled"]] = []
    call_sid: Annotated[str | None, Field(max_length=34)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[int | None, Field(ge=1, lt=2**63)] = None

    def as_plan_query(self) -> PlanQuery:
        """What the registry is asked."""
        return PlanQuery(**{**dict(self), "state": tuple(self.state)})


class FiguresQuery(Query):
    """How many hours back."""

    hours: Annotated[int, Field(ge=1, le=168)] = 6

    def span(self) -> Span:
        """The hours until now."""
        moment = now()
        return Span(moment - timedelta(hours=self.hours), moment)


class LiveQuery(Query):
    """Which of the live calls: `q` is part of a number or of a CallSid."""

    q: Annotated[str | None, Field(max_length=100)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 200
    cursor: Annotated[str | None, Field(max_length=200)] = None


class EventsQuery(Query):
    """The number of the last event that is known already."""

    after: Annotated[int | None, Field(ge=0, lt=2**63)] = None


def read(model: type[BaseModel], given: MultiDict[str, str]) -> Any:
    """The query as its model; a name that may be repeated is a list. Raises ArgumentsRefused."""
    not_text = [name for name, value in given.items(multi=True) if "\0" in name + value]
    if not_text:
        raise invalid([{"field": name, "message": "holds NUL, which is no text"} for name in not_text])
    lists = {name for name, field in model.model_fields.items() if str(field.annotation).startswith("list")}
    return validate(model, {name: given.getlist(name) if name in lists else given[name] for name in given})


class BulkRunsQuery(Query):
    """How many of the last runs."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ReportQuery(Query):
    """A page of a run's report; `cursor` is where the last one ended."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    cursor: Annotated[int, Field(ge=-1, lt=2**31)] = -1
