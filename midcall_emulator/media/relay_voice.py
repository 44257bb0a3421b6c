"""The voice of a ConversationRelay session: it says one thing after the other, until somebody interrupts it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol

from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock


class VoiceWorld(HasAudio, HasClock, Protocol):
    """The parts of the world that the voice of a session uses."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something to be heard for so long; ``interruptible`` is none, dtmf, speech or any."""

    item: dict[str, Any]
    seconds: float
    interruptible: str = "any"
    preemptible: bool = False


class Voice:
    """A queue of utterances on the virtual clock of a call."""

    def __init__(self, world: VoiceWorld, call: Call) -> None:
        self._world, self._call = world, call
        self._queue: deque[Utterance] = deque()
        self._current: Utterance | None = None
        self._since = 0.0
        self._timer: Any = None

    def utter(self, utterance: Utterance) -> None:
        """Say this after all else; what lets itself be preempted makes way at once."""
        if self._current and self._current.preemptible:
            self.hush()
        self._queue.append(utterance)
        if self._current is None:
            self._next()

    @property
    def speaks(self) -> bool:
        """Whether something is being said."""
        return self._current is not None

    def yields_to(self, kind: str) -> bool:
        """Say whether ``speech`` or ``dtmf`` may interrupt what is being said."""
        return self._current is not None and self._current.interruptible in ("any", "true", kind)

    def interrupt(self) -> tuple[str, int]:
        """Stop; return what had been said of it, and after how many milliseconds."""
        current, seconds = self._current, self._world.clock.now() - self._since
        self.hush()
        if current is None:
            return "", 0
        text = str(current.item.get("text", ""))
        share = seconds / current.seconds if current.seconds else 1.0
        return text[: round(len(text) * share)], round(seconds * 1000)

    def hush(self) -> None:
        """Stop, and forget what was to come."""
        if self._timer:
            self._timer.cancel()
        self._queue.clear()
        self._current = self._timer = None

    def _next(self) -> None:
        self._current = self._timer = None
        if self._queue:
            self._current, self._since = self._queue.popleft(), self._world.clock.now()
            self._world.audio.play(self._call, **self._current.item)
            self._timer = self._world.clock.call_later(self._current.seconds, self._next)
