"""When something is to be done: at a moment with its zone, or so many seconds from now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator

from voice.control.base import Arguments
from voice.events import now
from voice.validation import invalid, validate

FURTHEST = timedelta(days=366)
JUST_NOW = timedelta(seconds=60)  # how far in the past `at` may lie: clocks differ, requests take time


def _written_out(given: Any) -> Any:
    if not (isinstance(given, str) and given[4:5] == "-"):
        raise ValueError("enter a date and time with a zone, like 2026-03-01T17:00:00+01:00")
    return given


def _ahead(moment: datetime) -> datetime:
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("enter a date that exists in UTC") from None
    if not now() - JUST_NOW <= moment <= now() + FURTHEST:
        raise ValueError("choose a time in the future, at most a year ahead")
    return moment


Later = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_ahead)]
Seconds = Annotated[float, Field(ge=0, le=FURTHEST.total_seconds(), allow_inf_nan=False)]


class StartTime(Arguments):
    """When a command is to run: at a moment, or so many seconds from now."""

    at: Annotated[Later | None, Field(title="At")] = None
    after_seconds: Annotated[Seconds | None, Field(title="After seconds")] = None

    @model_validator(mode="after")
    def _not_both(self) -> StartTime:
        if self.at is not None and self.after_seconds is not None:
            raise ValueError("enter a time or a delay, not both")
        return self

    @property
    def due_at(self) -> datetime | None:
        """The moment in UTC; None if none was given."""
        return self.at if self.after_seconds is None else now() + timedelta(seconds=self.after_seconds)


class PlanChange(StartTime):
    """What may be changed of a plan."""

    arguments: Annotated[dict[str, Any] | None, Field(title="Arguments")] = None

    @model_validator(mode="after")
    def _something(self) -> PlanChange:
        if self.at is None and self.after_seconds is None and self.arguments is None:
            raise ValueError("enter a time, a delay, or arguments")
        return self


def split(body: Mapping[str, Any]) -> tuple[dict[str, Any], StartTime | None]:
    """A command's arguments, and when it is to run; None for at once. Raises ArgumentsRefused."""
    given = {name: body[name] for name in StartTime.model_fields if name in body}
    arguments = {name: value for name, value in body.items() if name not in given}
    if not given:
        return arguments, None
    when = validate(StartTime, given)
    if when.due_at is None:
        raise invalid([{"field": name, "message": "Enter a time."} for name in given])
    return arguments, when
