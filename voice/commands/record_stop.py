"""Record no longer."""

from __future__ import annotations

from voice.calls import Call, CallFacts
from voice.commands.recordings import RecordingCommand

OVER = ("stopped", "processing", "completed")


class RecordStop(RecordingCommand):
    """The recording is over; Twilio tells when its sound is ready."""

    name = "record_stop"
    title = "Stop recording"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """The recording that began last."""
        return self.changed(call, self.needs_running(call), *OVER, status="stopped")
