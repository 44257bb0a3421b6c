"""Who calls when nobody is there is told so."""

from typing import Annotated

from pydantic import Field

from voice.rules.engine.rule import RuleParams, Step, Then, When, rule
from voice.scenes.scene import SceneName


class ClosedAfterHoursParams(RuleParams):
    """Where callers are sent from, and where to. Who talks to somebody, or leaves a message, is left alone."""

    from_scenes: Annotated[list[SceneName], Field(min_length=1, max_length=50, title="Callers in")] = [
        "greeting",
        "menu",
    ]
    to_scene: Annotated[SceneName, Field(title="Are sent to")] = "closed"


@rule("Closed after hours", ClosedAfterHoursParams)
def closed_after_hours(params: ClosedAfterHoursParams) -> list[Step]:
    """Outside OPENING_HOURS, callers are sent to a scene that says so."""
    when = When(direction="inbound", open=False, scene=params.from_scenes)
    return [Step(when=when, then=Then(command="redirect", arguments={"scene": params.to_scene}))]
