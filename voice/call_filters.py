"""The filters of the list of calls, as a model: for the list, for its document, and for who acts on many calls."""

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
    """Which calls. Moments are ISO 8601, UTC unless they say otherwise. An unknown name is refused, not lost."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    status: list[Status] = []
    from_: Annotated[str | None, Field(alias="from")] = None
    to: str | None = None
    scene: str | None = None
    operator: Annotated[str | None, Field(max_length=80)] = None  # who asked for a command of the call
    since: Moment | None = None
    until: Moment | None = None
    q: Annotated[str | None, Field(max_length=100)] = None

    def as_call_query(self, **more: Any) -> CallQuery:
        """What the registry is asked."""
        given = {name: getattr(self, name) for name in CallFilters.model_fields}
        return CallQuery(**{**given, "status": tuple(self.status), **more})
