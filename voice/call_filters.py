"""The filters of the list of calls, as a model. The list, the API document and bulk runs use it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from voice.registry import CallQuery

Status = Literal[
    "live", "ended", "queued", "initiated", "ringing", "in-progress",
    "completed", "busy", "failed", "no-answer", "canceled",
]  # fmt: skip


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("enter a date that exists in UTC") from None


Moment = Annotated[datetime, AfterValidator(_utc)]


class CallFilters(BaseModel):
    """Filters of calls; all of them apply. Times are ISO 8601, in UTC unless they have a zone.

    `q` is the start of a number, of a name or of a CallSid, or the end of a number or name.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    status: list[Status] = []
    from_: Annotated[str | None, Field(alias="from")] = None
    to: str | None = None
    scene: str | None = None
    operator: Annotated[str | None, Field(max_length=80)] = None  # who ran a command for the call
    since: Moment | None = None
    until: Moment | None = None
    q: Annotated[str | None, Field(max_length=100)] = None

    def as_call_query(self, **more: Any) -> CallQuery:
        """The query for the registry, with the fields in `more`."""
        given = {name: getattr(self, name) for name in CallFilters.model_fields}
        return CallQuery(**{**given, "status": tuple(self.status), **more})
