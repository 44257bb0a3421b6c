"""The runner: a command that waited for its turn acts on the call as it then is."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from voice.control.runner import Runner
from voice.errors import MidcallError, WrongState
from voice.registry import CommandRecord, Registry


def run_after(
    services: Any, command: str, call_sid: str, change: Callable[[], Any], **arguments: Any
) -> Future[CommandRecord]:
    """Run a command that waits for an earlier one of its call. Meanwhile comes `change`; then the earlier one ends."""
    registry: Registry = services.registry
    earlier = registry.commands.request("redirect", {}, "ann", call_sid, None, "", "visit").record
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(Runner(services).run, command, arguments, "bob", call_sid)
        while len(registry.commands.of_call(call_sid)) < 2:
            time.sleep(0.01)  # until the command is recorded: from then on it waits
        change()
        assert not later.done()
        registry.commands.settle(earlier, "refused")
    return later


def test_a_command_that_waited_is_refused_if_the_call_has_ended_meanwhile(services, twilio):
    call_sid = twilio.calls()
    waited = run_after(
        services, "redirect", call_sid, lambda: twilio.status(call_sid, "completed"), scene="menu"
    )
    with pytest.raises(WrongState, match="has ended"):
        waited.result()


def test_a_command_waits_for_the_earlier_command_of_its_call_only(services, twilio):
    first, second = twilio.calls(), twilio.calls()
    services.registry.commands.request("redirect", {}, "ann", first, None, "", "visit")
    with pytest.raises(MidcallError) as failed:  # no server listens at Twilio's address
        Runner(services).run("redirect", {"scene": "menu"}, "bob", second)
    assert failed.value.command.call_sid == second
