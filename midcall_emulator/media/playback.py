"""What an app plays into a call over a WebSocket: it is heard one piece after the other, and may be cleared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock


class PlaybackWorld(HasAudio, HasClock, Protocol):
    """The parts of the world that a playback uses."""


class Playback:
    """A buffer of sound on a virtual clock. ``on_mark`` is called with a mark once all before it has been played."""

    def __init__(self, world: PlaybackWorld, call: Call, on_mark: Callable[[str], None]) -> None:
        self._world, self._call, self._on_mark = world, call, on_mark
        self._until = 0.0
        self._item: dict[str, Any] | None = None
        self._marks: list[tuple[str, Any]] = []

    def add(self, seconds: float) -> None:
        """Play so many seconds more; what follows on without a gap is one heard item."""
        now = self._world.clock.now()
        if self._item is None or now >= self._until:
            self._item, self._until = {"kind": "audio", "seconds": 0.0}, now
            self._world.audio.play_item(self._call, self._item)
        self._until += seconds
        self._item["seconds"] = round(self._item["seconds"] + seconds, 3)

    def mark(self, name: str) -> None:
        """Put a mark behind what is in the buffer."""
        left = self._until - self._world.clock.now()
        timer = self._world.clock.call_later(left, lambda: self._reach(entry))
        entry = (name, timer)
        self._marks.append(entry)

    def clear(self) -> None:
        """Stop at once; every mark comes back now."""
        cut = max(0.0, self._until - self._world.clock.now())
        if self._item is not None:
            self._item["seconds"] = round(self._item["seconds"] - cut, 3)
        self._item, self._until = None, 0.0
        for entry in list(self._marks):
            entry[1].cancel()
            self._reach(entry)

    def close(self) -> None:
        """Stop, without a word about the marks."""
        for _, timer in self._marks:
            timer.cancel()
        self._marks.clear()
        self.clear()

    def _reach(self, entry: tuple[str, Any]) -> None:
        self._marks.remove(entry)
        self._on_mark(entry[0])
