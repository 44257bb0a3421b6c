"""Listeners: what follows a call beside its TwiML, such as recordings, streams and transcriptions.

A listener continues through redirects of the call, until it is stopped or the call ends.
"""

from __future__ import annotations

from typing import Any, Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.webhooks import HasWebhooks


class ListenerWorld(HasAccount, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that a listener uses."""


class CallListener:
    """A listener on one call; ``resource`` is its resource in the REST API, "" if REST cannot name it.

    ``forks`` is the number of tracks that it sends on, which Twilio limits
    (https://www.twilio.com/docs/voice/api/siprec).
    """

    resource = ""
    forks = 0

    def __init__(self, world: ListenerWorld, call: Call, sid: str, name: str = "") -> None:
        self.world, self.call, self.sid, self.name = world, call, sid, name
        self.status = "in-progress"
        self.updated = world.clock.now()

    def start(self) -> None:
        """Start to listen."""
        self.call.run.listeners.append(self)

    def stop(self) -> None:
        """Stop to listen; a second call has no effect."""
        if self in self.call.run.listeners:
            self.call.run.listeners.remove(self)
            self.status, self.updated = "stopped", self.world.clock.now()
            self.on_stop()

    def on_stop(self) -> None:
        """Finish the work of the listener."""

    def on_heard(self, item: dict[str, Any]) -> None:
        """Receive an item that the caller hears."""

    def on_speech(self, text: str, seconds: float, track: str) -> None:
        """Receive the start of speech: of the caller (``inbound``) or of the other party (``outbound``)."""

    def on_keys(self, digits: str) -> None:
        """Receive the keys that the caller presses."""


def report_speech(call: Call, text: str, seconds: float) -> None:
    """Report speech of a caller to the listeners of the call and of the call bridged to it."""
    for listener in list(call.run.listeners):
        listener.on_speech(text, seconds, "inbound")
    for listener in list(call.partner.run.listeners) if call.partner else ():
        listener.on_speech(text, seconds, "outbound")


def report_keys(call: Call, digits: str) -> None:
    """Report keys of a caller to the listeners of the call."""
    for listener in list(call.run.listeners):
        listener.on_keys(digits)


def exceeds_forks(call: Call, listener: CallListener) -> bool:
    """Return whether the call has too many forked tracks for another listener."""
    limit = listener.world.switches.forks_per_call
    used = sum(one.forks for one in call.run.listeners if isinstance(one, CallListener))
    return 0 < limit < used + listener.forks


def find(call: Call, resource: str, key: str) -> CallListener | None:
    """Return the running listener of a resource with this sid or name."""
    of_resource = (one for one in call.run.listeners if one.resource == resource)
    found = (one for one in of_resource if key in (one.sid, one.name) and isinstance(one, CallListener))
    return next(found, None)
