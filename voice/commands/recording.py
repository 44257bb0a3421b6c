"""Record a call: start, stop, pause and resume."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import Arguments
from voice.control.recording_command import RecordingCommand
from voice.errors import WrongState
from voice.twilio.calls import in_one_value

EVENTS = ["in-progress", "completed", "absent"]
STOPPED = ("stopped", "processing", "completed")


class RecordStartArguments(Arguments):
    """One channel, or one for each party; the party to record; and whether to trim silence."""

    channels: Annotated[Literal["mono", "dual"], Field(title="Channels")] = "mono"
    track: Annotated[Literal["both", "inbound", "outbound"], Field(title="Audio track")] = "both"
    trim: Annotated[Literal["do-not-trim", "trim-silence"], Field(title="Trim silence")] = "do-not-trim"


class RecordStart(RecordingCommand):
    """The call is recorded until you stop it or the call ends."""

    name = "record_start"
    title = "Start recording"
    Arguments = RecordStartArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Look for a recording first, because Twilio ignores a second one, with or without an error.

        Source: https://www.twilio.com/docs/api/errors/16108
        """
        if self.find_running(call):
            raise WrongState("The call is already being recorded.")
        attributes = {
            "recording_channels": self.arguments.channels,
            "recording_track": self.arguments.track,
            "trim": self.arguments.trim,
            "recording_status_callback": f"{self.services.config['PUBLIC_URL']}/voice/recording",
            "recording_status_callback_event": in_one_value(EVENTS),
        }
        recordings = self.services.twilio.recordings
        return self.send(call, lambda: recordings.start(call.call_sid, **attributes), "in-progress")


class RecordStop(RecordingCommand):
    """The recording ends; Twilio reports when it is ready.

    Source: https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback
    """

    name = "record_stop"
    title = "Stop recording"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Stop the newest recording."""
        return self.update(call, self.require_running(call), *STOPPED, status="stopped")


class RecordPauseArguments(Arguments):
    """Whether the recording holds silence for the pause, or skips it."""

    behaviour: Annotated[Literal["silence", "skip"], Field(title="During the pause")] = "silence"


class RecordPause(RecordingCommand):
    """Nothing is recorded until you resume; the recording holds silence for the pause, or skips it."""

    name = "record_pause"
    title = "Pause recording"
    Arguments = RecordPauseArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Pause the newest recording."""
        recording = self.require_running(call, "in-progress")
        if recording["status"] == "paused":
            raise WrongState("The recording is already paused.")
        attributes = {"status": "paused", "pause_behavior": self.arguments.behaviour}
        return self.update(call, recording, "paused", **attributes)


class RecordResume(RecordingCommand):
    """The recording continues after a pause."""

    name = "record_resume"
    title = "Resume recording"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Resume the newest recording."""
        recording = self.require_running(call, "paused")
        if recording["status"] != "paused":
            raise WrongState("The recording is not paused.")
        return self.update(call, recording, "in-progress", status="in-progress")
