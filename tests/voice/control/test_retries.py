"""Which errors are safe to retry, and how long a retry waits."""

from __future__ import annotations

import pytest

from tests.support.recorded_calls import START
from voice.control.retries import is_safe_to_retry, retry_delay, was_not_executed
from voice.errors import CallNotFound, NotSent, TwilioFailed, TwilioRefused, TwilioTimeout, WrongState
from voice.registry import CommandRecord
from voice.registry.command_record import CommandState


def test_only_a_request_that_twilio_certainly_did_not_execute_is_retried():
    assert is_safe_to_retry(TwilioFailed("unreachable", executed=False))
    for error in (
        TwilioFailed("cut"), TwilioFailed("done", executed=True), TwilioTimeout("slow"), TwilioRefused("no"),
        CallNotFound("gone"), WrongState("ended"),
    ):  # fmt: skip
        assert not is_safe_to_retry(error), error


def record(state: CommandState, error_code: str | None) -> CommandRecord:
    """A command in this state."""
    return CommandRecord(1, None, "end", {}, "ada", state, None, None, START, None, error_code)


def test_the_record_of_a_command_shows_the_same():
    assert is_safe_to_retry(NotSent("busy"))
    for code in (NotSent.code, TwilioFailed.code):
        assert was_not_executed(record("refused", code))
        assert not was_not_executed(record("unconfirmed", code))
    for code in (TwilioRefused.code, WrongState.code, None):
        assert not was_not_executed(record("refused", code)), code


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (50, 60)])
def test_the_delay_doubles_up_to_a_minute(attempt, seconds):
    assert retry_delay(attempt) == seconds
