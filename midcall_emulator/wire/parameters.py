"""Parameters of webhooks: the standard ones, and those of status callbacks
(https://www.twilio.com/docs/voice/twiml#request-parameters)."""

from __future__ import annotations

import math
from datetime import datetime
from email.utils import format_datetime

from midcall_emulator.core.call_record import Call

_PLACE_PARTS = ("City", "State", "Zip", "Country")
_UNKNOWN_PLACES = {
    f"{side}{part}": "" for side in ("From", "To", "Caller", "Called") for part in _PLACE_PARTS
}
_SIP_CODES = {"completed": "200", "busy": "486", "no-answer": "487", "canceled": "487", "failed": "404"}


def standard(account_sid: str, call: Call, status: str | None = None) -> dict[str, str]:
    """Return the parameters of every request about a call. Places are empty, unless the carrier passes them on."""
    params = {
        "CallSid": call.sid,
        "AccountSid": account_sid,
        "From": call.from_,
        "To": call.to,
        "Caller": call.from_,
        "Called": call.to,
        "CallStatus": status or call.status,
        "ApiVersion": "2010-04-01",
        "Direction": call.direction,
    }
    if call.parent_sid:
        params["ParentCallSid"] = call.parent_sid
    if call.application_sid:
        params["ApplicationSid"] = call.application_sid
    return params | (_UNKNOWN_PLACES | call.carrier | params if call.carrier else _UNKNOWN_PLACES)


def progress(call: Call, event: str, number: int, date: datetime) -> dict[str, str]:
    """Return the parameters that a status callback adds. Only a completed call has durations: ``CallDuration`` in
    seconds, ``Duration`` in minutes."""
    params = {
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(number),
        "Timestamp": format_datetime(date),
    }
    if call.answered_by:
        params["AnsweredBy"] = call.answered_by
    if event == "completed":
        params["SipResponseCode"] = _SIP_CODES[call.status]
    if event == "completed" and call.status == "completed":
        seconds = call.duration or 0
        params |= {"CallDuration": str(seconds), "Duration": str(math.ceil(seconds / 60))}
    return params
