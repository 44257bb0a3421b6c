"""Twilio's own log of a call: the errors it noted, and the requests it sent.

Sources: https://www.twilio.com/docs/voice/api/call-notification-resource,
https://www.twilio.com/docs/voice/api/call-event-resource
"""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs

from voice.twilio.client import TwilioClient

LOG_AFTER_SECONDS = 15 * 60.0  # from the end of a call until Twilio shows its requests
ERRORS = 0  # value of a notification's `log`; 1 stands for warnings


class TwilioDiagnostics:
    """The logs of calls. Each method raises as TwilioClient.request does."""

    def __init__(self, client: TwilioClient):
        self._client = client

    def errors(self, call_sid: str, since: datetime) -> list[tuple[int, str]]:
        """Code and message of each error that Twilio noted about the call since then, newest first."""
        notes = self._client.request(
            lambda client: client.calls(call_sid).notifications.list(log=ERRORS, limit=20)
        )
        return [
            (int(note.error_code), _message(note.message_text))
            for note in notes
            if note.message_date >= since
        ]

    def answers_to(self, call_sid: str, url: str, since: datetime) -> list[int]:
        """The HTTP statuses with which `url` has answered Twilio since then, oldest first.

        Twilio shows the requests of a call from 15 minutes after its end on.
        """
        found = self._client.request(lambda client: client.calls(call_sid).events.list(limit=1000))
        return [
            int(event.response["response_code"])
            for event in found
            if event.request.get("url") == url
            and event.response.get("response_code")
            and _moment(event.response) >= since
        ]


def _message(message_text: str) -> str:
    """Twilio form-encodes the message of a notification."""
    return parse_qs(message_text).get("Msg", [message_text])[0]


def _moment(response: dict[str, Any]) -> datetime:
    return parsedate_to_datetime(response["date_created"])
