"""The live feed: all events in the order of their numbers, as server-sent events that lose nothing.

One reader per process asks the registry for what is new and wakes the streams; each stream only remembers
how far it has come, so that a slow one costs no memory. Numbers have no gap (`voice/registry/events.py`).
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Any, NamedTuple

from flask import Response, request

from voice.errors import LimitReached, NotSignedIn, RegistryUnavailable
from voice.events import Event
from voice.registry import Registry

log = logging.getLogger(__name__)
POLL_SECONDS = 0.1
PING_SECONDS = 15.0
ASK_AGAIN_SECONDS = 5.0  # a stream asks so often whether its listener is still signed in
KEPT = 2_000  # events in memory; who is further behind reads from the registry
STALLED_SECONDS = 20.0  # a stream whose client takes nothing for so long is cut off
Details = Callable[[Collection[str]], dict[str, dict[str, Any]]]


class Message(NamedTuple):
    """An event ready to be sent: as it is, and with its call, if somebody listens who wants that."""

    id: int
    plain: bytes
    detailed: bytes | None


class Feed:
    """The streams of one process, bounded in number."""

    def __init__(self, registry: Registry, most: int, details: Details = lambda call_sids: {}):
        self._registry, self._details = registry, details
        self._places = threading.BoundedSemaphore(most)
        self._news = threading.Condition()
        self._recent: deque[Message] = deque(maxlen=KEPT)
        self._last = 0  # how far the reader has come
        self._streams = self._detailed = 0
        self._reading = False
        self.stopping: Callable[[], bool] = lambda: False

    def stream(
        self, after: int | None, who: Callable[[], object] = lambda: None, *, detailed: bool = False
    ) -> Stream:
        """Server-sent events from the one after `after` (None: from now on), while `who` raises no NotSignedIn.

        With `detailed` each has its call as it is when it is sent, and no name, so that one listener gets all.

        Raises LimitReached when all places are taken, RegistryUnavailable.
        """
        newest = self._registry.events.last_id()
        if not self._places.acquire(blocking=False):
            raise LimitReached("too many event streams are open on this server; try again")
        with self._news:
            self._streams += 1
            self._detailed += detailed
            if not self._reading:
                self._reading = True
                threading.Thread(target=self._read, args=[newest], name="feed", daemon=True).start()
        return Stream(self, newest if after is None else min(after, newest), who, detailed)

    def leave(self, detailed: bool) -> None:
        """A stream is over, and its place is free."""
        with self._news:
            self._streams -= 1
            self._detailed -= detailed
        self._places.release()

    def after(self, event_id: int, detailed: bool) -> list[Message]:
        """What came after, ready to be sent; waits at most PING_SECONDS, empty if nothing came."""
        with self._news:
            if event_id >= self._last:
                self._news.wait(PING_SECONDS)
            oldest = self._recent[0].id if self._recent else None
            if oldest is not None and oldest <= event_id + 1:
                new = list(islice(self._recent, event_id + 1 - oldest, None))
                if not detailed or all(message.detailed for message in new):
                    return new
        return self._from_registry(event_id, detailed) if event_id < self._last else []

    def _from_registry(self, event_id: int, detailed: bool) -> list[Message]:
        events = self._registry.events.after(event_id)
        if not detailed:
            return [Message(event.id, _sse(event), None) for event in events]
        calls = self._details({event.call_sid for event in events if event.call_sid})
        return [
            Message(event.id, _sse(event), _detailed_sse(event, calls.get(event.call_sid or "")))
            for event in events
        ]

    def _read(self, last: int) -> None:
        """Until nobody listens any more."""
        while self._listened_to(last):
            new = self._new_after(last)
            with self._news:
                self._recent.extend(new)
            last = new[-1].id if new else last
            time.sleep(POLL_SECONDS)

    def _new_after(self, last: int) -> list[Message]:
        try:
            return self._from_registry(last, self._detailed > 0)
        except RegistryUnavailable:
            return []
        except Exception:  # without its reader the feed would only ping
            log.exception("the feed cannot read on after event %d; it tries again", last)
            return []

    def _listened_to(self, last: int) -> bool:
        """Tell the streams how far the reader has come; False, and all forgotten, if there are none."""
        with self._news:
            if last > self._last or self.stopping():
                self._last = last
                self._news.notify_all()
            if not self._streams:
                self._reading = False
                self._recent.clear()
            return self._reading


class Stream(Iterator[bytes]):
    """One client's stream: its place in the feed, given back when the response is closed."""

    def __init__(self, feed: Feed, position: int, who: Callable[[], object], detailed: bool):
        self._feed, self._detailed = feed, detailed
        self._position = position
        self._who, self._asked_at = who, time.monotonic()
        self._begun = self._over = False

    def __next__(self) -> bytes:
        """The next events, or a comment that keeps the connection alive."""
        if not self._begun:
            self._begun = True
            return b"retry: 1000\n\n"
        try:
            new = self._feed.after(self._position, self._detailed)
        except RegistryUnavailable:
            raise StopIteration from None  # the client comes back, from where it was
        if self._feed.stopping() or self._is_signed_out():
            raise StopIteration
        self._position = new[-1].id if new else self._position
        if not new:
            return STILL_HERE if self._detailed else b": nothing new\n\n"
        return b"".join((message.detailed if self._detailed else None) or message.plain for message in new)

    def _is_signed_out(self) -> bool:
        """Asked now and then; a registry that cannot tell signs nobody out."""
        if time.monotonic() - self._asked_at < ASK_AGAIN_SECONDS:
            return False
        self._asked_at = time.monotonic()
        try:
            self._who()
        except NotSignedIn:
            return True
        except RegistryUnavailable:
            pass
        return False

    def close(self) -> None:
        """Called by the web server, however the response ended; a second time changes nothing."""
        if not self._over:
            self._over = True
            self._feed.leave(self._detailed)


def _sse(event: Event) -> bytes:
    return f"id: {event.id}\nevent: {event.kind}\ndata: {json.dumps(event.as_json())}\n\n".encode()


STILL_HERE = b"event: still-here\ndata: 1\n\n"  # a comment would not reach a page


def _detailed_sse(event: Event, call: dict[str, Any] | None) -> bytes:
    return f"id: {event.id}\ndata: {json.dumps({**event.as_json(), 'call': call})}\n\n".encode()


def as_response(stream: Stream) -> Response:
    """The stream over HTTP."""
    socket = request.environ.get("gunicorn.socket")
    if socket is not None:
        socket.settimeout(STALLED_SECONDS)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(stream, mimetype="text/event-stream", headers=headers)
