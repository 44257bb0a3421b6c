"""What a rule is: steps, each a condition on a call and the command that follows once it is met."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from voice.config import Config
from voice.registry import CallMatch
from voice.scenes.opening_hours import is_open
from voice.scenes.scene import SceneName
from voice.validation import Pattern

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = 86_400  # seconds; no call of Twilio's lasts longer


class RuleParams(BaseModel):
    """The parameters of a ready-made rule; also its form and its schema."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _span(text: str) -> str:
    begin, end = _times(text)
    if begin == end:
        raise ValueError("enter two different times")
    return text


def _times(text: str) -> tuple[time, time]:
    begin, end = (time.fromisoformat(part) for part in text.split("-"))
    return begin, end


Number = Annotated[str, Pattern(r"[^\s\x00]{1,255}", "Enter a number like +14155550199 or +49*.")]
Span = Annotated[
    str,
    Pattern(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", "Enter a time range like 22:00-06:00."),
    AfterValidator(_span),
]
Seconds = Annotated[int, Field(ge=0, le=LONGEST)]


class When(BaseModel):
    """The condition: all that is given has to be so. Only calls that are live and were answered are looked at."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)

    from_: Annotated[Number | None, Field(alias="from", title="From (a * at the end: all that begin so)")] = (
        None
    )
    to: Annotated[Number | None, Field(title="To (a * at the end: all that begin so)")] = None
    direction: Annotated[Literal["inbound", "outbound"] | None, Field(title="Direction")] = None
    scene: Annotated[list[SceneName], Field(max_length=50, title="In one of these scenes")] = []
    between: Annotated[Span | None, Field(title="Time of day, 22:00-06:00")] = None
    weekdays: Annotated[list[Weekday], Field(max_length=7, title="On these days")] = []
    open: Annotated[bool | None, Field(title="Within the opening hours, or not")] = None
    lasted_seconds: Annotated[Seconds | None, Field(title="Has lasted (seconds)")] = None
    waited_seconds: Annotated[Seconds | None, Field(title="Has been in its scene for (seconds)")] = None

    def is_now(self, config: Config, moment: datetime) -> bool:
        """True if day and time of day are right, in TIMEZONE. A span over midnight belongs to both days."""
        local = moment.astimezone(config["TIMEZONE"])
        if self.weekdays and WEEKDAYS[local.weekday()] not in self.weekdays:
            return False
        if self.open is not None and is_open(config) != self.open:
            return False
        return self.between is None or _within(local.time(), *_times(self.between))

    @property
    def match(self) -> CallMatch:
        """What is asked of the call itself."""
        return CallMatch(
            from_=self.from_,
            to=self.to,
            direction=self.direction,
            scenes=tuple(self.scene),
            lasted_seconds=self.lasted_seconds,
            waited_seconds=self.waited_seconds,
        )


def _within(moment: time, begin: time, end: time) -> bool:
    return begin <= moment < end if begin < end else moment >= begin or moment < end


class Then(BaseModel):
    """The command that follows, with its arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: str
    arguments: dict[str, Any] = {}


class Step(BaseModel):
    """One condition with its command; it is applied to a call once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: When = When()
    then: Then

    def as_json(self) -> dict[str, Any]:
        """The step as the admin API shows it: only what it asks for."""
        return {
            "when": self.when.model_dump(by_alias=True, exclude_defaults=True),
            "then": self.then.model_dump(),
        }


Build = Callable[[Any], list[Step]]
CallLimit = Callable[[Any], int]


class ReadyMade:
    """One entry of the catalogue: a name, a title, a model of parameters, and the function that makes the steps."""

    def __init__(
        self, build: Build, title: str, params: type[RuleParams], call_limit: CallLimit | None = None
    ):
        self.name = build.__name__
        self.__module__ = build.__module__
        self.__doc__ = build.__doc__
        self.title = title
        self.params = params
        self.steps = build
        self.call_limit = call_limit


def rule(
    title: str, params: type[RuleParams] = RuleParams, call_limit: CallLimit | None = None
) -> Callable[[Build], ReadyMade]:
    """Make a rule that is ready to be switched on of a function `params -> steps`; its name becomes the rule's.

    `call_limit` turns the parameters into the longest duration of any call in seconds: Midcall passes it to Twilio
    with each call that it dials.
    """
    return lambda build: ReadyMade(build, title, params, call_limit)
