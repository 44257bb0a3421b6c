"""Live transcriptions: speech on a call, sent to the app (https://www.twilio.com/docs/voice/twiml/transcription)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.sids import new_sid
from midcall_emulator.core.timers import Timer
from midcall_emulator.media.listener_callbacks import ListenerCallbacks
from midcall_emulator.media.listeners import CallListener
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.webhooks import HasWebhooks


class TranscriptionWorld(HasAccount, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that a transcription uses."""


@dataclass(frozen=True, slots=True)
class TranscriptionSettings:
    """What to transcribe, and the callback."""

    name: str = ""
    tracks: tuple[str, ...] = ("inbound", "outbound")
    callback: str = ""
    callback_method: str = "POST"
    language: str = "en-US"
    partial: bool = False


class Transcription(CallListener):
    """A transcription of the caller's speech (``inbound``) and of what the caller hears (``outbound``)."""

    resource = "Transcriptions"
    world: TranscriptionWorld

    def __init__(self, world: TranscriptionWorld, call: Call, settings: TranscriptionSettings) -> None:
        super().__init__(world, call, new_sid("GT"), settings.name)
        self._settings, self._sequence = settings, 0
        self.forks = len(settings.tracks)
        self._callbacks = ListenerCallbacks(
            world, call, "transcription", settings.callback, settings.callback_method
        )
        self._pending: dict[Timer, tuple[str, str]] = {}

    def start(self) -> None:
        """Start to listen and report that."""
        super().start()
        self._report("started")

    def on_speech(self, text: str, seconds: float, track: str) -> None:
        """Transcribe speech at its end; with partial results, half of it at half of the time."""
        if track not in self._settings.tracks or not text.strip():
            return
        clock = self.world.clock
        if self._settings.partial:
            words = text.split()
            half = " ".join(words[: (len(words) + 1) // 2])
            partial = clock.call_later(seconds / 2, lambda: self._send_text(partial, is_final=False))
            self._pending[partial] = (half, track)
        final = clock.call_later(seconds, lambda: self._send_text(final, is_final=True))
        self._pending[final] = (text, track)

    def on_heard(self, item: dict[str, Any]) -> None:
        """Transcribe what Say says."""
        if item["kind"] == "say":
            speed = self.world.switches.say_characters_per_second
            self.on_speech(item["text"], len(item["text"]) / speed, "outbound")

    def on_stop(self) -> None:
        """Send the speech that has not ended, and report the end."""
        for timer in list(self._pending):
            timer.fire()
        self._report("stopped")

    def _send_text(self, timer: Timer, is_final: bool) -> None:
        text, track = self._pending.pop(timer)
        transcript = {"transcript": text} | ({"confidence": 0.9} if is_final else {})
        params = {
            "Track": f"{track}_track",
            "TranscriptionData": json.dumps(transcript),
            "Final": str(is_final).lower(),
        }
        self._report("content", params if is_final else params | {"Stability": "0.5"})

    def _report(self, event: str, params: dict[str, str] | None = None) -> None:
        self._sequence += 1
        common = {
            "TranscriptionSid": self.sid,
            "TranscriptionEvent": f"transcription-{event}",
            "Timestamp": self.world.clock.date().isoformat().replace("+00:00", "Z"),
            "SequenceId": str(self._sequence),
        }
        language = {"LanguageCode": self._settings.language} if event != "stopped" else {}
        self._callbacks.send(common | language | (params or {}))
