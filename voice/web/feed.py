"""The event feed: all events in the order of their ids, as server-sent events without gaps.

One reader per process asks the registry for new events and wakes the streams. A stream only remembers its position,
so a slow client costs no memory.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from itertools import takewhile

from voice.errors import LimitReached, RegistryUnavailable
from voice.events import Event
from voice.json_record import adapter
from voice.registry import Registry
from voice.web.event_stream import Message, Stream
from voice.web.live_calls import CallEvent, LiveCall
from voice.web.stream_slots import StreamSlots

log = logging.getLogger(__name__)
POLL_SECONDS = 0.1
PING_SECONDS = 15.0
KEPT_EVENTS = 2_000  # in memory; a stream that is further behind reads from the registry
Lookup = Callable[[Collection[str]], Mapping[str, LiveCall]]


class Feed:
    """The event streams of one process. Their number is limited, together with those of the host's other processes."""

    def __init__(self, registry: Registry, slots: StreamSlots, calls: Lookup = lambda call_sids: {}):
        self._registry, self._calls = registry, calls
        self._slots = slots
        self._news = threading.Condition()
        self._recent: deque[Message] = deque()
        self._complete_after = 0  # every later event that the reader has read is in memory
        self._last = 0  # the id of the last event that the reader has read
        self._streams = self._detailed = 0
        self._reading = False
        self.stopping: Callable[[], bool] = lambda: False

    def stream(
        self, after: int | None, who: Callable[[], object] = lambda: None, *, detailed: bool = False
    ) -> Stream:
        """Stream the events after the id `after`, or new events only if it is None.

        The stream ends when `who` raises NotSignedIn. With `detailed`, each event has its call as the call is when the
        event is sent, and no name, so that one listener of the page receives all events.
        Raises LimitReached if the limit is reached, RegistryUnavailable.
        """
        newest = self._registry.events.last_id()
        if not self._slots.take():
            raise LimitReached("Too many event streams are open on this server. Try again later.")
        with self._news:
            self._streams += 1
            self._detailed += detailed
            if not self._reading:
                self._reading = True
                threading.Thread(target=self._read, args=[newest], name="feed", daemon=True).start()
        return Stream(self, newest if after is None else min(after, newest), who, detailed)

    def leave(self, detailed: bool) -> None:
        """Free the slot of a stream that has ended."""
        with self._news:
            self._streams -= 1
            self._detailed -= detailed
        self._slots.free()

    def after(self, event_id: int, detailed: bool) -> list[Message]:
        """The messages after an event. Waits up to PING_SECONDS for the first; the list may be empty."""
        with self._news:
            if event_id >= self._last:
                self._news.wait(PING_SECONDS)
            if self._recent and event_id >= self._complete_after:
                newer = takewhile(lambda message: message.id > event_id, reversed(self._recent))
                new = list(newer)[::-1]
                if not detailed or all(message.detailed for message in new):
                    return new
        return self._from_registry(event_id, detailed) if event_id < self._last else []

    def _from_registry(self, event_id: int, detailed: bool) -> list[Message]:
        events = self._registry.events.after(event_id)
        if not detailed:
            return [Message(event.id, _plain(event), None) for event in events]
        calls = self._calls({event.call_sid for event in events if event.call_sid})
        return [
            Message(event.id, _plain(event), _with_call(event, calls.get(event.call_sid or "")))
            for event in events
        ]

    def _read(self, last: int) -> None:
        """Read new events until no stream is left."""
        while self._announce(last):
            new = self._new_after(last)
            self._keep(new, last)
            last = new[-1].id if new else last
            time.sleep(POLL_SECONDS)

    def _keep(self, new: list[Message], last: int) -> None:
        """Keep the events that follow `last` in memory, and forget the oldest ones."""
        with self._news:
            if not self._recent:
                self._complete_after = last
            self._recent.extend(new)
            while len(self._recent) > KEPT_EVENTS:
                self._complete_after = self._recent.popleft().id

    def _new_after(self, last: int) -> list[Message]:
        try:
            return self._from_registry(last, self._detailed > 0)
        except RegistryUnavailable:
            return []
        except Exception:  # without its reader the feed would only ping
            log.exception("The feed cannot read the events after %d. It tries again.", last)
            return []

    def _announce(self, last: int) -> bool:
        """Wake the streams for events up to `last`. Without streams, forget all events and return False."""
        with self._news:
            if last > self._last or self.stopping():
                self._last = last
                self._news.notify_all()
            if not self._streams:
                self._reading = False
                self._recent.clear()
            return self._reading


def _plain(event: Event) -> bytes:
    data = adapter(Event).dump_json(event, by_alias=True)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, event.kind.encode(), data)


def _with_call(event: Event, call: LiveCall | None) -> bytes:
    data = adapter(CallEvent).dump_json(CallEvent(**vars(event), call=call), by_alias=True)
    return b"id: %d\ndata: %s\n\n" % (event.id, data)
