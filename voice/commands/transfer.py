"""Transfer a caller to another party."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import CallCommand, DroppingArguments
from voice.control.live_update import update_live
from voice.control.places import current_place
from voice.control.scene_urls import find_scene, url_of_scene
from voice.scenes.transfer import Introduction, Otherwise, Party

BACK = "back"  # the value of `if_nobody` that brings the caller back to their place


class TransferArguments(DroppingArguments):
    """The party to dial, and where the caller goes without an answer: `back` to their place, or to a scene."""

    to: Annotated[Party, Field(title="Transfer to", examples=["+14155550188"])]
    timeout_seconds: Annotated[int, Field(ge=5, le=600, title="Ring for (seconds)")] = 20
    introduction: Introduction = None
    if_nobody: Otherwise = BACK


class Transfer(CallCommand):
    """The caller is connected to a number, client or SIP address, which can hear an introduction first."""

    name = "transfer"
    title = "Transfer"
    group = "talk"
    button, shortcut = 3, "t"
    dials_out = True
    Arguments = TransferArguments

    def check(self) -> None:
        """Without an answer the caller goes to a scene that needs no parameters."""
        if self.arguments.if_nobody != BACK:
            find_scene(self.services, self.arguments.if_nobody, {})

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Redirect to the scene `transfer`."""
        url = url_of_scene(self.services, "transfer", self._params(call), command_id)
        return update_live(self.services, call.call_sid, url=url)

    def _params(self, call: Call) -> dict[str, Any]:
        fields = {"to", "timeout_seconds", "introduction"}
        dialing = self.arguments.model_dump(exclude_none=True, include=fields)
        if self.arguments.if_nobody != BACK:
            return {**dialing, "otherwise": self.arguments.if_nobody}
        return {**dialing, "otherwise": BACK, "back": current_place(self.services, call)}
