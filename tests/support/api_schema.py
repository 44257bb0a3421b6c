"""JSON schemas that complete Twilio's API description: where it is silent or wrong, and its formats."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

Schema = dict[str, Any]
NULL: Schema = {"type": "null"}
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}


def either(*schemas: Schema) -> Schema:
    """Return a schema for a value that fits one of several."""
    return {"anyOf": list(schemas)}


def strict_object(**fields: Schema) -> Schema:
    """Return a schema for an object that has all these fields and no others."""
    return {
        "type": "object",
        "properties": fields,
        "required": sorted(fields),
        "additionalProperties": False,
    }


_STARTED_BY_TWIML = {"const": "StartCallRecordingTwiML"}
# Values by (kind, field) that are valid besides the described ones.
ADDITIONS: dict[tuple[str, str], Schema] = {
    # <Start><Recording> reports this source, which is in no list of the description
    ("call.call_recording", "source"): _STARTED_BY_TWIML,
    ("recording", "source"): _STARTED_BY_TWIML,
}
# Schemas by (kind, field) that replace the described ones.
REPLACEMENTS: dict[tuple[str, str], Schema] = {
    # the schema has no type; these are the fields of its examples. A webhook that failed has no response
    ("call.call_event", "request"): strict_object(
        method={"enum": ["GET", "POST"]},
        url=TEXT | {"format": "uri"},
        parameters={"type": "object", "additionalProperties": TEXT},
    ),
    ("call.call_event", "response"): strict_object(
        response_code=either(NUMBER, NULL),
        request_duration=NUMBER,
        content_type=either(TEXT, NULL),
        response_body=either(TEXT, NULL),
        date_created=TEXT | {"format": "date-time-rfc-2822"},
    ),
    # the schema has no type; the emulator encrypts nothing
    ("recording", "encryption_details"): NULL,
    ("call.call_recording", "encryption_details"): NULL,
    ("conference.conference_recording", "encryption_details"): NULL,
    # the schema has a plain string; its description lists the values
    ("call", "direction"): {
        "enum": ["inbound", "outbound-api", "outbound-dial", "trunking-terminating", "trunking-originating"]
    },
    ("call.call_notification", "log"): {"enum": ["0", "1"]},
    ("call.call_notification-instance", "log"): {"enum": ["0", "1"]},
}


def _is_date(text: str) -> bool:
    """Return whether a text is a date of RFC 2822 as Twilio writes it: day with two digits, UTC, correct weekday."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return False
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000") == text


def _is_uri(text: str) -> bool:
    """Return whether a text is an absolute URL, or a path from the host's root as in the description's examples."""
    parts = urlsplit(text)
    is_absolute = parts.scheme in ("http", "https") and bool(parts.netloc)
    return (is_absolute or text.startswith("/2010-04-01/")) and not re.search(r"\s", text)


FORMATS = {
    "date-time-rfc-2822": _is_date,
    "uri": _is_uri,
    "http-method": lambda text: text in ("GET", "POST"),
    "phone-number": lambda text: re.fullmatch(r"\+[1-9]\d{1,14}", text) is not None,
    "currency": lambda text: re.fullmatch(r"[A-Z]{3}", text) is not None,
}
