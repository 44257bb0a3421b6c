"""The catalogues of scenes and commands."""

from __future__ import annotations

from voice.control.base import CommandEntry, call_commands
from voice.scenes.scene import SceneEntry
from voice.web.admin.route import Answer, route
from voice.web.guards import services


class SceneList(Answer):
    """The scenes, by name."""

    scenes: list[SceneEntry]


class CommandList(Answer):
    """The commands for one call, by name."""

    commands: list[CommandEntry]


@route("GET", "/scenes", role="viewer")
def scenes() -> SceneList:
    """List the scenes, with the JSON schemas of their parameters."""
    return SceneList(scenes=[scene.entry() for scene in services().scenes.values()])


@route("GET", "/commands", role="viewer")
def commands() -> CommandList:
    """List the commands for a live call, with the JSON schemas of their arguments."""
    return CommandList(commands=[kind.entry() for kind in call_commands(services().commands).values()])
