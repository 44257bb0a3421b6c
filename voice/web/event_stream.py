"""One client's stream of events, and its HTTP response."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from flask import Response, request

from voice.errors import NotSignedIn, RegistryUnavailable

EVENT_STREAM = "text/event-stream"
RECHECK_SECONDS = 5.0  # between two checks that the operator is still signed in
STALLED_SECONDS = 20.0  # a client that reads nothing for this long is disconnected
PING = b": ping\n\n"
DETAILED_PING = b"event: still-here\ndata: 1\n\n"  # a browser hands no comment to the page


class Message(NamedTuple):
    """An event as it is sent: plain, and with its call if a stream of the process wants that."""

    id: int
    plain: bytes
    detailed: bytes | None


class Source(Protocol):
    """The feed, as a stream uses it."""

    stopping: Callable[[], bool]

    def after(self, event_id: int, detailed: bool) -> list[Message]:
        """The messages after an event."""

    def leave(self, detailed: bool) -> None:
        """Free the slot of a stream that has ended."""


class Stream(Iterator[bytes]):
    """The stream of one client: its position in the feed. Its slot is freed when the response is closed."""

    def __init__(self, feed: Source, position: int, who: Callable[[], object], detailed: bool):
        self._feed, self._detailed = feed, detailed
        self._position = position
        self._who, self._checked_at = who, time.monotonic()
        self._started = self._ended = False

    def __next__(self) -> bytes:
        """The next events, or a ping that keeps the connection open."""
        if not self._started:
            self._started = True
            return b"retry: 1000\n\n"
        try:
            new = self._feed.after(self._position, self._detailed)
        except RegistryUnavailable:
            raise StopIteration from None  # the client reconnects with its position
        if self._feed.stopping() or self._is_signed_out():
            raise StopIteration
        self._position = new[-1].id if new else self._position
        if not new:
            return DETAILED_PING if self._detailed else PING
        return b"".join((message.detailed if self._detailed else None) or message.plain for message in new)

    def _is_signed_out(self) -> bool:
        """Check from time to time. While the registry is unavailable, the operator stays signed in."""
        if time.monotonic() - self._checked_at < RECHECK_SECONDS:
            return False
        self._checked_at = time.monotonic()
        try:
            self._who()
        except NotSignedIn:
            return True
        except RegistryUnavailable:
            pass
        return False

    def close(self) -> None:
        """Free the slot. The web server calls this however the response ended; a second call does nothing."""
        if not self._ended:
            self._ended = True
            self._feed.leave(self._detailed)


def as_response(stream: Stream) -> Response:
    """The stream as an HTTP response."""
    socket = request.environ.get("gunicorn.socket")
    if socket is not None:
        socket.settimeout(STALLED_SECONDS)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(stream, mimetype=EVENT_STREAM, headers=headers)
