"""A link between the app and the emulator: a test can act once Twilio has executed a request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    link: TwilioLink


class TwilioLink:
    """Forwards every request to the emulator. Calls `executed` after a POST, before it returns the answer."""

    def __init__(self, emulator_url: str) -> None:
        self.emulator = urlsplit(emulator_url)
        self.executed: Callable[[], None] = lambda: None
        self.changes: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.link = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop the link."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        link = self.server.link
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        far = HTTPConnection(link.emulator.hostname or "", link.emulator.port, timeout=10)
        far.request(self.command, self.path, body, dict(self.headers))
        answer = far.getresponse()
        content = answer.read()
        if self.command == "POST":
            link.changes.append(self.path)
            link.executed()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Write no log."""
