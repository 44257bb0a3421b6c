"""Nobody waits in a queue for longer than so many seconds."""

from typing import Annotated

from pydantic import Field

from voice.rules.engine.rule import LONGEST, RuleParams, Step, Then, When, rule
from voice.scenes.scene import SceneName


class LongestWaitParams(RuleParams):
    """Where people wait, for how long at most, and where they are sent then."""

    waiting_in: Annotated[SceneName, Field(title="Waiting in")] = "parked"
    seconds: Annotated[int, Field(ge=1, le=LONGEST, title="For at most (seconds)")] = 300
    to_scene: Annotated[SceneName, Field(title="Are sent to")] = "voicemail"


@rule("Longest wait in a queue", LongestWaitParams)
def longest_wait(params: LongestWaitParams) -> list[Step]:
    """Who has waited so long is sent on; what an operator says to them meanwhile does not start the wait again."""
    when = When(scene=[params.waiting_in], waited_seconds=params.seconds)
    return [Step(when=when, then=Then(command="redirect", arguments={"scene": params.to_scene}))]
