"""What can go wrong, in the operator's words; translated to HTTP in one table, in `voice/web/errors.py`."""

from __future__ import annotations

from typing import Any


class MidcallError(Exception):
    """Raised where a thing is noticed; `code` is what programs read, the message what people read."""

    code = "error"

    def __init__(
        self, message: str, *, twilio_code: int | None = None, fields: list[dict[str, Any]] | None = None
    ):
        super().__init__(message)
        self.message = message
        self.twilio_code = twilio_code
        self.fields = fields
        self.command: Any = None  # the record of the command that ended so, where there is one


class SettingInvalid(MidcallError):
    """A setting is missing or malformed; the start stops."""

    code = "setting_wrong"


class Malformed(MidcallError):
    """The request cannot be read at all."""

    code = "malformed"


class NotSignedIn(MidcallError):
    """No token, or one that is not known."""

    code = "not_signed_in"


class TooManyAttempts(NotSignedIn):
    """Passwords were tried too often; nobody looked at this one."""

    code = "too_many_tries"


class NotAllowed(MidcallError):
    """The role does not reach that far."""

    code = "not_allowed"


class BadSignature(MidcallError):
    """A webhook that Twilio did not sign."""

    code = "bad_signature"


class NotFound(MidcallError):
    """There is no such thing."""

    code = "not_found"


class CallNotFound(NotFound):
    """Neither the registry nor Twilio knows the call."""

    code = "call_not_found"


class WrongState(MidcallError):
    """The call is not in a state for the command: it has ended, or was not answered yet."""

    code = "call_not_in_progress"


class WouldDrop(MidcallError):
    """The command would hang up on somebody who is talking to the call."""

    code = "would_drop_others"


class EmergencyStopActive(MidcallError):
    """An emergency stop lasts."""

    code = "emergency_stop"


class KeyReused(MidcallError):
    """The Idempotency-Key came with another request before."""

    code = "idempotency_key_reused"


class ArgumentsRefused(MidcallError):
    """Arguments that were understood and refused; `fields` says which and why."""

    code = "arguments_refused"


class TwilioRefused(MidcallError):
    """Twilio said no, and nothing was done."""

    code = "twilio_refused"


class TwilioFailed(MidcallError):
    """Twilio failed (5xx), or could not be reached; `executed` is None when nobody can tell."""

    code = "twilio_failed"

    def __init__(self, message: str, *, twilio_code: int | None = None, executed: bool | None = None):
        super().__init__(message, twilio_code=twilio_code)
        self.executed = executed


class TwilioTimeout(TwilioFailed):
    """Twilio did not answer in time; the request may have been executed."""

    code = "twilio_silent"


class PreviewExpired(MidcallError):
    """What was previewed is too long ago to be run."""

    code = "preview_expired"


class RegistryUnavailable(MidcallError):
    """The database cannot be reached, is locked, full, or has another schema."""

    code = "registry_unavailable"


class LimitReached(MidcallError):
    """A bound was reached: event streams, say. Try again later."""

    code = "too_many"
