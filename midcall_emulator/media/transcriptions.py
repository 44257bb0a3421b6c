"""Live transcriptions: what is said on a call, told to the app as it is said
(https://www.twilio.com/docs/voice/twiml/transcription)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.forks import Fork, Line
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.webhooks import HasWebhooks


class TranscriptionWorld(HasAccount, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that a transcription uses."""


@dataclass(frozen=True, slots=True)
class TranscriptionSettings:
    """What to transcribe, and who is told."""

    name: str = ""
    tracks: tuple[str, ...] = ("inbound", "outbound")
    callback: str = ""
    callback_method: str = "POST"
    language: str = "en-US"
    partial: bool = False


class Transcription(Fork):
    """A transcription: the person's words (``inbound``), and what they hear said (``outbound``)."""

    resource = "Transcriptions"
    world: TranscriptionWorld

    def __init__(self, world: TranscriptionWorld, call: Call, terms: TranscriptionSettings) -> None:
        super().__init__(world, call, new_sid("GT"), terms.name)
        self._terms, self._sequence = terms, 0
        self._line = Line(world, call, "transcription", terms.callback, terms.callback_method)
        self._pending: dict[Any, tuple[str, str]] = {}

    def start(self) -> None:
        """Begin to listen, and say so."""
        super().start()
        self._report("started")

    def spoke(self, text: str, seconds: float, track: str) -> None:
        """Transcribe what somebody says, once it is said; half of it before, if partial results are wanted."""
        if track not in self._terms.tracks or not text.strip():
            return
        clock = self.world.clock
        if self._terms.partial:
            words = text.split()
            half = " ".join(words[: (len(words) + 1) // 2])
            partial = clock.call_later(seconds / 2, lambda: self._take(partial, final=False))
            self._pending[partial] = (half, track)
        final = clock.call_later(seconds, lambda: self._take(final, final=True))
        self._pending[final] = (text, track)

    def heard(self, item: dict[str, Any]) -> None:
        """Transcribe what is said to the person."""
        if item["kind"] == "say":
            speed = self.world.switches.say_characters_per_second
            self.spoke(item["text"], len(item["text"]) / speed, "outbound")

    def stopped(self) -> None:
        """Report what is still being said, as far as it is known, and the end."""
        for timer in list(self._pending):
            timer.fire()
        self._report("stopped")

    def _take(self, timer: Any, final: bool) -> None:
        text, track = self._pending.pop(timer)
        known = {"transcript": text} | ({"confidence": 0.9} if final else {})
        more = {
            "Track": f"{track}_track",
            "TranscriptionData": json.dumps(known),
            "Final": str(final).lower(),
        }
        self._report("content", more if final else more | {"Stability": "0.5"})

    def _report(self, event: str, more: dict[str, str] | None = None) -> None:
        self._sequence += 1
        params = {
            "TranscriptionSid": self.sid,
            "TranscriptionEvent": f"transcription-{event}",
            "Timestamp": self.world.clock.date().isoformat().replace("+00:00", "Z"),
            "SequenceId": str(self._sequence),
        }
        language = {"LanguageCode": self._terms.language} if event != "stopped" else {}
        self._line.send(params | language | (more or {}))
