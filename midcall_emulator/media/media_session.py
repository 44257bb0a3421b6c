"""Media sessions: streams and SIPREC, which report start, end and failure to a status callback
(https://www.twilio.com/docs/voice/twiml/stream#statuscallback)."""

from __future__ import annotations

from dataclasses import dataclass, field

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.listener_callbacks import ListenerCallbacks
from midcall_emulator.media.listeners import CallListener, ListenerWorld

TRACKS = {
    "inbound_track": ("inbound",),
    "outbound_track": ("outbound",),
    "both_tracks": ("inbound", "outbound"),
}


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """The settings of a stream or SIPREC session; ``parameters`` reach the app in the start message."""

    url: str = ""
    name: str = ""
    track: str = "inbound_track"
    callback: str = ""
    callback_method: str = "POST"
    parameters: dict[str, str] = field(default_factory=dict)


class MediaSession(CallListener):
    """A session with a status callback; ``kind`` and ``prefix`` name its events and their parameters."""

    kind, prefix = "stream", "Stream"

    def __init__(self, world: ListenerWorld, call: Call, sid_prefix: str, settings: StreamSettings) -> None:
        super().__init__(world, call, new_sid(sid_prefix), settings.name)
        self.settings = settings
        self.forks = len(TRACKS[settings.track])
        self._callbacks = ListenerCallbacks(
            world, call, self.kind, settings.callback, settings.callback_method
        )

    def report(self, event: str, error: str = "") -> None:
        """Send the callback for ``started``, ``stopped`` or ``error``."""
        params = {
            f"{self.prefix}Sid": self.sid,
            f"{self.prefix}Name": self.name or self.sid,
            f"{self.prefix}Event": f"{self.kind}-{event}",
            "Timestamp": self.world.clock.date().isoformat().replace("+00:00", "Z"),
        }
        self._callbacks.send(params | ({f"{self.prefix}Error": error} if error else {}))
