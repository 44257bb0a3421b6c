"""Go on recording after a pause."""

from __future__ import annotations

from voice.calls import Call, CallFacts
from voice.commands.recordings import RecordingCommand
from voice.errors import WrongState


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
