"""What the people on calls hear."""

from __future__ import annotations

from typing import Any, Protocol

from midcall_emulator.core.call_log import CallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import Clock
from midcall_emulator.switches import Switches


class Audio:
    """Plays sound to the people on calls. Transcript, event feed and listeners of a call get what is played."""

    def __init__(self, clock: Clock, log: CallLog, switches: Switches) -> None:
        self._clock, self._log, self._switches = clock, log, switches

    def play(self, call: Call, kind: str, **details: Any) -> None:
        """Play an item of a kind now."""
        self.play_item(call, {"kind": kind} | details)

    def play_item(self, call: Call, item: dict[str, Any], at: float | None = None) -> None:
        """Play an item at a virtual moment, by default now.

        The same object played again is stored as a repetition. The caller of a TwiML app hears what the leg of the app
        hears.
        """
        moment = self._clock.now() if at is None else at
        call.transcript.add(item, moment, self._switches.max_requests_kept)
        self._log.publish("heard", call, {"heard": item.copy()})
        for listener in list(call.run.listeners):
            listener.on_heard(item)
        if call.person:
            self.play_item(call.person, item, at)


class HasAudio(Protocol):
    """Offers what plays sound to the people on calls."""

    audio: Audio
