"""Everything that happens, in order: kept for a while, and handed to whoever listens."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_KEPT = 2000
_QUEUED = 20000


class Event(NamedTuple):
    """One thing that happened; ``number`` grows by one each time."""

    number: int
    kind: str
    body: dict[str, Any]


@dataclass(slots=True)
class Events:
    """The feed. A listener that does not keep up is dropped: its queue ends with ``None``."""

    kept: deque[Event] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _listeners: set[asyncio.Queue[Event | None]] = field(default_factory=set)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _changed: asyncio.Event | None = None

    def publish(self, kind: str, body: dict[str, Any]) -> None:
        """Publish one event."""
        event = Event(next(self._numbers), kind, body)
        self.kept.append(event)
        if self._changed:
            self._changed.set()
            self._changed = None
        for queue in list(self._listeners):
            self._hand(queue, event)

    def _hand(self, queue: asyncio.Queue[Event | None], event: Event) -> None:
        if queue.qsize() >= _QUEUED:
            self._listeners.discard(queue)
            queue.put_nowait(None)
        else:
            queue.put_nowait(event)

    def listen(self, after: int | None = None) -> asyncio.Queue[Event | None]:
        """Return a queue of what happens from now on, or of everything kept after number ``after``."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        for event in self.kept if after is not None else ():
            if event.number > (after or 0):
                queue.put_nowait(event)
        self._listeners.add(queue)
        return queue

    def forget(self, queue: asyncio.Queue[Event | None]) -> None:
        """Stop handing anything to ``queue``."""
        self._listeners.discard(queue)

    @property
    def changed(self) -> asyncio.Event:
        """An event that the next event sets; take it before you look, wait on it after."""
        if self._changed is None:
            self._changed = asyncio.Event()
        return self._changed

    def close(self) -> None:
        """End every listener's queue."""
        for queue in self._listeners:
            queue.put_nowait(None)
        self._listeners.clear()
