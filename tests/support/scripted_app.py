"""An app whose answers are a script: it records what Twilio would have sent it, and checks each signature."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator

HANGUP = "<Response><Hangup/></Response>"


@dataclass
class Visit:
    """One request that the app got."""

    method: str
    path: str
    target: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass
class Line:
    """One answer; ``wait`` holds it back until the app's ``release`` is set."""

    body: bytes | str = HANGUP
    status: int = 200
    content_type: str | None = "text/xml"
    headers: dict[str, str] = field(default_factory=dict)
    wait: bool = False
    drop: bool = False


_MUSIC = Line(b"ID3", content_type="audio/mpeg")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    app: ScriptedApp


class ScriptedApp:
    """A web server on loopback. A path answers with its lines in turn, the last one again and again."""

    def __init__(self, token: str) -> None:
        self._validator = RequestValidator(token)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.app = self
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget the script and every visit."""
        self.visits: list[Visit] = []
        self.wrongly_signed: list[str] = []
        self._script: dict[str, list[Line]] = {}
        self.release = threading.Event()

    def on(self, path: str, *lines: Line | str | bytes) -> None:
        """Set what a path answers: TwiML without its root, whole bodies, or lines."""
        self._script[path] = [_line(item) for item in lines]

    def url(self, path: str) -> str:
        """Return the absolute address of a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def paths(self, *, status: bool = False) -> list[str]:
        """Return ``METHOD path`` of every visit, status callbacks left out unless asked for."""
        return [f"{visit.method} {visit.path}" for visit in self.visits if status or visit.path != "/status"]

    def visit(self, path: str, index: int = -1) -> Visit:
        """Return one visit of a path, the last by default."""
        return [visit for visit in self.visits if visit.path == path][index]

    def take(self, visit: Visit, url: str, form: dict[str, str]) -> Line:
        """Note a visit; return the line that is next."""
        signature = visit.headers.get("x-twilio-signature", "")
        with self._lock:
            if not self._validator.validate(url, form, signature):
                self.wrongly_signed.append(url)
            self.visits.append(visit)
            lines = self._script.get(visit.path) or [_MUSIC if visit.path.endswith(".mp3") else Line()]
            return lines.pop(0) if len(lines) > 1 else lines[0]

    def __enter__(self) -> ScriptedApp:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._serve(dict(parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body))))

    def _serve(self, form: dict[str, str]) -> None:
        app = self.server.app
        query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        visit = Visit(self.command, urlsplit(self.path).path, self.path, form or query, headers)
        release = app.release
        line = app.take(visit, f"http://{self.headers['Host']}{self.path}", form)
        if line.wait:
            release.wait(20)
        if line.drop:
            self.close_connection = True
            return
        self._answer(line)

    def _answer(self, line: Line) -> None:
        body = line.body.encode() if isinstance(line.body, str) else line.body
        self.send_response(line.status)
        if line.content_type is not None:
            self.send_header("Content-Type", line.content_type)
        for name, value in line.headers.items():
            self.send_header(name, value)
        if "Transfer-Encoding" in line.headers:
            body = b"0\r\n\r\n"  # the last chunk, and no other
        else:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


def _line(item: Line | str | bytes) -> Line:
    if isinstance(item, Line):
        return item
    if isinstance(item, str) and not item.lstrip().startswith(("<Response", "<?xml")):
        item = f"<Response>{item}</Response>"
    return Line(item)
