"""Record a call: start, stop, pause, resume."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import Arguments
from voice.control.recording_command import RecordingCommand
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
            call, lambda: self.services.twilio.recordings.start(call.call_sid, **wanted), "in-progress"
        )


OVER = ("stopped", "processing", "completed")


class RecordStop(RecordingCommand):
    """The recording is over; Twilio tells when its sound is ready."""

    name = "record_stop"
    title = "Stop recording"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """The recording that began last."""
        return self.changed(call, self.needs_running(call), *OVER, status="stopped")


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


class RecordResume(RecordingCommand):
    """The recording goes on after `record_pause`."""

    name = "record_resume"
    title = "Go on recording"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """The recording that began last."""
        recording = self.needs_running(call)
        if recording["status"] != "paused":
            raise WrongState("the recording is not paused")
        return self.changed(call, recording, "in-progress", status="in-progress")
