"""Twilio's debugger webhook: the errors and warnings of the account, as they happen.

Source: https://www.twilio.com/docs/usage/troubleshooting/debugging-event-webhooks
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from voice.calls import is_call_sid
from voice.events import now
from voice.services import Services
from voice.twilio.error_codes import in_words
from voice.web.webhooks.form import Webhook, whole_number

BELONGS_WITHIN = timedelta(seconds=60)  # between a command and an error of its call
WHOLE_SECOND = timedelta(seconds=1)  # Twilio's times have no fractions
_QUERY = re.compile(r"\?\S*")  # may hold what a caller keyed
LONGEST_MESSAGE = 1000


@dataclass(frozen=True)
class Report:
    """An error or a warning of the account. `url` has no query; `call_sid` is None for one that concerns no call."""

    level: str
    code: int | None
    message: str
    url: str | None
    call_sid: str | None
    command_in_url: int | None
    at: datetime

    @property
    def is_error(self) -> bool:
        return self.level == "error"

    @property
    def details(self) -> dict[str, Any]:
        """The details of the event. `failed` settles the command that the error belongs to."""
        shown = {"level": self.level, "twilio_code": self.code, "message": self.message, "url": self.url}
        return {**shown, "failed": self.message if self.is_error else None}


def read_report(webhook: Webhook) -> Report:
    """The report in the webhook. What is missing or malformed is left out: the report itself is recorded anyway."""
    payload = _payload(webhook.fields.get("Payload", ""))
    more, request = _part(payload, "more_info"), _part(_part(payload, "webhook"), "request")
    url = _text(request.get("url")) or _text(more.get("url"))
    code = whole_number(_text(payload.get("error_code")))
    own_words = _text(more.get("Msg") or more.get("msg")) or f"Error {code or 'without a code'}"
    return Report(
        level=webhook.text("Level", 16).lower() or "error",
        code=code,
        message=in_words(code, _QUERY.sub("", own_words)[:LONGEST_MESSAGE]),
        url=_QUERY.sub("", url) or None,
        call_sid=_call_sid(
            payload.get("resource_sid"), _part(request, "parameters").get("CallSid"), webhook.call_sid
        ),
        command_in_url=_command_in(url),
        at=_moment(webhook.text("Timestamp", 64)),
    )


def command_of(services: Services, report: Report) -> int | None:
    """The command that the report belongs to: the one in the failed URL, or a command of the call just before."""
    if report.call_sid is None:
        return None
    commands = services.registry.commands
    if report.command_in_url is not None:
        named = commands.get(report.command_in_url)
        if named and named.call_sid == report.call_sid:
            return named.id
    newest = commands.newest_by_call([report.call_sid]).get(report.call_sid)
    if newest is None:
        return None
    age = report.at - newest.requested_at
    return newest.id if -WHOLE_SECOND <= age <= BELONGS_WITHIN else None


def _payload(text: str) -> Mapping[str, Any]:
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _text(value: Any) -> str:
    return str(value)[:4096].replace("\0", "") if isinstance(value, str | int) else ""


def _call_sid(*candidates: Any) -> str | None:
    return next((one for one in candidates if isinstance(one, str) and is_call_sid(one)), None)


def _command_in(url: str) -> int | None:
    try:
        return whole_number(parse_qs(urlsplit(url).query).get("command", [""])[0])
    except ValueError:
        return None


def _moment(text: str) -> datetime:
    """The time of the error; now, if Twilio's text is no time."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else now()
    except (ValueError, OverflowError):
        return now()
