"""The primary of PostgreSQL hangs and its standby is promoted: the app goes on with it, without a restart."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.imports import ROOT
from tests.support.postgres import TEMPLATE, USER, find_binaries
from tests.support.skips import left_out
from tests.support.standby import Primary, Standby
from voice.registry import Registry
from voice.registry.engine.database import open_database
from voice.registry.engine.migration import migrate

PATIENCE_SECONDS = 60
# The deadlines of the app need gevent, so it runs in a process of its own, as in production.
APP = """
from gevent import monkey; monkey.patch_all()
import sys
from tests.support.recorded_calls import record_call, retry_until_available
from voice.registry import Registry
registry = Registry(sys.argv[1])
for _ in sys.stdin:
    print(retry_until_available(lambda: record_call(registry)), flush=True)
"""


@contextmanager
def app_process(url: str) -> Iterator[subprocess.Popen[str]]:
    """The app on this database."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", APP, url], cwd=ROOT, **pipes) as app:
        try:
            yield app
        finally:
            app.kill()


def record_in(app: subprocess.Popen[str]) -> str:
    """Let the app record a call; the CallSid."""
    app.stdin.write("one more\n")
    app.stdin.flush()
    return app.stdout.readline().strip()


def wait_for(registry: Registry, call_sid: str) -> None:
    """Wait until the call has come to this server."""
    until = time.monotonic() + PATIENCE_SECONDS
    while registry.calls.get(call_sid) is None and time.monotonic() < until:
        time.sleep(0.1)
    assert registry.calls.get(call_sid)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_app_leaves_a_primary_that_hangs_for_the_promoted_standby():
    binaries = find_binaries()
    if binaries is None:
        left_out("PostgreSQL: its binaries (initdb, postgres) are not installed")
    with Primary(binaries) as primary:
        with open_database(primary.url(TEMPLATE)) as database:
            migrate(database)
        with Standby(binaries, primary) as standby:
            hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in (primary, standby))
            url = f"postgresql+psycopg://{USER}@/{TEMPLATE}?{hosts}"
            with app_process(url) as app:
                promoted = Registry(standby.url(TEMPLATE))
                before = record_in(app)
                wait_for(promoted, before)
                with primary.hanging():
                    standby.promote()
                    after = record_in(app)
                    assert promoted.calls.get(after)
            promoted.close()
