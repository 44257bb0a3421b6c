"""The start time of a command: a time with a zone, or a delay in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator

from voice.control.base import Arguments
from voice.events import now
from voice.validation import invalid, validate

FURTHEST = timedelta(days=366)
TOLERANCE = timedelta(seconds=60)  # how far in the past `at` may lie: clocks differ, and requests take time


def _as_text(given: Any) -> Any:
    if not (isinstance(given, str) and given[4:5] == "-"):
        raise ValueError("enter a date and time with a zone, like 2026-03-01T17:00:00+01:00")
    return given


def _in_future(moment: datetime) -> datetime:
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("enter a date that exists in UTC") from None
    if not now() - TOLERANCE <= moment <= now() + FURTHEST:
        raise ValueError("choose a time in the future, at most a year ahead")
    return moment


FutureTime = Annotated[AwareDatetime, BeforeValidator(_as_text), AfterValidator(_in_future)]
Seconds = Annotated[float, Field(ge=0, le=FURTHEST.total_seconds(), allow_inf_nan=False)]


class StartTime(Arguments):
    """The time at which a command runs: `at` a time with a zone, or `after_seconds`."""

    at: Annotated[FutureTime | None, Field(title="At")] = None
    after_seconds: Annotated[Seconds | None, Field(title="After seconds")] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> StartTime:
        if self.at is not None and self.after_seconds is not None:
            raise ValueError("enter a time or a delay, not both")
        return self

    @property
    def due(self) -> datetime | timedelta | None:
        """The time in UTC, or the delay, which counts by the database's clock; None if neither was given."""
        return self.at if self.after_seconds is None else timedelta(seconds=self.after_seconds)


class PlanChange(StartTime):
    """The fields of a plan that an operator can change."""

    arguments: Annotated[dict[str, Any] | None, Field(title="Arguments")] = None

    @model_validator(mode="after")
    def _not_empty(self) -> PlanChange:
        if self.at is None and self.after_seconds is None and self.arguments is None:
            raise ValueError("enter a time, a delay, or arguments")
        return self


def split(body: Mapping[str, Any]) -> tuple[dict[str, Any], StartTime | None]:
    """The arguments of a command and its start time; None if it runs now. Raises ArgumentsRefused."""
    given = {name: body[name] for name in StartTime.model_fields if name in body}
    arguments = {name: value for name, value in body.items() if name not in given}
    if not given:
        return arguments, None
    start = validate(StartTime, given)
    if start.due is None:
        raise invalid([{"field": name, "message": "Enter a time."} for name in given])
    return arguments, start
