"""Record the call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.commands.recordings import RecordingCommand
from voice.control.base import Arguments
from voice.errors import WrongState

EVENTS = ["in-progress", "completed", "absent"]


class RecordStartArguments(Arguments):
    """One channel or one for each side, whose voice, and whether silence at both ends is cut off."""

    channels: Annotated[Literal["mono", "dual"], Field(title="Channels")] = "mono"
    track: Annotated[Literal["both", "inbound", "outbound"], Field(title="Whose voice")] = "both"
    trim: Annotated[Literal["do-not-trim", "trim-silence"], Field(title="Silence at the ends")] = (
        "do-not-trim"
    )


class RecordStart(RecordingCommand):
    """From now until `record_stop` or the end of the call, through everything that the caller hears."""

    name = "record_start"
    title = "Record"
    Arguments = RecordStartArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Looked up first, as Twilio silently ignores a second recording of this kind."""
        if self.running(call):
            raise WrongState("the call is being recorded already")
        wanted = {
            "recording_channels": self.arguments.channels,
            "recording_track": self.arguments.track,
            "trim": self.arguments.trim,
            "recording_status_callback": f"{self.services.config['PUBLIC_URL']}/voice/recording",
            "recording_status_callback_event": EVENTS,
        }
        return self.shown(
            call, lambda: self.services.recordings.start(call.call_sid, **wanted), "in-progress"
        )
