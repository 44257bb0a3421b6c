"""Outside the opening hours, callers hear that the office is closed."""

from typing import Annotated

from pydantic import Field

from voice.rules import RuleParams, Step, Then, When, rule
from voice.scenes import SceneName


class ClosedAfterHoursParams(RuleParams):
    """The scenes that callers leave, and the scene they hear. Callers in all other scenes are not moved."""

    from_scenes: Annotated[list[SceneName], Field(min_length=1, max_length=50, title="Callers in")] = [
        "greeting",
        "menu",
    ]
    to_scene: Annotated[SceneName, Field(title="Move to")] = "closed"


@rule("Closed after hours", ClosedAfterHoursParams)
def closed_after_hours(params: ClosedAfterHoursParams) -> list[Step]:
    """Outside opening hours, move callers to a scene that says so."""
    when = When(direction="inbound", open=False, scene=params.from_scenes)
    return [Step(when=when, then=Then(command="redirect", arguments={"scene": params.to_scene}))]
