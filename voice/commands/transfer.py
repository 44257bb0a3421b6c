"""Hand the caller to somebody else."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import CallCommand, DroppingArguments
from voice.control.live_update import update_live
from voice.control.places import current_place
from voice.control.scene_urls import find_scene, url_of_scene
from voice.scenes.transfer import Introduction, Otherwise, Party


class TransferArguments(DroppingArguments):
    """Whom to dial, and what follows if nobody answers: `back` to where the caller was, or a scene."""

    to: Party
    timeout_seconds: Annotated[int, Field(ge=5, le=600, title="Ring for (seconds)")] = 20
    introduction: Introduction = None
    if_nobody: Otherwise = "back"


class Transfer(CallCommand):
    """The caller is put through to a number, a client or a SIP address, which may hear an introduction first."""

    name = "transfer"
    title = "Transfer"
    group = "talk"
    button, shortcut = 3, "t"
    Arguments = TransferArguments

    def check(self) -> None:
        """What follows if nobody answers must be a scene that needs no parameters."""
        if self.arguments.if_nobody != "back":
            find_scene(self.services, self.arguments.if_nobody, {})

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """By the scene `transfer`."""
        url = url_of_scene(self.services, "transfer", self._params(call), command_id)
        return update_live(self.services, call.call_sid, url=url)

    def _params(self, call: Call) -> dict[str, Any]:
        asked = self.arguments.model_dump(
            exclude_none=True, include={"to", "timeout_seconds", "introduction"}
        )
        if self.arguments.if_nobody != "back":
            return {**asked, "otherwise": self.arguments.if_nobody}
        return {**asked, "otherwise": "back", "back": current_place(self.services, call)}
