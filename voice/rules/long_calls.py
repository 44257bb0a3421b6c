"""A warning for long calls, and later their end."""

from typing import Annotated

from pydantic import Field, model_validator

from voice.rules import RuleParams, Step, Then, When, rule

Minutes = Annotated[int, Field(ge=1, le=1439)]


class LongCallsParams(RuleParams):
    """The times of the warning and of the end, and the words of the warning."""

    warn_after_minutes: Annotated[Minutes, Field(title="Warn after (minutes)")] = 25
    end_after_minutes: Annotated[Minutes, Field(title="End after (minutes)")] = 30
    text: Annotated[str, Field(min_length=1, max_length=1000, title="Warning")] = (
        "This call will end in a few minutes."
    )

    @model_validator(mode="after")
    def _warning_first(self) -> "LongCallsParams":
        if self.warn_after_minutes >= self.end_after_minutes:
            raise ValueError("set the warning before the end of the call")
        return self


@rule("Long call warning", LongCallsParams)
def long_calls(params: LongCallsParams) -> list[Step]:
    """Warn the caller of a long call, and end the call some minutes later."""
    warning = Then(command="say", arguments={"text": params.text})
    return [
        Step(when=When(lasted_seconds=params.warn_after_minutes * 60), then=warning),
        Step(when=When(lasted_seconds=params.end_after_minutes * 60), then=Then(command="end")),
    ]
