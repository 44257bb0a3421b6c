"""The event feed: everything that happens, in order, kept for a while and passed on to listeners."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_RECENT_EVENTS = 2000
_LONGEST_QUEUE = 20000


class Event(NamedTuple):
    """One event; ``number`` grows by one with each."""

    number: int
    kind: str
    body: dict[str, Any]


EventQueue = asyncio.Queue[Event | None]
"""The events of one listener; None ends it."""


@dataclass(slots=True)
class Events:
    """The feed. A listener that does not keep up is dropped."""

    recent: deque[Event] = field(default_factory=lambda: deque(maxlen=_RECENT_EVENTS))
    _listeners: set[EventQueue] = field(default_factory=set)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _changed: asyncio.Event | None = None

    def publish(self, kind: str, body: dict[str, Any]) -> None:
        """Keep an event and pass it on."""
        event = Event(next(self._numbers), kind, body)
        self.recent.append(event)
        if self._changed:
            self._changed.set()
            self._changed = None
        for queue in list(self._listeners):
            self._put(queue, event)

    def _put(self, queue: EventQueue, event: Event) -> None:
        if queue.qsize() >= _LONGEST_QUEUE:
            self._listeners.discard(queue)
            queue.put_nowait(None)
        else:
            queue.put_nowait(event)

    def listen(self, after: int | None = None) -> EventQueue:
        """Return a queue of the events from now on, after the kept ones whose number is above ``after``."""
        queue: EventQueue = asyncio.Queue()
        for event in self.recent if after is not None else ():
            if event.number > (after or 0):
                queue.put_nowait(event)
        self._listeners.add(queue)
        return queue

    def forget(self, queue: EventQueue) -> None:
        """Stop passing events on to a queue."""
        self._listeners.discard(queue)

    @property
    def changed(self) -> asyncio.Event:
        """Set by the next event. Read it before you check a condition, and wait for it after."""
        if self._changed is None:
            self._changed = asyncio.Event()
        return self._changed

    def close(self) -> None:
        """End the queue of every listener."""
        for queue in self._listeners:
            queue.put_nowait(None)
        self._listeners.clear()
