"""Base class of the commands for recordings: the recording that they apply to, and the check of Twilio's answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from voice.calls import Call, CallFacts
from voice.control.base import CallCommand
from voice.control.live_update import CATCH_UP_DELAYS, when_live
from voice.errors import TwilioFailed, WrongState
from voice.events import now

RUNNING = ("in-progress", "paused")
LAG_SECONDS = 2.0
BY_VERB = "RecordVerb"  # the source of a voicemail: it belongs to its scene


class RecordingCommand(CallCommand):
    """A command for the recording of this leg; in a conference as well, Twilio records the leg."""

    group = "record"
    needs = ("recordings",)
    proof = "answer"  # it shows the status of the recording

    def find_running(self, call: Call, *wanted: str) -> dict[str, Any] | None:
        """The newest recording in progress or paused; None if there is none.

        Twilio's list can lag behind an earlier command for the recording. If that was a moment ago, and the list shows
        no recording with one of the statuses `wanted`, it is read again.
        """
        found = self._newest(call)
        for delay in CATCH_UP_DELAYS[:2] if self._is_recent(call) else ():
            if found and found["status"] in (wanted or RUNNING):
                break
            self.services.clock.sleep(delay)
            found = self._newest(call)
        return found

    def _is_recent(self, call: Call) -> bool:
        """Whether a command for the recording, on either leg, ended within the time by which lists lag."""
        names = {command.name for command in RecordingCommand.__subclasses__()}
        registry = self.services.registry
        legs = [call.call_sid, *(other.call_sid for other in registry.calls.talking_to(call))]
        ended = (
            one.finished_at
            for leg in legs
            for one in registry.commands.of_call(leg)
            if one.command in names and one.state != "refused"
        )
        since = now() - timedelta(seconds=LAG_SECONDS)
        return any(moment is not None and moment >= since for moment in ended)

    def _newest(self, call: Call) -> dict[str, Any] | None:
        """The newest recording in progress or paused, as Twilio lists it.

        The recording of two legs that talk through a Dial refers to the parent, so it is looked for there as well. In
        a conference each leg has its own.
        Source: https://www.twilio.com/docs/voice/api/recording
        """
        for call_sid in self._recorded_legs(call):
            for one in self.services.twilio.recordings.of_call(call_sid):
                if one["status"] in RUNNING and one["source"] != BY_VERB:
                    return one
        return None

    def _recorded_legs(self, call: Call) -> list[str]:
        parent = None if call.in_room else call.parent_call_sid
        return [call.call_sid, parent] if parent else [call.call_sid]

    def require_running(self, call: Call, *wanted: str) -> dict[str, Any]:
        """The newest recording, as `find_running`. Raises WrongState if there is none."""
        recording = self.find_running(call, *wanted)
        if recording is None:
            raise WrongState("The call is not being recorded. Start a recording first.")
        return recording

    def send(self, call: Call, request: Callable[[], dict[str, Any]], *statuses: str) -> CallFacts:
        """Send the request. Raises TwilioFailed if the answer shows the recording in none of the statuses."""
        recording = when_live(self.services, call.call_sid, request)
        if recording["status"] not in statuses:
            raise TwilioFailed(f"Twilio accepted the request, but the recording is {recording['status']}.")
        self.note = f"recording {recording['sid']}"
        return CallFacts(call.call_sid, None)

    def update(self, call: Call, recording: dict[str, Any], *statuses: str, **attributes: str) -> CallFacts:
        """Update the recording. Raises as `send`."""
        recordings, sid = self.services.twilio.recordings, recording["sid"]
        leg = recording["call_sid"]
        return self.send(call, lambda: recordings.update(leg, sid, **attributes), *statuses)
