"""A reload of gunicorn: the old workers serve until the new ones are ready."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from tests.support.clients import form, new_call_sid, settings
from tests.support.ports import free_port
from tests.support.signing import signed_headers

ROOT = Path(__file__).resolve().parents[3]
# The settings of the project. While the file `hold` exists, a new worker does not load the app.
CONFIG = """
import pathlib, runpy, time
globals().update({name: value for name, value in runpy.run_path(%(config)r).items() if not name.startswith("__")})
def post_fork(arbiter, worker):
    while pathlib.Path(%(hold)r).exists():
        worker.notify()
        time.sleep(0.02)
"""
pytestmark = pytest.mark.slow


@dataclass
class Web:
    """A running web server."""

    master: psutil.Process
    url: str
    hold: Path

    def workers(self) -> set[int]:
        return {process.pid for process in self.master.children()}

    def call(self) -> int:
        """Send a webhook on a new connection; the status of the answer."""
        url, fields = f"{self.url}/voice/incoming", form(new_call_sid(), CallStatus="ringing")
        return requests.post(url, data=fields, headers=signed_headers(url, fields), timeout=20).status_code


def wait_until(found: Callable[[], bool]) -> None:
    """Wait until `found` is true; the time limit of the test ends the wait."""
    while not found():
        time.sleep(0.05)


@pytest.fixture
def web(sqlite_url: str, tmp_path: Path) -> Iterator[Web]:
    port, hold, config = free_port(), tmp_path / "hold", tmp_path / "config.py"
    url = f"http://127.0.0.1:{port}"
    config.write_text(CONFIG % {"config": str(ROOT / "gunicorn.conf.py"), "hold": str(hold)})
    given = settings(
        DATABASE_URL=sqlite_url, SPOOL_DIR=str(tmp_path / "spool"), PUBLIC_URL=url, PORT=str(port)
    )
    command = [sys.executable, "-m", "gunicorn", "--config", str(config), "app:app"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **given}) as process:
        web = Web(psutil.Process(process.pid), url, hold)
        wait_until(lambda: answers(web))
        yield web
        process.terminate()


def answers(web: Web) -> bool:
    try:
        return requests.get(f"{web.url}/healthz", timeout=20).status_code == 200
    except requests.RequestException:
        return False


@pytest.mark.timeout(200)
def test_callers_are_served_while_the_new_workers_load_the_app(web):
    old = web.workers()
    web.hold.touch()
    web.master.send_signal(signal.SIGHUP)
    wait_until(lambda: len(web.workers()) == 4)
    assert {web.call() for _ in range(20)} == {200}
    assert old < web.workers()
    web.hold.unlink()
    wait_until(lambda: not old & web.workers())
    assert web.call() == 200
    assert len(web.workers()) == 2


@pytest.mark.timeout(200)
def test_a_new_worker_that_dies_is_replaced_and_the_reload_goes_on(web):
    old = web.workers()
    web.hold.touch()
    web.master.send_signal(signal.SIGHUP)
    wait_until(lambda: len(web.workers()) == 4)
    os.kill(min(web.workers() - old), signal.SIGKILL)
    web.hold.unlink()
    wait_until(lambda: not old & web.workers() and len(web.workers()) == 2)
    assert web.call() == 200
