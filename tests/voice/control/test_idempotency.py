"""A repeated idempotency key: it gets the outcome of the first request, of the same request only."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.support.clients import new_call_sid
from voice.control.idempotency import fingerprint_of, wait_for_first
from voice.errors import CallNotFound, KeyReused, MidcallError, TwilioRefused, TwilioTimeout, WrongState
from voice.registry import CommandRecord, Registry
from voice.services import Services

CALL = new_call_sid()
PRINT = fingerprint_of("end", CALL, {})


@pytest.fixture
def services(sqlite_app) -> Services:
    """The services of an app on SQLite."""
    return sqlite_app.extensions["midcall"]


def first(registry: Registry, state: str = "", message: str | None = None, **outcome: Any) -> CommandRecord:
    """The command of the first request, as it was read before this outcome was recorded."""
    record = registry.commands.request("end", {}, "ann", CALL, "key", PRINT, "end").record
    if state:
        registry.commands.settle(record, state, message, **outcome)
    return record


def test_a_finished_command_is_returned(services, registry):
    record = first(registry, "confirmed", "The call had already ended.")
    found = wait_for_first(services, record, PRINT)
    assert (found.id, found.state, found.message) == (record.id, "confirmed", "The call had already ended.")


@pytest.mark.parametrize(
    "error",
    [
        WrongState("ended"),
        TwilioRefused("no", twilio_code=21220),
        CallNotFound("gone"),
        TwilioTimeout("slow"),
    ],
    ids=lambda error: error.code,
)
def test_the_error_of_the_first_request_is_raised_again(services, registry, error):
    record = first(registry, "refused", error.message, error_code=error.code, twilio_code=error.twilio_code)
    with pytest.raises(MidcallError) as repeated:
        wait_for_first(services, record, PRINT)
    assert type(repeated.value) is type(error)
    assert (repeated.value.message, repeated.value.twilio_code) == (error.message, error.twilio_code)
    assert (repeated.value.command.id, repeated.value.command.state) == (record.id, "refused")


def test_a_repeat_waits_for_the_outcome(services, registry):
    record, outcomes = first(registry), []
    waiting = threading.Thread(target=lambda: outcomes.append(wait_for_first(services, record, PRINT)))
    waiting.start()
    time.sleep(0.1)  # several polls
    assert outcomes == []
    registry.commands.settle(record, "accepted", final=False)
    waiting.join(10)
    assert [one.state for one in outcomes] == ["accepted"]


def test_a_key_of_another_request_is_refused_even_if_that_one_failed(services, registry):
    record = first(registry, "refused", "ended", error_code="call_not_in_progress")
    with pytest.raises(KeyReused, match="another request"):
        wait_for_first(services, record, fingerprint_of("end", CALL, {"a": 1}))


def test_a_request_is_its_command_its_call_and_its_arguments():
    assert fingerprint_of("say", CALL, {"a": 1, "b": [2]}) == fingerprint_of("say", CALL, {"b": [2], "a": 1})
    requests = [
        ("say", CALL, {}), ("end", CALL, {}), ("say", new_call_sid(), {}), ("say", None, {}), ("say", CALL, {"a": 1}),
        ("say", CALL, {"a": "1"}), ("say", CALL, {"a": None}), ("say", CALL, {"b": 1}),
    ]  # fmt: skip
    assert len({fingerprint_of(*request) for request in requests}) == len(requests)
