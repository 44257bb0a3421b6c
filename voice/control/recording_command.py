"""What the commands for recordings have in common: which recording is meant, and that Twilio's answer shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from voice.calls import Call, CallFacts
from voice.control.base import CallCommand
from voice.control.live_update import when_live
from voice.errors import TwilioFailed, WrongState

RUNNING = ("in-progress", "paused")
OF_A_VERB = "RecordVerb"  # a message that the caller leaves: it belongs to its scene


class RecordingCommand(CallCommand):
    """Of this leg of the call; in a room too it is the leg that is recorded, not the conference."""

    group = "record"

    proof = "answer"  # twilio's answer tells the recording's status

    def running(self, call: Call) -> dict[str, Any] | None:
        """The recording under way that began last, or None."""
        found = self.services.twilio.recordings.of_call(call.call_sid)
        return next((one for one in found if one["status"] in RUNNING and one["source"] != OF_A_VERB), None)

    def needs_running(self, call: Call) -> dict[str, Any]:
        """The same. Raises WrongState if there is none."""
        recording = self.running(call)
        if recording is None:
            raise WrongState("the call is not being recorded")
        return recording

    def shown(self, call: Call, ask: Callable[[], dict[str, Any]], *statuses: str) -> CallFacts:
        """Ask, and look whether Twilio then shows the recording in one of these statuses; TwilioFailed if not."""
        recording = when_live(self.services, call.call_sid, ask)
        if recording["status"] not in statuses:
            raise TwilioFailed(f"Twilio says that the recording is {recording['status']}")
        self.note = f"recording {recording['sid']}"
        return CallFacts(call.call_sid, None)

    def changed(self, call: Call, recording: dict[str, Any], *statuses: str, **change: str) -> CallFacts:
        """`shown` for a change of a recording."""
        sid = recording["sid"]
        return self.shown(
            call, lambda: self.services.twilio.recordings.update(call.call_sid, sid, **change), *statuses
        )
