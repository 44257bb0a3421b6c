"""A ceiling on how long any call may cost money, kept by Twilio itself."""

from typing import Annotated

from pydantic import Field

from voice.rules.engine.rule import RuleParams, Step, Then, When, rule


class CostCeilingParams(RuleParams):
    """How long a call may last, in minutes from its answer."""

    minutes: Annotated[int, Field(ge=1, le=1440, title="At most (minutes)")] = 60


@rule(
    "Ceiling on how long a call costs money", CostCeilingParams, call_limit=lambda params: params.minutes * 60
)
def cost_ceiling(params: CostCeilingParams) -> list[Step]:
    """Each call gets a TimeLimit at Twilio, which ends it also when Midcall is down; what is dialled has it at once.

    Who has talked for longer already, when the rule is switched on, is ended.
    Source: https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource
    """
    seconds = params.minutes * 60
    return [
        Step(when=When(), then=Then(command="time_limit", arguments={"seconds": seconds})),
        Step(when=When(lasted_seconds=seconds), then=Then(command="end")),
    ]
