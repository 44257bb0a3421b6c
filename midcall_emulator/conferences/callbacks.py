"""Status callbacks of a conference
(https://www.twilio.com/docs/voice/twiml/conference#attributes-statusCallbackEvent)."""

from __future__ import annotations

from email.utils import format_datetime
from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.status_callback import StatusCallback
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.callbacks import CallbackQueue
from midcall_emulator.wire.outgoing_request import OutgoingRequest
from midcall_emulator.wire.webhooks import HasWebhooks

EVENTS = frozenset({"start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"})
_SUBSCRIPTIONS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "participant-speech-start": "speaker",
    "participant-speech-stop": "speaker",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}


class ConferenceCallbackWorld(HasAccount, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that the callbacks of a conference use."""


class ConferenceCallbacks:
    """The callbacks of one conference, sent in order."""

    def __init__(
        self, world: ConferenceCallbackWorld, sid: str, name: str, callback: StatusCallback | None
    ) -> None:
        self._world, self._sid, self._name, self._callback = world, sid, name, callback
        self._queue = CallbackQueue(world)

    def report(self, event: str, call: Call, params: dict[str, str]) -> None:
        """Send the callback of an event, if the conference subscribes to it; this does not wait."""
        callback = self._callback
        if callback and _SUBSCRIPTIONS[event] in callback.events:
            params = self._common(event) | params
            request = OutgoingRequest.callback("conference", callback.url, callback.method, params)
            self._queue.send(call, request)

    def _common(self, event: str) -> dict[str, str]:
        world = self._world
        return {
            "ConferenceSid": self._sid,
            "FriendlyName": self._name,
            "AccountSid": world.account,
            "SequenceNumber": str(world.switches.conference_first_sequence_number + self._queue.count),
            "Timestamp": format_datetime(world.clock.date()),
            "StatusCallbackEvent": event,
        }
