"""Errors of the REST API: code, HTTP status and message (https://www.twilio.com/docs/api/errors)."""

from __future__ import annotations

from typing import Any

_MESSAGES: dict[int, tuple[int, str]] = {
    10004: (400, "Call concurrency limit exceeded"),
    16001: (400, "Conference is not bridged"),
    16108: (400, "The call is already being recorded"),
    16020: (400, "The conference is full"),
    16022: (400, "The conference has ended or does not exist"),
    16024: (400, "Participant label invalid: max 128 chars, not a CallSid, no '/'"),
    16026: (400, "Participant label is in use by another participant"),
    16027: (400, "The participant to coach is on hold"),
    16028: (400, "The participant to coach is not in the conference"),
    16099: (400, "Unexpected conference status"),
    16113: (400, "Cannot download a dual-channel presentation of a mono recording"),
    20001: (400, "Unknown or invalid parameter: {value}"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20009: (409, "Resource cannot be deleted before it is complete"),
    20404: (404, "The requested resource {value} was not found"),
    20409: (409, "A resource named {value} already exists"),
    20429: (429, "Too many requests"),
    20500: (500, "Internal Server Error"),
    20503: (503, "Service Unavailable"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url is not a valid URL: {value}"),
    21206: (400, "SendDigits is not valid: {value}"),
    21208: (400, "Timeout is not valid: {value}"),
    21209: (400, "Method is not valid: {value}"),
    21210: (
        400,
        "The source phone number provided, {value}, is not yet verified for your account. You may only make calls "
        "from phone numbers that you've verified or purchased from Twilio.",
    ),
    21211: (400, "The phone number you are attempting to call, {value}, is not valid."),
    21212: (400, "The 'From' phone number provided, {value}, is not valid."),
    21213: (400, "A 'From' phone number is required to place a call"),
    21218: (400, "ApplicationSid is not valid: {value}"),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21234: (400, "MachineDetection is not valid: {value}"),
    21421: (400, "PhoneNumber is invalid: {value}"),
    21422: (400, "PhoneNumber is not available: {value}"),
    21451: (400, "AreaCode is invalid: {value}"),
    21452: (400, "No phone numbers found in area code {value}"),
    21502: (400, "VoiceUrl is not a valid URL: {value}"),
    21609: (400, "StatusCallback is not a valid URL: {value}"),
    31940: (400, "ConnectorName is not an installed connector: {value}"),
    32018: (400, "Twiml is longer than 4000 characters"),
    32019: (400, "Url and Twiml cannot both be given"),
    32703: (400, "Content is longer than 10,000 characters"),
    70051: (403, "Authorization Failed"),
}
_CODES_BY_STATUS = {401: 20003, 404: 20404, 405: 20004, 429: 20429, 500: 20500, 503: 20503}


class RestError(Exception):
    """An error response with one of Twilio's codes; ``value`` is the part of the message that varies."""

    def __init__(self, code: int, value: str = "", message: str = "") -> None:
        super().__init__(code, value)
        self.code = code
        self.status, text = _MESSAGES[code]
        self.message = message or text.format(value=value)


def body_of(error: RestError) -> dict[str, Any]:
    """Return the body of an error."""
    return _body(error.code, error.message, error.status)


def body_for_status(status: int, path: str = "") -> dict[str, Any]:
    """Return the body that Twilio sends with a bare HTTP status."""
    code = _CODES_BY_STATUS.get(status, 20000 + status)
    text = _MESSAGES[code][1] if code in _MESSAGES else "Error"
    return _body(code, text.format(value=path), status)


def _body(code: int, message: str, status: int) -> dict[str, Any]:
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
