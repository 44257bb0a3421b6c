"""Twilio's Calls resource over HTTP. A test can hold a request, and sees which updates were executed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

TOO_MANY = {"code": 20429, "message": "Too Many Requests", "status": 429}
NOT_IN_PROGRESS = {"code": 21220, "message": "Call is not in-progress. Cannot redirect.", "status": 400}


class TwilioCalls:
    """The updates that Twilio received, the calls that have ended, and how often it answers 429.

    `before_update` is called with the CallSid before an update is executed.
    """

    def __init__(self) -> None:
        self.requested: list[tuple[str, dict[str, str]]] = []
        self.ended: set[str] = set()
        self.live: list[str] = []  # what the list of calls in progress shows
        self.fetched: list[str] = []
        self.pages = 0
        self.busy = 0
        self.before_update: Callable[[str], None] = lambda call_sid: None
        self._lock = threading.Lock()

    def answer(self, method: str, call_sid: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The status and the body for a request."""
        if method == "POST":
            self.before_update(call_sid)
        if call_sid == "Calls" and method == "GET":
            return 200, self._list(form)
        with self._lock:
            if method == "GET":
                self.fetched.append(call_sid)
            if self.busy and method == "POST":
                self.busy -= 1
                return 429, TOO_MANY
            if method == "POST":
                self.requested.append((call_sid, form))
            if call_sid in self.ended and method == "POST":
                return 400, NOT_IN_PROGRESS
            if form.get("Status") == "completed":
                self.ended.add(call_sid)
            status = "completed" if call_sid in self.ended else "in-progress"
            return 200, {"sid": call_sid, "status": status, "from": "+14155550199", "to": "+14155550100"}

    def _list(self, query: dict[str, str]) -> dict[str, Any]:
        """A page of the list of calls with one status."""
        self.pages += 1
        number, size = int(query.get("Page", 0)), int(query["PageSize"])
        sids = self.live if query["Status"] == "in-progress" else []
        shown = sids[number * size : (number + 1) * size]
        following = (
            f"/Calls.json?Page={number + 1}&PageToken=PA{number + 1}" if sids[(number + 1) * size :] else None
        )
        calls = [{"sid": sid, "status": query["Status"], "from": "+14155550199"} for sid in shown]
        return {"calls": calls, "page": number, "page_size": size, "next_page_uri": following}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    account: TwilioCalls


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        path, _, query = self.path.partition("?")
        form = {name: values[0] for name, values in parse_qs(text or query).items()}
        call_sid = path.rpartition("/")[2].partition(".")[0]
        status, body = self.server.account.answer(self.command, call_sid, form)
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def twilio_calls() -> Iterator[tuple[TwilioCalls, str]]:
    """Twilio's Calls resource, and its URL."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.account = TwilioCalls()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.account, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
