"""All recordings: start, finish, and status callbacks."""

from __future__ import annotations

from email.utils import format_datetime
from typing import Protocol

from midcall_emulator.core.account import HasAccount, HasBaseUrl
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.sids import BySid, new_sid
from midcall_emulator.core.status_callback import StatusCallback
from midcall_emulator.media.recording import RUNNING, Recording
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.callbacks import CallbackQueue
from midcall_emulator.wire.outgoing_request import OutgoingRequest
from midcall_emulator.wire.webhooks import HasWebhooks


class RecordingWorld(HasAccount, HasBaseUrl, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that recordings use."""


class Recordings(BySid[Recording]):
    """All recordings, oldest first."""

    def __init__(self, world: RecordingWorld) -> None:
        super().__init__()
        self._world = world

    def start(
        self,
        call: Call,
        source: str,
        callback: StatusCallback | None,
        channels: int = 1,
        track: str = "both",
    ) -> Recording:
        """Start a recording that belongs to a call."""
        recording = Recording(new_sid("RE"), call, source, self._world.clock.now(), callback)
        recording.channels, recording.track = channels, track
        recording.enter("in-progress")
        self.add(recording)
        self._report(recording)
        return recording

    def owner_of(self, call: Call) -> Call:
        """Return the call that the recording of a call belongs to: for a leg that talks to its parent, the parent
        (https://www.twilio.com/docs/voice/api/recording). A switch changes that."""
        parent = call.bridged_to if call.bridged_to and call.bridged_to.sid == call.parent_sid else None
        return parent if parent and self._world.switches.recording_owner == "parent" else call

    def finish(self, recording: Recording, at: float) -> None:
        """End a recording at a virtual moment, and send its callback."""
        if recording.status in RUNNING:
            recording.enter("completed")
            recording.duration = round(recording.position(at))
            recording.updated = self._world.clock.now()
            self._report(recording)

    def drop(self, recording: Recording) -> None:
        """Delete an empty recording, and report it as absent."""
        recording.enter("absent")
        self._report(recording)
        self.remove(recording.sid)

    def url(self, recording: Recording) -> str:
        """Return the URL of the audio; with ``.json`` it is the URL of the resource."""
        return f"{self._world.base_url}/2010-04-01/Accounts/{self._world.account}/Recordings/{recording.sid}"

    def parameters(self, recording: Recording) -> dict[str, str]:
        """Return the parameters about a recording in an action or in the last status callback of a call."""
        return {
            "RecordingUrl": self.url(recording),
            "RecordingSid": recording.sid,
            "RecordingDuration": str(recording.duration),
        }

    def _report(self, recording: Recording) -> None:
        callback = recording.callback
        if callback and recording.status in callback.events:
            self._world.clock.spawn(self._send(recording, callback, recording.status))

    async def _send(self, recording: Recording, callback: StatusCallback, status: str) -> None:
        """Send a callback, without an order among those of one recording."""
        if status != "in-progress":
            await self._world.clock.sleep(self._world.switches.recording_delay_seconds)
        params = self._callback_parameters(recording, status)
        request = OutgoingRequest.callback("recording", callback.url, callback.method, params)
        CallbackQueue(self._world).send(recording.call, request)

    def _callback_parameters(self, recording: Recording, status: str) -> dict[str, str]:
        """Return the parameters of https://www.twilio.com/docs/voice/twiml/record; the duration only at the end."""
        params = {
            "AccountSid": self._world.account,
            "CallSid": recording.call.sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": self.url(recording),
            "RecordingStatus": status,
            "RecordingChannels": str(recording.channels),
            "RecordingStartTime": format_datetime(self._world.clock.date(recording.started)),
            "RecordingSource": recording.source,
            "RecordingTrack": recording.track,
        }
        if recording.conference_sid:
            params["ConferenceSid"] = recording.conference_sid
        return params | ({"RecordingDuration": str(recording.duration)} if status == "completed" else {})


class HasRecordings(Protocol):
    """Offers the recordings."""

    recordings: Recordings
