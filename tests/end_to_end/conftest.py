"""A stack on each database, shared by the tests of a run. Each test starts with a fresh emulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fixtures import *  # noqa: F403 (fixtures)
from tests.support.fixtures import DATABASES_OF_STACKS, registry_url
from tests.support.stack import Stack

ALLOWED_HOSTS = "127.0.0.1,media.example.com"  # the second one is in the examples of commands


@pytest.fixture(scope="session", params=DATABASES_OF_STACKS)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Web, worker and emulator."""
    folder = tmp_path_factory.mktemp(f"stack_{request.param}")
    with (
        registry_url(request, folder) as url,
        Stack(folder, url, ALLOWED_REDIRECT_HOSTS=ALLOWED_HOSTS) as stack,
    ):
        yield stack


@pytest.fixture
def stack(running: Stack) -> Stack:
    """The stack with a fresh emulator, whose clock runs at ten times the speed."""
    running.end_all_calls()
    running.twilio.clock(speed=10)
    return running
