"""What the people on calls hear."""

from __future__ import annotations

from typing import Any, Protocol

from midcall_emulator.core.call_log import CallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import Clock
from midcall_emulator.switches import Switches


class Audio:
    """Play sound to the person on a call: it goes to the transcript, to the event feed and to the call's listeners."""

    def __init__(self, clock: Clock, log: CallLog, switches: Switches) -> None:
        self._clock, self._log, self._switches = clock, log, switches

    def play(self, call: Call, kind: str, **details: Any) -> None:
        """Play something of a kind now."""
        self.play_item(call, {"kind": kind} | details)

    def play_item(self, call: Call, item: dict[str, Any], at: float | None = None) -> None:
        """Play an item now or at a virtual moment.

        The same object given again is kept as a repetition. A caller who is connected to a TwiML app hears what the
        app's leg hears.
        """
        call.transcript.add(item, self._clock.now() if at is None else at, self._switches.max_requests_kept)
        self._log.publish("heard", call, {"heard": item.copy()})
        for listener in list(call.run.listeners):
            listener.on_heard(item)
        if call.person:
            self.play_item(call.person, item, at)


class HasAudio(Protocol):
    """Offers the sound on calls."""

    audio: Audio
