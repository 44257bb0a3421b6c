"""The lease of a command: one process asks Twilio, and a process that stalled finds out before it asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time

from tests.support.database_clock import own_clock
from tests.support.fixtures import app_on
from tests.support.twilio_calls import TwilioCalls, twilio_calls
from voice.control.abandoned import NEVER_SENT
from voice.control.idempotency import fingerprint_of
from voice.control.runner import Runner
from voice.errors import ClaimLost
from voice.events import now
from voice.registry.command_claims import LEASE_SECONDS
from voice.registry.command_states import NO_ANSWER
from voice.registry.command_writes import CLAIM_LOST
from voice.worker.duties.unsettled_commands import UnsettledCommandsDuty

MENU = {"scene": "menu"}


@pytest.fixture
def account() -> Iterator[tuple[TwilioCalls, str]]:
    with twilio_calls() as account:
        yield account


@pytest.fixture
def at_twilio(account) -> TwilioCalls:
    return account[0]


@pytest.fixture
def app(database_url, account, tmp_path) -> Iterator[Flask]:
    with app_on(database_url, tmp_path / "spool", TWILIO_API_URL=account[1]) as app:
        yield app


@pytest.fixture
def call_sid(twilio) -> str:
    """A call in progress."""
    call_sid = twilio.calls()
    twilio.status(call_sid, "in-progress")
    return call_sid


def later(seconds: float = LEASE_SECONDS + 1) -> Any:
    """A block in which it is this much later; without an argument, the leases of all processes have ended."""
    return freeze_time(now() + timedelta(seconds=seconds), ignore=["gevent"], tick=True)


class Pause:
    """A process that pauses before its next request to Twilio."""

    def __init__(self, meanwhile: Callable[[], Any]):
        self._meanwhile = meanwhile

    def __enter__(self) -> None:
        self._meanwhile()

    def __exit__(self, *_: object) -> None:
        """Go on."""


def settle_abandoned_commands(services: Any) -> None:
    UnsettledCommandsDuty(services, Event()).run()


def request(services: Any, call_sid: str) -> Any:
    """A command that a process has recorded as sent."""
    return services.registry.commands.request("redirect", MENU, "ann", call_sid, None, "", "visit")


def test_a_process_that_stalled_before_its_request_does_not_reach_twilio(services, call_sid, at_twilio):
    """The pause is between the transaction that records the command as sent, and the request."""

    def stall() -> None:
        clock.tick(LEASE_SECONDS + 1)
        settle_abandoned_commands(services)

    with freeze_time(now(), ignore=["gevent"]) as clock, pytest.raises(ClaimLost) as lost:
        Runner(services.with_pace(Pause(stall))).run("redirect", MENU, "ann", call_sid)
    assert at_twilio.requested == []
    (command,) = services.registry.commands.of_call(call_sid)
    assert (command.state, command.message, lost.value.command) == ("refused", CLAIM_LOST, command)


def test_an_answer_that_comes_after_the_lease_has_ended_is_recorded(services, call_sid, at_twilio):
    """The window that remains: the process stalls after its last check. Twilio still executes the command once."""

    def take_over(_call_sid: str) -> None:
        with later():
            settle_abandoned_commands(services)
        taken.append(services.registry.commands.of_call(call_sid)[0])

    taken: list[Any] = []
    at_twilio.before_update = take_over
    record = Runner(services).run("redirect", MENU, "ann", call_sid)
    assert [(one.state, one.message) for one in taken] == [("unconfirmed", NO_ANSWER)]
    assert (record.state, record.message, len(at_twilio.requested)) == ("accepted", None, 1)


def test_a_command_that_was_sent_is_not_sent_again_by_another_process(services, call_sid, at_twilio):
    record = request(services, call_sid).record
    with later():
        settle_abandoned_commands(services)
    settled = services.registry.commands.get(record.id)
    assert (settled.state, settled.message, at_twilio.requested) == ("unconfirmed", NO_ANSWER, [])


def test_a_command_that_was_never_sent_is_refused(services, call_sid):
    """It waited for an earlier command of the call when its process died."""
    first, second = (request(services, call_sid) for _ in range(2))
    assert (first.must_wait, second.must_wait) == (False, True)
    with later():
        settle_abandoned_commands(services)
    states = [(one.state, one.message) for one in services.registry.commands.of_call(call_sid)]
    assert states == [("unconfirmed", NO_ANSWER), ("refused", NEVER_SENT)]


def test_a_running_command_is_left_alone(services, call_sid):
    request(services, call_sid)
    with later(LEASE_SECONDS - 1):
        settle_abandoned_commands(services)
    assert services.registry.commands.of_call(call_sid)[0].state == "requested"


def test_a_later_command_of_the_call_fences_off_a_stalled_process(services, call_sid, at_twilio):
    stalled = request(services, call_sid)
    claims = services.registry.commands.claims
    with claims.held(stalled.record.id, stalled.since), later():
        assert Runner(services).run("redirect", MENU, "bob", call_sid).state == "accepted"
        assert not claims.is_held(stalled.record.id)


def test_a_process_that_stalled_goes_on_if_no_other_process_took_its_command(services, call_sid):
    stalled = request(services, call_sid)
    claims = services.registry.commands.claims
    with claims.held(stalled.record.id, stalled.since), later():
        assert claims.is_held(stalled.record.id)


def test_a_renewed_claim_lasts(services, call_sid):
    first, second = (request(services, call_sid).record for _ in range(2))
    with later(LEASE_SECONDS - 1):
        services.registry.commands.claims.renew([first.id])
    with later(2 * LEASE_SECONDS - 2):
        assert not services.registry.commands.take_turn(second)
    with later(2 * LEASE_SECONDS):
        assert services.registry.commands.take_turn(second)


def test_a_waiting_process_whose_command_was_taken_does_not_ask(services, call_sid, at_twilio):
    request(services, call_sid)
    second = request(services, call_sid).record
    with later():
        services.registry.commands.claims.take_abandoned(second.id)
        with pytest.raises(ClaimLost):
            services.registry.commands.take_turn(second)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("seconds", [-90, 90])
def test_a_wrong_clock_of_a_host_takes_no_command_from_another_host(services, call_sid, seconds):
    """A SQLite file belongs to one host."""
    first, second = (request(services, call_sid).record for _ in range(2))
    with own_clock(), later(seconds):
        settle_abandoned_commands(services)
        assert not services.registry.commands.take_turn(second)
    assert services.registry.commands.get(first.id).state == "requested"


def test_a_repeat_with_the_same_key_settles_the_command_of_a_dead_process(services, call_sid, at_twilio):
    commands = services.registry.commands
    commands.request(
        "redirect", MENU, "ann", call_sid, "k", fingerprint_of("redirect", call_sid, MENU), "visit"
    )
    with later():
        record = Runner(services).run("redirect", MENU, "ann", call_sid, "k")
    assert (record.state, record.message, at_twilio.requested) == ("unconfirmed", NO_ANSWER, [])


@pytest.mark.slow
def test_commands_that_wait_longer_than_a_lease_are_executed_in_order(services, call_sid, at_twilio):
    """Seven commands of 4 seconds each: the last one still waits when a lease from its request would have ended."""
    running: list[int] = []

    def work_slowly(_call_sid: str) -> None:
        running.append(1)
        assert len(running) == 1
        threading.Event().wait(4)
        running.pop()

    at_twilio.before_update = work_slowly
    with ThreadPoolExecutor(8) as pool:
        done = [
            pool.submit(Runner(services).run, "redirect", MENU, f"ann{number}", call_sid)
            for number in range(7)
        ]
        threading.Event().wait(21)
        settle_abandoned_commands(services)
    assert [one.result().state for one in done] == ["accepted"] * 7
    assert len(at_twilio.requested) == 7
