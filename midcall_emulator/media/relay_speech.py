"""Speech of an agent in a ConversationRelay session: one utterance after the other, until one is interrupted."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol

from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.timers import Timer
from midcall_emulator.media.relay_settings import RelaySettings
from midcall_emulator.switches import HasSwitches

_SHORTEST_SECONDS = 0.5


class SpeechWorld(HasAudio, HasClock, HasSwitches, Protocol):
    """The parts of the world that the speech of an agent uses."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """An item with its length; ``interruptible`` is none, dtmf, speech or any."""

    item: dict[str, Any]
    seconds: float
    interruptible: str
    preemptible: bool = False


class AgentSpeech:
    """The utterances of an agent on the virtual clock of a call."""

    def __init__(self, world: SpeechWorld, call: Call, settings: RelaySettings) -> None:
        self._world, self._call, self._settings = world, call, settings
        self._queue: deque[Utterance] = deque()
        self._current: Utterance | None = None
        self._since = 0.0
        self._timer: Timer | None = None

    @property
    def is_speaking(self) -> bool:
        """Whether the agent is speaking."""
        return self._current is not None

    def say(self, text: str, interruptible: Any = None, preemptible: Any = None) -> None:
        """Say a text after the other utterances; None takes the value of the settings."""
        settings, speed = self._settings, self._world.switches.say_characters_per_second
        item = {"kind": "say", "text": text, "voice": settings.voice, "language": settings.tts_language}
        is_preemptible = settings.preemptible if preemptible is None else bool(preemptible)
        when = settings.interruptible if interruptible is None else str(interruptible).lower()
        self._add(Utterance(item, max(_SHORTEST_SECONDS, len(text) / speed), when, is_preemptible))

    def play(self, url: str, passes: int, interruptible: Any) -> None:
        """Play a file after the other utterances; a switch sets its length."""
        item = {"kind": "play", "url": url}
        seconds = self._world.switches.play_default_seconds
        for _ in range(passes):
            self._add(Utterance(item, seconds, str(interruptible).lower()))

    def can_be_interrupted_by(self, kind: str) -> bool:
        """Return whether ``speech`` or ``dtmf`` interrupts the current utterance."""
        return self._current is not None and self._current.interruptible in ("any", "true", kind)

    def interrupt(self) -> tuple[str, int]:
        """Stop; return the text spoken so far, and the milliseconds it took."""
        current, seconds = self._current, self._world.clock.now() - self._since
        self.stop()
        if current is None:
            return "", 0
        text = str(current.item.get("text", ""))
        share = seconds / current.seconds if current.seconds else 1.0
        return text[: round(len(text) * share)], round(seconds * 1000)

    def stop(self) -> None:
        """Stop the current utterance and discard the others."""
        if self._timer:
            self._timer.cancel()
        self._queue.clear()
        self._current = self._timer = None

    def _add(self, utterance: Utterance) -> None:
        """Add an utterance; it replaces a preemptible one at once."""
        if self._current and self._current.preemptible:
            self.stop()
        self._queue.append(utterance)
        if self._current is None:
            self._next()

    def _next(self) -> None:
        self._current = self._timer = None
        if self._queue:
            self._current, self._since = self._queue.popleft(), self._world.clock.now()
            self._world.audio.play(self._call, **self._current.item)
            self._timer = self._world.clock.call_later(self._current.seconds, self._next)
