"""A rule: steps, each with a condition and the command that runs on matching calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict

from voice.rules.engine.condition import When


class RuleParams(BaseModel):
    """The parameters of a ready-made rule; its form and its JSON schema are made from them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Then(BaseModel):
    """The command that runs on a matching call, with its arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: str
    arguments: dict[str, Any] = {}


class Step(BaseModel):
    """A condition with its command. A step is applied to a call once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: When = When()
    then: Then

    def as_json(self) -> dict[str, Any]:
        """The step as the admin API shows it, without conditions that are not set."""
        return {
            "when": self.when.model_dump(by_alias=True, exclude_defaults=True),
            "then": self.then.model_dump(),
        }


Build = Callable[[Any], list[Step]]
CallLimit = Callable[[Any], int]


class ReadyMade:
    """An entry of the catalogue: a name, a title, a model of parameters, and the function that builds the steps."""

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
    """Make a ready-made rule from a function `params -> steps`. The name of the function is the name of the rule.

    `call_limit` turns the parameters into the longest duration of any call in seconds: Midcall passes it to Twilio
    with each call that it dials.
    """
    return lambda build: ReadyMade(build, title, params, call_limit)
