"""Playback of an app's audio into a call: a buffer on the virtual clock, with marks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.timers import Timer


class PlaybackWorld(HasAudio, HasClock, Protocol):
    """The parts of the world that a playback uses."""


@dataclass(slots=True, eq=False)
class _Mark:
    name: str
    timer: Timer | None = None


class Playback:
    """Buffered audio of an app. ``on_mark`` is called with a mark after the audio before it was played."""

    def __init__(self, world: PlaybackWorld, call: Call, on_mark: Callable[[str], None]) -> None:
        self._world, self._call, self._on_mark = world, call, on_mark
        self._until = 0.0
        self._item: dict[str, Any] | None = None
        self._marks: list[_Mark] = []

    def add(self, seconds: float) -> None:
        """Add audio to the buffer; audio without a gap is one item in the transcript."""
        now = self._world.clock.now()
        if self._item is None or now >= self._until:
            self._item, self._until = {"kind": "audio", "seconds": 0.0}, now
            self._world.audio.play_item(self._call, self._item)
        self._until += seconds
        self._item["seconds"] = round(self._item["seconds"] + seconds, 3)

    def mark(self, name: str) -> None:
        """Put a mark at the end of the buffer."""
        mark = _Mark(name)
        remaining = self._until - self._world.clock.now()
        mark.timer = self._world.clock.call_later(remaining, lambda: self._reach(mark))
        self._marks.append(mark)

    def clear(self) -> None:
        """Stop the audio; every mark is reached now."""
        remaining = max(0.0, self._until - self._world.clock.now())
        if self._item is not None:
            self._item["seconds"] = round(self._item["seconds"] - remaining, 3)
        self._item, self._until = None, 0.0
        for mark in list(self._marks):
            _cancel(mark)
            self._reach(mark)

    def close(self) -> None:
        """Stop the audio; no mark is reached."""
        for mark in self._marks:
            _cancel(mark)
        self._marks.clear()
        self.clear()

    def _reach(self, mark: _Mark) -> None:
        self._marks.remove(mark)
        self._on_mark(mark.name)


def _cancel(mark: _Mark) -> None:
    if mark.timer:
        mark.timer.cancel()
