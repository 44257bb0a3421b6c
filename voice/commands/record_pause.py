"""Stop recording for a while."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.commands.recordings import RecordingCommand
from voice.control.base import Arguments
from voice.errors import WrongState


class RecordPauseArguments(Arguments):
    """Whether the pause is silence in the recording, or is left out of it."""

    behaviour: Annotated[Literal["silence", "skip"], Field(title="The pause")] = "silence"


class RecordPause(RecordingCommand):
    """Nothing is recorded until `record_resume`; as silence, or left out."""

    name = "record_pause"
    title = "Pause the recording"
    Arguments = RecordPauseArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """The recording that began last."""
        recording = self.needs_running(call)
        if recording["status"] == "paused":
            raise WrongState("the recording is paused already")
        how = {"status": "paused", "pause_behavior": self.arguments.behaviour}
        return self.changed(call, recording, "paused", **how)
