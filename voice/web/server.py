"""The gunicorn worker of the web app: gevent's, with the deadlines and bounds of `voice/web/connections.py`."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

from gunicorn.http.errors import NoMoreData
from gunicorn.workers.ggevent import GeventWorker

from voice.web.connections import Connection, Connections

UNPROVED_AT_MOST = 400  # of worker_connections; the rest is for clients who have proved themselves
BODY_BEFORE_APP = (
    128 * 1024
)  # bytes that have to be here before the app is asked; a longer body is read by the app
DRAIN_AT_MOST, DRAIN_SECONDS = 8 * 1024 * 1024, 5.0  # of a refused body, so that its client reads the refusal
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class _Settings:
    """gunicorn's settings as plain attributes: it reads thirty of them for each request, each with a function call."""

    def __init__(self, config: Any):
        self._config = config
        vars(self).update({name: getattr(config, name) for name in config.settings})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._config, name)


class BoundedWorker(GeventWorker):
    """Asks the app only once a request has arrived, so that a slow client costs no more than a socket."""

    def init_process(self) -> None:
        """Set up the worker in its own process; returns when the worker ends."""
        self.cfg: Any = _Settings(self.cfg)
        self.connections = Connections(UNPROVED_AT_MOST, self.cfg.keepalive)
        super().init_process()

    def timeout_ctx(self) -> AbstractContextManager[None]:
        """Return a context that does nothing: the connection has the deadline."""
        return nullcontext()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve a connection until it ends."""
        with self.connections.open(client) as connection:
            super().handle(listener, connection, addr)

    def handle_request(self, listener_name: Any, req: Any, sock: Connection, addr: Any) -> None:
        """Serve one request, then expect the next one on the same connection."""
        _await_body(req, sock)
        try:
            super().handle_request(listener_name, req, sock, addr)
        except StopIteration:
            _drain(req)
            raise
        sock.await_request()


def _await_body(req: Any, connection: Connection) -> None:
    """Read the body before the app is asked. Raises NoMoreData if the client is too slow or hangs up."""
    if any(name == "EXPECT" for name, _ in req.headers):
        connection.sendall(CONTINUE)
    body = req.body.read(BODY_BEFORE_APP)
    if connection.is_late:
        connection.sendall(TOO_SLOW)
        raise NoMoreData
    req.body.buf.write(body)  # where the app's reads begin


def _drain(req: Any) -> None:
    """Read what the app left of a body: closing a socket with unread bytes resets it, and the answer is lost."""
    until, left = time.monotonic() + DRAIN_SECONDS, DRAIN_AT_MOST
    with suppress(Exception):
        while left > 0 and time.monotonic() < until and (piece := req.body.read(64 * 1024)):
            left -= len(piece)
