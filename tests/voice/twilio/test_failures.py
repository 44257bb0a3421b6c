"""What a failure of a request to Twilio means: whether it was executed, and how often it is attempted."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError, ReadTimeoutError

from voice.errors import CallNotFound, MidcallError, TwilioFailed, TwilioRefused, TwilioTimeout
from voice.twilio.failures import NOT_IN_PROGRESS, RETRY_DELAYS, Failure, translate

POOL, CONNECTION = HTTPConnectionPool("127.0.0.1"), HTTPConnection("127.0.0.1")


def answered(status: int, code: int | None = 20001, message: str = "Unable to update record: No.") -> Failure:
    """The failure of a request that Twilio answered with an error."""
    return translate(TwilioRestException(status, "https://api.twilio.com/x", message, code))


def test_a_request_that_reached_no_server_was_not_executed_and_is_repeated():
    error, attempts = translate(NewConnectionError(CONNECTION, "refused"))
    assert (type(error), error.executed, attempts) == (TwilioFailed, False, 3)
    error, attempts = translate(ConnectTimeoutError(CONNECTION, "slow"))
    assert (type(error), error.executed, attempts) == (TwilioFailed, False, 1)
    assert "nothing was done" in error.message


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (ReadTimeoutError(POOL, "/x", "slow"), TwilioTimeout),
        (ProtocolError("cut"), TwilioFailed),
        (OSError(), TwilioFailed),
    ],
)
def test_a_request_without_an_answer_may_have_been_executed_and_is_not_repeated(cause, kind):
    error, attempts = translate(cause)
    assert (type(error), error.executed, attempts) == (kind, None, 1)
    assert "Check the result" in error.message


def test_a_429_was_not_executed_and_is_repeated_most_often():
    error, attempts = answered(429, 20429)
    assert (type(error), error.executed, error.twilio_code) == (TwilioFailed, False, 20429)
    assert attempts == len(RETRY_DELAYS) + 1


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_a_server_error_may_have_been_executed_and_is_not_repeated(status):
    error, attempts = answered(status)
    assert (type(error), error.executed, error.twilio_code, attempts) == (TwilioFailed, None, 20001, 1)
    assert f"status {status}" in error.message


@pytest.mark.parametrize(
    ("status", "code", "kind", "message"),
    [
        (404, 20404, CallNotFound, "Twilio has no such call or resource. Check the SID."),
        (401, 20003, TwilioRefused, "Twilio rejected the credentials."),
        (400, NOT_IN_PROGRESS, TwilioRefused, "Twilio refused: The call is not in progress."),
        (401, 70051, TwilioRefused, "The API key has no permission for this."),
        (
            400,
            10004,
            TwilioRefused,
            "Twilio refused: The account has as many calls at once as Twilio allows.",
        ),
        (403, 20001, TwilioRefused, "Twilio refused: No."),
        (499, 20001, TwilioRefused, "Twilio refused: No."),
    ],
)
def test_a_refusal_was_not_executed_and_is_not_repeated(status, code, kind, message):
    error, attempts = answered(status, code)
    assert (type(error), error.twilio_code, attempts) == (kind, code, 1)
    assert error.message.startswith(message)
    assert not isinstance(error, TwilioFailed)


def test_a_refusal_keeps_the_sentence_of_twilio():
    assert answered(400, 1, "Call: not in progress").error.message == "Twilio refused: Call: not in progress"
    assert answered(400, 1, "Unable to fetch page: a: b").error.message == "Twilio refused: a: b"
    assert answered(400, 0, "No.").error.twilio_code is None
    assert "HTTP 400" in answered(400, 1, "").error.message


def page_refusal(status: int, text: str) -> MidcallError:
    """The error of a list whose page Twilio refused: the SDK passes the response as an argument."""
    return translate(
        TwilioException("Unable to fetch page", SimpleNamespace(status_code=status, text=text))
    ).error


def test_the_refusal_of_a_list_is_read_from_its_response():
    error = page_refusal(400, '{"code": 21200, "message": "No such page."}')
    assert (type(error), error.twilio_code, error.message) == (
        TwilioRefused,
        21200,
        "Twilio refused: No such page.",
    )
    assert type(page_refusal(404, "{}")) is CallNotFound
    assert page_refusal(429, "").executed is False
    assert page_refusal(503, "<html>").executed is None


def test_another_error_of_the_sdk_is_a_broken_connection():
    for error in (TwilioException("no credentials"), TwilioException("a", "b", "c")):
        translated = translate(error).error
        assert (type(translated), translated.executed) == (TwilioFailed, None)
        assert "TwilioException" in translated.message
