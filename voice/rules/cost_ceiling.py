"""A maximum length of all calls, which Twilio enforces."""

from typing import Annotated

from pydantic import Field

from voice.rules import RuleParams, Step, Then, When, rule


class CostCeilingParams(RuleParams):
    """The maximum length of a call in minutes, counted from its answer."""

    minutes: Annotated[int, Field(ge=1, le=1440, title="Maximum length (minutes)")] = 60


@rule("Maximum call length", CostCeilingParams, call_limit=lambda params: params.minutes * 60)
def cost_ceiling(params: CostCeilingParams) -> list[Step]:
    """Set Twilio's TimeLimit for each call, so that Twilio ends it even if Midcall is down.

    A call that Midcall dials has the limit from its start. A call that is longer when the rule is enabled is ended.
    Source: https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource
    """
    seconds = params.minutes * 60
    return [
        Step(when=When(), then=Then(command="time_limit", arguments={"seconds": seconds})),
        Step(when=When(lasted_seconds=seconds), then=Then(command="end")),
    ]
