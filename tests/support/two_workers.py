"""Fixtures of a stack with two workers, which a test can kill.

A test module imports all of them with `from tests.support.two_workers import *`.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.support.fixtures import DATABASES_OF_STACKS, registry_url
from tests.support.stack import START_SECONDS, Stack
from voice import build_services
from voice.config import load
from voice.worker.loop import Worker

WORKER = ("flask", "--app", "app", "worker")
WORKERS = ("worker", "second")


@pytest.fixture(scope="module", params=DATABASES_OF_STACKS)
def shared_stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Web, emulator and two workers for all tests of a module, once on each database."""
    folder = tmp_path_factory.mktemp(f"two_workers_{request.param}")
    with registry_url(request, folder) as url, Stack(folder, url) as stack:
        stack.start("second", *WORKER)
        yield stack


@pytest.fixture
def stack(shared_stack: Stack) -> Iterator[Stack]:
    """The stack, with a fresh emulator; at the end no stop and no rule is left, and both workers run."""
    shared_stack.twilio.reset()
    shared_stack.twilio.clock(speed=1)
    yield shared_stack
    shared_stack.admin.post("/commands/emergency_lift")
    for rule in shared_stack.admin.get("/rules").json()["rules"]:
        if rule["id"]:
            shared_stack.admin.delete(f"/rules/{rule['name']}")
    start_missing_workers(shared_stack)


@pytest.fixture
def own_worker(stack: Stack) -> Iterator[Worker]:
    """A worker in the process of the test, whose clock the test can turn."""
    services = build_services(load(stack.environment, dotenv=None))
    yield Worker(services)
    services.close()


def start_missing_workers(stack: Stack) -> None:
    """Start the workers that do not run, and wait for their first heartbeats: the next test relies on both."""
    missing = [name for name in WORKERS if name not in stack.processes]
    if not missing:
        return
    services = build_services(load(stack.environment, dotenv=None))
    live = services.registry.workers.live
    before = {worker.id for worker in live()}
    for name in missing:
        stack.start(name, *WORKER)
    stack.wait_until(lambda: len({worker.id for worker in live()} - before) >= len(missing), START_SECONDS)
    services.close()


def kill_workers(stack: Stack) -> None:
    """Kill both workers."""
    for name in WORKERS:
        stack.stop(name, signal.SIGKILL)
