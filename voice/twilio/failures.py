"""Failures of requests to Twilio, translated into Midcall's errors, and how often each request is attempted."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, TimeoutError

from voice.errors import CallNotFound, MidcallError, TwilioFailed, TwilioRefused, TwilioTimeout
from voice.twilio.error_codes import in_words

RETRY_DELAYS = (0.2, 0.5, 1.0, 2.0)  # seconds before each retry, shortened at random
NOT_FOUND = 20404  # https://www.twilio.com/docs/api/errors/20404
BAD_CREDENTIALS = 20003  # https://www.twilio.com/docs/api/errors/20003
NOT_IN_PROGRESS = 21220  # https://www.twilio.com/docs/api/errors/21220


class Failure(NamedTuple):
    """The error to raise, and how many attempts the request may have in all."""

    error: MidcallError
    attempts: int


def translate(error: Exception) -> Failure:
    """Translate an error of the SDK or of urllib3."""
    error = _list_page_refusal(error) or error
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return _refusal(error)
    if isinstance(error, NewConnectionError):  # the host name does not resolve, or the port is closed
        return Failure(
            TwilioFailed("Twilio could not be reached, and nothing was done. Try again.", executed=False), 3
        )
    if isinstance(error, ConnectTimeoutError):
        return Failure(
            TwilioFailed(
                "Twilio could not be reached in time, and nothing was done. Try again.", executed=False
            ),
            1,
        )
    if isinstance(error, TimeoutError):
        return Failure(
            TwilioTimeout("Twilio did not answer in time. Check the result before you try again."), 1
        )
    return Failure(
        TwilioFailed(
            f"The connection to Twilio broke ({type(error).__name__}). Check the result before you try again."
        ),
        1,
    )


def _list_page_refusal(error: Exception) -> TwilioRestException | None:
    """Rebuild the refusal of a list page, which the SDK raises with the bare response as an argument."""
    if type(error) is not TwilioException or len(error.args) != 2:
        return None
    response = error.args[1]
    try:
        body = json.loads(response.text or "{}")
    except ValueError:
        body = {}
    return TwilioRestException(response.status_code, "", body.get("message", ""), body.get("code"))


def _refusal(error: Any) -> Failure:
    status, code, message = error.status, error.code or None, getattr(error, "msg", None) or str(error)
    if status == 429:
        busy = "Twilio accepts no more requests at the moment. Try again later."
        return Failure(TwilioFailed(busy, twilio_code=code, executed=False), len(RETRY_DELAYS) + 1)
    if status >= 500:
        return Failure(
            TwilioFailed(
                f"Twilio failed with the status {status}. Check the result before you try again.",
                twilio_code=code,
            ),
            1,
        )
    if status == 404:
        return Failure(
            CallNotFound("Twilio has no such call or resource. Check the SID.", twilio_code=code), 1
        )
    if status == 401:
        return Failure(
            TwilioRefused(in_words(code or BAD_CREDENTIALS, _reason(message)), twilio_code=code), 1
        )
    return Failure(TwilioRefused(f"Twilio refused: {in_words(code, _reason(message))}", twilio_code=code), 1)


def _reason(message: str) -> str:
    """Twilio's own sentence, without the SDK's prefix."""
    return message.partition(": ")[2] if message.startswith("Unable to") else message
