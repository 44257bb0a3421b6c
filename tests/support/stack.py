"""The processes of production: web with two gunicorn workers, the worker, and the emulator in place of Twilio."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import requests
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.admin_document import AdminDocument
from tests.support.clients import ADMIN_TOKEN, CALLER, NUMBER, form, settings
from tests.support.ports import free_port
from tests.support.signing import signed_headers

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 20
START_SECONDS = 90  # for three processes on a busy machine


class Admin:
    """An operator who uses the admin API over HTTP."""

    def __init__(self, base: str, token: str = ADMIN_TOKEN):
        self.base, self._session = f"{base}/admin", requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._document: AdminDocument | None = None

    def get(self, path: str, **query: Any) -> requests.Response:
        """GET a path under /admin."""
        answer = self._session.get(self.base + path, params=query, timeout=PATIENCE_SECONDS)
        return self._checked(path, answer)

    def post(self, path: str, body: Any = None, key: str | None = None) -> requests.Response:
        """POST to a path under /admin, on a new connection, so that any worker can accept it."""
        headers = {**self._session.headers, **({"Idempotency-Key": key} if key else {})}
        answer = requests.post(self.base + path, json=body or {}, headers=headers, timeout=PATIENCE_SECONDS)
        return self._checked(path, answer)

    def patch(self, path: str, body: Any) -> requests.Response:
        """PATCH a path under /admin."""
        return self._checked(path, self._session.patch(self.base + path, json=body, timeout=PATIENCE_SECONDS))

    def delete(self, path: str) -> requests.Response:
        """DELETE a path under /admin."""
        return self._checked(path, self._session.delete(self.base + path, timeout=PATIENCE_SECONDS))

    def _checked(self, path: str, answer: requests.Response) -> requests.Response:
        """Check the answer against the API document, and return it."""
        if self._document is None:
            self._document = AdminDocument(
                self._session.get(f"{self.base}/openapi.json", timeout=PATIENCE_SECONDS).json()
            )
        media_type = answer.headers.get("Content-Type", "").partition(";")[0]
        body = answer.json() if media_type == "application/json" else None
        method = answer.request.method or ""
        self._document.check(method, f"/admin{path}", answer.status_code, media_type, body)
        return answer

    def command(self, phone: Phone, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Run a command and assert that it succeeds; the command as JSON."""
        answer = self.post(f"/calls/{phone.sid}/{name}", arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def story(self, phone: Phone) -> dict[str, Any]:
        """The call with its events and commands."""
        return self.get(f"/calls/{phone.sid}").json()

    @contextmanager
    def lines(self, after: int | None = None) -> Iterator[Iterator[bytes]]:
        """The lines of the event stream, after the event `after` or from now on."""
        query = {} if after is None else {"after": after}
        with self._session.get(
            f"{self.base}/events", params=query, stream=True, timeout=PATIENCE_SECONDS
        ) as answer:
            assert answer.status_code == 200, answer.text
            lines = answer.iter_lines()
            assert next(lines) == b"retry: 1000"
            yield lines

    @contextmanager
    def events(self, after: int | None = None) -> Iterator[Iterator[dict[str, Any]]]:
        """The events of the event stream."""
        with self.lines(after) as lines:
            yield (json.loads(line[6:]) for line in lines if line.startswith(b"data: "))

    def wait_for(self, phone: Phone, found: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The story of the call, once `found` is true for it. It is read again after each event."""
        until = time.monotonic() + PATIENCE_SECONDS
        with self.lines() as lines:
            story = self.story(phone)
            while not found(story) and time.monotonic() < until:
                next(lines)
                story = self.story(phone)
        assert found(story), json.dumps(story, indent=1)
        return story


class Stack:
    """Web, worker and emulator as processes on free ports, started in the folder `home`."""

    home: ClassVar[Path] = ROOT

    def __init__(self, folder: Path, database_url: str, **changes: str):
        self.folder = folder
        self.web_port, self.emulator_port = free_port(), free_port()
        self.url, emulator_url = (f"http://127.0.0.1:{port}" for port in (self.web_port, self.emulator_port))
        self.environment = {
            **os.environ,
            **settings(DATABASE_URL=database_url, SPOOL_DIR=str(folder / "spool"), PUBLIC_URL=self.url),
            "TWILIO_API_URL": emulator_url, "PORT": str(self.web_port), "SWEEP_AFTER_SECONDS": "1",
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **changes,
        }  # fmt: skip
        self.twilio, self.admin = Emulator(emulator_url), Admin(self.url)
        self.sdk = Client(self.environment["TWILIO_ACCOUNT_SID"], self.environment["TWILIO_AUTH_TOKEN"])
        self.sdk.api.base_url = emulator_url
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Stack:
        voice = f"{self.url}/voice"
        urls = ["--voice-url", f"{voice}/incoming", "--voice-fallback-url", f"{voice}/fallback"]
        urls += ["--status-callback", f"{voice}/status", "--port", str(self.emulator_port)]
        self.start("emulator", "python", "-m", "midcall_emulator", *urls)
        self.start_app()
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.processes):
            self.stop(name)

    def start_app(self) -> None:
        """Start web and worker, and wait until they are ready."""
        self.start("web", "gunicorn", "--config", "gunicorn.conf.py", "app:app")
        self.start_worker()
        ready = f"{self.url}/readyz"
        self.wait_until(lambda: requests.get(ready, timeout=2).json()["status"] == "ready", START_SECONDS)
        self.wait_until(lambda: self.twilio.calls() is not None)

    def start_worker(self) -> None:
        """Start the worker."""
        self.start("worker", "flask", "--app", "app", "worker")

    def restart_worker(self) -> None:
        """Stop the worker and start it with the environment as it is now."""
        self.stop("worker")
        self.start_worker()

    def start(self, name: str, *command: str) -> None:
        """Start one process, with its output in a log file of that name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=self.home, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self, name: str, how: int = signal.SIGTERM) -> int:
        """Stop one process and its children; the exit code."""
        process = self.processes.pop(name)
        process.send_signal(how) if how == signal.SIGTERM else os.killpg(process.pid, how)
        return process.wait(timeout=30)

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `flask` command with the same settings."""
        return subprocess.run(
            ["flask", *arguments],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def wait_until(self, found: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until `found` is true. Raises AssertionError with the logs of the processes if it never is."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if found():
                    return
            except (OSError, requests.RequestException, ValueError):
                pass
            time.sleep(0.05)
        raise AssertionError("\n".join(path.read_text()[-3000:] for path in self.folder.glob("*.log")))

    def webhook(self, path: str, fields: dict[str, str]) -> None:
        """Send a signed webhook, as Twilio does, and assert that the app accepts it."""
        url = self.url + path
        answer = requests.post(
            url, data=fields, headers=signed_headers(url, fields), timeout=PATIENCE_SECONDS
        )
        assert answer.status_code in (200, 204), answer.text

    def end_all_calls(self) -> None:
        """Reset the emulator, and end the calls that an earlier test has left live."""
        self.twilio.reset()
        for call in self.admin.get("/live").json()["calls"]:
            self.webhook("/voice/status", form(call["call_sid"], CallStatus="completed"))

    def dial(self, hears: str = "press 1", from_: str = CALLER) -> Phone:
        """A caller dials the number and listens until they hear `hears`."""
        return self.twilio.dial(NUMBER, from_=from_).hears(hears, timeout=PATIENCE_SECONDS)
