"""An app on loopback with scripted answers: it records every request and checks its signature."""

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
    """One request that the app received."""

    method: str
    path: str
    target: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass
class Answer:
    """One response of the app.

    ``wait`` delays the response until the app's ``release`` is set; ``drop`` closes the connection without one.
    """

    body: bytes | str = HANGUP
    status: int = 200
    content_type: str | None = "text/xml"
    headers: dict[str, str] = field(default_factory=dict)
    wait: bool = False
    drop: bool = False


_MUSIC = Answer(b"ID3", content_type="audio/mpeg")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    app: ScriptedApp


class ScriptedApp:
    """A web server on loopback. A path gives its answers in turn, and then repeats the last one."""

    def __init__(self, token: str) -> None:
        self._validator = RequestValidator(token)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.app = self
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Delete the script and the recorded visits."""
        self.visits: list[Visit] = []
        self.bad_signatures: list[str] = []
        self._script: dict[str, list[Answer]] = {}
        self.release = threading.Event()

    def on(self, path: str, *answers: Answer | str | bytes) -> None:
        """Set the answers of a path: TwiML without its root, whole bodies, or ``Answer`` objects."""
        self._script[path] = [_answer(item) for item in answers]

    def url(self, path: str) -> str:
        """Return the absolute address of a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def paths(self, *, status: bool = False) -> list[str]:
        """Return ``METHOD path`` of every visit, without status callbacks unless ``status`` is true."""
        return [f"{visit.method} {visit.path}" for visit in self.visits if status or visit.path != "/status"]

    def visit(self, path: str, index: int = -1) -> Visit:
        """Return one visit to a path, the last by default."""
        return [visit for visit in self.visits if visit.path == path][index]

    def receive(self, visit: Visit, url: str, form: dict[str, str]) -> Answer:
        """Record a visit; return the next answer of its path."""
        signature = visit.headers.get("x-twilio-signature", "")
        with self._lock:
            if not self._validator.validate(url, form, signature):
                self.bad_signatures.append(url)
            self.visits.append(visit)
            answers = self._script.get(visit.path) or [_MUSIC if visit.path.endswith(".mp3") else Answer()]
            return answers.pop(0) if len(answers) > 1 else answers[0]

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
        answer = app.receive(visit, f"http://{self.headers['Host']}{self.path}", form)
        if answer.wait:
            release.wait(20)
        if answer.drop:
            self.close_connection = True
            return
        self._respond(answer)

    def _respond(self, answer: Answer) -> None:
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        if answer.content_type is not None:
            self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Transfer-Encoding" in answer.headers:
            body = b"0\r\n\r\n"  # the last chunk only
        else:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


def _answer(item: Answer | str | bytes) -> Answer:
    if isinstance(item, Answer):
        return item
    if isinstance(item, str) and not item.lstrip().startswith(("<Response", "<?xml")):
        item = f"<Response>{item}</Response>"
    return Answer(item)
