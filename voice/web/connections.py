"""Connections of one web worker: a deadline for each request, and a bound for clients who have not proved themselves.

A client that sends one byte every two seconds occupies a socket for as long as it likes unless the server cuts it. Here
a request has to arrive within `REQUEST_SECONDS`, and a client has to take some of its answer every `STALL_SECONDS`.
Of the clients without a valid signature, token or session, only the newest `unproved_at_most` stay connected.
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

REQUEST_SECONDS = 20.0  # from the first byte of a request to the last byte of its body
STALL_SECONDS = 20.0  # event streams and long exports go on for as long as the client takes them


class Connection:
    """A client's socket with deadlines; gunicorn uses it in place of the socket."""

    def __init__(self, client: Any, idle_seconds: float, proved: Callable[[Connection], None]):
        self._client, self._idle_seconds, self._proved = client, idle_seconds, proved
        self._deadline, self._has_begun = time.monotonic() + REQUEST_SECONDS, True
        self.is_late = self._is_cut = False

    def await_request(self) -> None:
        """Expect the next request of a connection that is kept alive."""
        self._deadline, self._has_begun = time.monotonic() + self._idle_seconds, False

    def recv(self, size: int) -> bytes:
        """Return up to `size` bytes of the request; after its deadline nothing, as if the client had hung up."""
        self._client.settimeout(max(self._deadline - time.monotonic(), 0.001))
        try:
            received: bytes = self._client.recv(size)
        except TimeoutError:
            self.is_late = True
            return b""
        except OSError:
            if self._is_cut:
                return b""
            raise
        if not self._has_begun:
            self._deadline, self._has_begun = time.monotonic() + REQUEST_SECONDS, True
        return received

    def sendall(self, answer: bytes) -> None:
        """Send the answer, however long that takes. Raises BrokenPipeError if the client stops taking it."""
        self._client.settimeout(STALL_SECONDS)
        rest = memoryview(answer)
        try:
            while rest:
                rest = rest[self._client.send(rest) :]
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client does not take its answer") from None

    def prove(self) -> None:
        """Keep the connection: its request had a valid signature, token or session."""
        self._proved(self)

    def cut(self) -> None:
        """End the connection; a read that waits sees the end of the stream."""
        self._is_cut = True
        with suppress(OSError):
            self._client.shutdown(socket.SHUT_RDWR)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


class Connections:
    """The open connections of one worker."""

    def __init__(self, unproved_at_most: int, idle_seconds: float):
        self._unproved_at_most, self._idle_seconds = unproved_at_most, idle_seconds
        self._unproved: dict[Connection, None] = {}  # oldest first

    @contextmanager
    def open(self, client: Any) -> Iterator[Connection]:
        """A connection for the time of the block. The oldest unproved one is cut if there are too many."""
        connection = Connection(client, self._idle_seconds, self._forget)
        self._unproved[connection] = None
        if len(self._unproved) > self._unproved_at_most:
            oldest = next(iter(self._unproved))
            self._unproved.pop(oldest)
            oldest.cut()
        try:
            yield connection
        finally:
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        self._unproved.pop(connection, None)


def prove(environ: Mapping[str, Any]) -> None:
    """Keep the connection of a request that has proved itself; nothing to do under another web server."""
    connection = environ.get("gunicorn.socket")
    if isinstance(connection, Connection):
        connection.prove()
