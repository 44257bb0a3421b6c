"""The event that a webhook becomes, with the key by which a repeat is recognized."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from voice.event_kinds import KindName
from voice.events import NewEvent, now
from voice.web.webhooks.debugger import Report
from voice.web.webhooks.form import Webhook

IN_CALL = frozenset(
    {"CallSid", "AccountSid", "ApiVersion", "From", "To", "Direction", "ParentCallSid", "msg"}
)  # kept with the call, not with its events
LEGACY = ("Caller", "Called")  # CallerCity repeats FromCity, and so on; CallerName repeats no other field
# What the event of a secret scene keeps. Any other field may hold what the caller keyed or said: digits, speech, a
# card, its token, a transcript, a recording. https://www.twilio.com/docs/voice/twiml/pay#attributes-action
OPEN_IN_SECRET = frozenset(
    {"CallStatus", "CallDuration", "Duration", "Timestamp", "SequenceNumber", "CallbackSource", "CallerName",
     "ForwardedFrom", "StirVerstat", "StirPassportToken", "ErrorCode", "ErrorUrl", "DialCallSid", "DialCallStatus",
     "DialCallDuration", "DialBridged", "QueueSid", "QueueResult", "QueueTime", "ConferenceSid", "Result", "Attempt"}
    | {f"{end}{part}" for end in ("From", "To") for part in ("City", "State", "Zip", "Country")}
)  # fmt: skip
SECRET = "(secret)"
LONGEST_KEY = 100


def webhook_event(
    webhook: Webhook, kind: KindName, command_id: int | None = None, secret: bool = False, **details: Any
) -> NewEvent:
    """The event with all fields that the call does not hold, and `details`.

    If it is `secret`, a value that may hold what the caller keyed or said is replaced by a mark.
    """
    said = {
        name: SECRET if secret and name not in OPEN_IN_SECRET else value[:4096]
        for name, value in webhook.fields.items()
        if value and not _is_in_call(name)
    }
    given = {name: value for name, value in details.items() if value is not None}
    key = dedupe_key(webhook, kind)
    return NewEvent(kind, "twilio", webhook.call_sid, {**given, "twilio": said}, key, command_id, now())


def report_event(webhook: Webhook, report: Report, command_id: int | None) -> NewEvent:
    """The event of a report of Twilio's debugger. It keeps none of the payload, which repeats requests of callers."""
    details = {name: value for name, value in report.details.items() if value is not None}
    key = dedupe_key(webhook, "webhook.debugger")
    return NewEvent("webhook.debugger", "twilio", report.call_sid, details, key, command_id, now())


def dedupe_key(webhook: Webhook, kind: KindName) -> str:
    """A key that repeats of the webhook share with it, and no other webhook does.

    Only what Twilio signed decides: `I-Twilio-Idempotency-Token` is not signed, so a copy of a request could change it.
    """
    key = _natural_key(webhook, kind)
    if key is None:
        return f"signed:{_digest(webhook.signature)}"
    return f"sha256:{_digest(key)}" if len(key) > LONGEST_KEY else key


def _natural_key(webhook: Webhook, kind: KindName) -> str | None:
    text = webhook.text
    if kind == "webhook.status" and webhook.fields.get("CallStatus"):
        return f"status:{webhook.call_sid}:{text('CallStatus')}:{text('SequenceNumber')}"
    if kind == "webhook.conference" and webhook.fields.get("SequenceNumber"):
        return f"conference:{text('ConferenceSid')}:{text('SequenceNumber')}"
    if kind == "webhook.debugger" and text("Sid"):
        return f"debugger:{text('Sid')}"
    if kind == "webhook.recording" and text("RecordingSid"):
        return f"recording:{text('RecordingSid')}:{text('RecordingStatus')}"
    return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1000)  # the fields of one webhook are those of the next
def _is_in_call(name: str) -> bool:
    return name in IN_CALL or (name.startswith(LEGACY) and name != "CallerName")
