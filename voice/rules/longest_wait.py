"""A maximum time that callers wait in a queue."""

from typing import Annotated

from pydantic import Field

from voice.rules import MAX_SECONDS, RuleParams, Step, Then, When, rule
from voice.scenes import SceneName


class LongestWaitParams(RuleParams):
    """The scene in which callers wait, the maximum time, and the scene that follows."""

    waiting_in: Annotated[SceneName, Field(title="Waiting in")] = "parked"
    seconds: Annotated[int, Field(ge=1, le=MAX_SECONDS, title="Maximum wait (seconds)")] = 300
    to_scene: Annotated[SceneName, Field(title="Move to")] = "voicemail"


@rule("Maximum queue wait", LongestWaitParams)
def longest_wait(params: LongestWaitParams) -> list[Step]:
    """Move callers who have waited too long to another scene. A message from an operator does not reset the wait."""
    when = When(scene=[params.waiting_in], waited_seconds=params.seconds)
    return [Step(when=when, then=Then(command="redirect", arguments={"scene": params.to_scene}))]
