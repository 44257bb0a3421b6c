"""The condition of a rule: which calls a step applies to, and at which times."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from voice.config import Config
from voice.registry import CallMatch
from voice.scenes import SceneName
from voice.scenes.opening_hours import is_open
from voice.validation import Pattern

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_SECONDS = 86_400  # 24 hours: no Twilio call lasts longer


def _not_empty(text: str) -> str:
    begin, end = _times(text)
    if begin == end:
        raise ValueError("enter two different times")
    return text


def _times(text: str) -> tuple[time, time]:
    begin, end = (time.fromisoformat(part) for part in text.split("-"))
    return begin, end


Number = Annotated[str, Pattern(r"[^\s\x00]{1,255}", "Enter a number like +14155550199 or +49*.")]
TimeRange = Annotated[
    str,
    Pattern(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", "Enter a time range like 22:00-06:00."),
    AfterValidator(_not_empty),
]
Seconds = Annotated[int, Field(ge=0, le=MAX_SECONDS)]


class When(BaseModel):
    """Applies to answered live calls that match all conditions."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)

    from_: Annotated[Number | None, Field(alias="from", title="From (number, or prefix like +49*)")] = None
    to: Annotated[Number | None, Field(title="To (number, or prefix like +49*)")] = None
    direction: Annotated[Literal["inbound", "outbound"] | None, Field(title="Direction")] = None
    scene: Annotated[list[SceneName], Field(max_length=50, title="Current scene")] = []
    between: Annotated[TimeRange | None, Field(title="Time of day (like 22:00-06:00)")] = None
    weekdays: Annotated[list[Weekday], Field(max_length=7, title="Weekdays")] = []
    open: Annotated[bool | None, Field(title="During opening hours")] = None
    lasted_seconds: Annotated[Seconds | None, Field(title="Minimum call time (seconds)")] = None
    waited_seconds: Annotated[Seconds | None, Field(title="Minimum time in the scene (seconds)")] = None

    def is_now(self, config: Config, moment: datetime) -> bool:
        """True if the day and the time match, in TIMEZONE. A range over midnight belongs to both days."""
        local = moment.astimezone(config["TIMEZONE"])
        if self.weekdays and WEEKDAYS[local.weekday()] not in self.weekdays:
            return False
        if self.open is not None and is_open(config) != self.open:
            return False
        return self.between is None or _is_within(local.time(), *_times(self.between))

    @property
    def match(self) -> CallMatch:
        """The conditions on the call, for the registry."""
        return CallMatch(
            from_=self.from_,
            to=self.to,
            direction=self.direction,
            scenes=tuple(self.scene),
            lasted_seconds=self.lasted_seconds,
            waited_seconds=self.waited_seconds,
        )


def _is_within(moment: time, begin: time, end: time) -> bool:
    return begin <= moment < end if begin < end else moment >= begin or moment < end
