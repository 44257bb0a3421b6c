"""Forks that report their start, their end and their failure: streams, and sessions of SIPREC
(https://www.twilio.com/docs/voice/twiml/stream#statuscallback)."""

from __future__ import annotations

from dataclasses import dataclass, field

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.forks import Fork, ForkWorld, Line

TRACKS = {
    "inbound_track": ("inbound",),
    "outbound_track": ("outbound",),
    "both_tracks": ("inbound", "outbound"),
}


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """What to stream where; ``parameters`` reach the app in the start message."""

    url: str = ""
    name: str = ""
    track: str = "inbound_track"
    callback: str = ""
    callback_method: str = "POST"
    parameters: dict[str, str] = field(default_factory=dict)


class Reported(Fork):
    """A fork that reports its start, its end and its failure to a status callback
    (https://www.twilio.com/docs/voice/twiml/stream#statuscallback)."""

    kind, word = "stream", "Stream"

    def __init__(self, world: ForkWorld, call: Call, prefix: str, terms: StreamSettings) -> None:
        super().__init__(world, call, new_sid(prefix), terms.name)
        self.terms = terms
        self._line = Line(world, call, self.kind, terms.callback, terms.callback_method)

    def report(self, event: str, error: str = "") -> None:
        """Send the callback for ``started``, ``stopped`` or ``error``."""
        params = {
            f"{self.word}Sid": self.sid,
            f"{self.word}Name": self.name or self.sid,
            f"{self.word}Event": f"{self.kind}-{event}",
            "Timestamp": self.world.clock.date().isoformat().replace("+00:00", "Z"),
        }
        self._line.send(params | ({f"{self.word}Error": error} if error else {}))
