"""Which errors are safe to retry, and how long a retry waits."""

from __future__ import annotations

import pytest

from voice.control.retries import is_safe_to_retry, retry_delay
from voice.errors import CallNotFound, TwilioFailed, TwilioRefused, TwilioTimeout, WrongState


def test_only_a_request_that_twilio_certainly_did_not_execute_is_retried():
    assert is_safe_to_retry(TwilioFailed("unreachable", executed=False))
    for error in (
        TwilioFailed("cut"), TwilioFailed("done", executed=True), TwilioTimeout("slow"), TwilioRefused("no"),
        CallNotFound("gone"), WrongState("ended"),
    ):  # fmt: skip
        assert not is_safe_to_retry(error), error


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (50, 60)])
def test_the_delay_doubles_up_to_a_minute(attempt, seconds):
    assert retry_delay(attempt) == seconds
