"""What operators send to create or change a rule."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from voice.control.base import Arguments
from voice.rules.engine.condition import When
from voice.rules.engine.rule import Step, Then
from voice.validation import Pattern

NAME = r"[a-z][a-z0-9_]{0,59}"


class RuleChange(Arguments):
    """The fields of a rule that can be changed. `then` with its `when` is short for a single step."""

    enabled: Annotated[bool | None, Field(title="Enabled")] = None
    params: Annotated[dict[str, Any] | None, Field(title="Parameters of a ready-made rule")] = None
    steps: Annotated[list[Step] | None, Field(min_length=1, max_length=20, title="Steps")] = None
    when: Annotated[When | None, Field(title="When")] = None
    then: Annotated[Then | None, Field(title="Then")] = None

    @model_validator(mode="after")
    def _single_form(self) -> RuleChange:
        if self.when is not None and self.then is None:
            raise ValueError("enter a command for the condition, or enter steps")
        if self.then is not None and self.steps is not None:
            raise ValueError("enter steps, or a single condition with its command, not both")
        return self

    @property
    def all_steps(self) -> list[dict[str, Any]]:
        """The steps in either form, as JSON."""
        single = [Step(when=self.when or When(), then=self.then)] if self.then else []
        return [step.as_json() for step in self.steps or single]


class NewRule(RuleChange):
    """A rule with its own steps, or another rule of a ready-made kind. It is enabled unless `enabled` is false."""

    name: Annotated[
        str,
        Pattern(NAME, "Enter a name like long_calls: lowercase letters, digits, and _."),
        Field(title="Name"),
    ]
    ready_made: Annotated[str | None, Field(title="Ready-made rule")] = None
