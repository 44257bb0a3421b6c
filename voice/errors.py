"""The errors of Midcall. `voice/web/errors.py` gives each of them its HTTP status, in one table."""

from __future__ import annotations

from typing import Any


class MidcallError(Exception):
    """The base of all errors: `code` is for programs, the message tells a person what to do next."""

    code = "error"

    def __init__(
        self, message: str, *, twilio_code: int | None = None, fields: list[dict[str, Any]] | None = None
    ):
        super().__init__(message)
        self.message = message
        self.twilio_code = twilio_code
        self.fields = fields
        self.command: Any = None  # the CommandRecord, if the error ended a recorded command


class SettingInvalid(MidcallError):
    """A setting is missing or malformed, so the app does not start."""

    code = "setting_wrong"


class Malformed(MidcallError):
    """The input cannot be parsed."""

    code = "malformed"


class NotSignedIn(MidcallError):
    """The request has no valid token, session or password."""

    code = "not_signed_in"


class TooManyAttempts(NotSignedIn):
    """Too many passwords were tried. This one was not checked."""

    code = "too_many_tries"


class NotAllowed(MidcallError):
    """The role of the operator does not include this."""

    code = "not_allowed"


class BadSignature(MidcallError):
    """The signature of a webhook does not match."""

    code = "bad_signature"


class NotFound(MidcallError):
    """There is no such call, command, plan or other resource."""

    code = "not_found"


class CallNotFound(NotFound):
    """Neither the registry nor Twilio knows the call."""

    code = "call_not_found"


class WrongState(MidcallError):
    """The call is not in a state for the command: it has ended, for example, or is not answered."""

    code = "call_not_in_progress"


class WouldDrop(MidcallError):
    """The command would disconnect another party."""

    code = "would_drop_others"


class EmergencyStopActive(MidcallError):
    """An emergency stop is active."""

    code = "emergency_stop"


class KeyReused(MidcallError):
    """The Idempotency-Key was sent with a different request before."""

    code = "idempotency_key_reused"


class ArgumentsRefused(MidcallError):
    """The arguments are invalid. `fields` holds a message for each wrong field."""

    code = "arguments_refused"


class TwilioRefused(MidcallError):
    """Twilio refused the request, and nothing was done."""

    code = "twilio_refused"


class TwilioFailed(MidcallError):
    """Twilio failed (5xx) or could not be reached. `executed` is None if the request may have run."""

    code = "twilio_failed"

    def __init__(self, message: str, *, twilio_code: int | None = None, executed: bool | None = None):
        super().__init__(message, twilio_code=twilio_code)
        self.executed = executed


class TwilioTimeout(TwilioFailed):
    """Twilio did not answer in time. It may have run the request."""

    code = "twilio_silent"


class PreviewExpired(MidcallError):
    """The preview of a bulk run is too old to be started."""

    code = "preview_expired"


class RegistryUnavailable(MidcallError):
    """The database is unreachable, locked, full, or has another schema."""

    code = "registry_unavailable"


class NotSent(MidcallError):
    """The database failed before Twilio was asked: the command did nothing."""

    code = "not_sent"


class ClaimLost(NotSent):
    """The process stalled, and another one has taken over its work."""


class OutcomeUnknown(MidcallError):
    """The database or Midcall failed while the command ran: Twilio may have executed it."""

    code = "outcome_unknown"


class TooManyRequests(MidcallError):
    """One person has too many streams, exports or searches open, or looks up too much at Twilio."""

    code = "too_many_requests"


class LimitReached(MidcallError):
    """A limit is reached: of open event streams, for example."""

    code = "too_many"
