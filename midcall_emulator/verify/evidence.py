"""The evidence of an answer: the requests of a scenario as text, without phone numbers and SIDs."""

from __future__ import annotations

import re

from midcall_emulator.verify.webhook_server import Visit

_SID = re.compile(r"/[A-Z]{2}[0-9a-f]{32}")
_PRIVATE = re.compile(r"\w+://\S+|\+\d{7,15}|\b[A-Z]{2}[0-9a-f]{32}\b")
_SHOWN = (
    "CallStatus",
    "DialCallStatus",
    "DialBridged",
    "Digits",
    "SequenceNumber",
    "StatusCallbackEvent",
    "QueueResult",
    "ErrorCode",
    "RecordingStatus",
    "RecordingDuration",
    "ReasonParticipantLeft",
)


def lines_of(requests: list[tuple[float, str]], visits: list[Visit], started: float) -> list[str]:
    """Return REST requests and webhooks in order, with seconds since the start of the scenario."""
    all_of_them = requests + [(visit.at, _text_of(visit)) for visit in visits]
    return [f"{at - started:.2f} s  {text}" for at, text in sorted(all_of_them, key=lambda item: item[0])]


def kind_of(path: str) -> str:
    """Return a path without SIDs."""
    return _SID.sub("", path)


def without_private_data(text: str) -> str:
    """Return a text, such as an error message of Twilio, without URLs, phone numbers and SIDs."""
    return _PRIVATE.sub("…", text)


def _text_of(visit: Visit) -> str:
    shown = [f"{name}={visit.params[name]}" for name in _SHOWN if name in visit.params]
    return " ".join([f"webhook {visit.method} {visit.path}", *shown])
