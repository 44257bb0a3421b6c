"""What runs beside a call at Twilio: streams, transcriptions, SIPREC; messages to its software; Twilio's own notes.

Sources: https://www.twilio.com/docs/voice/api/stream-resource and its neighbours,
https://www.twilio.com/docs/voice/api/call-notification-resource, https://www.twilio.com/docs/voice/api/call-event-resource
"""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import parse_qs

from voice.twilio.client import TwilioApi, plain

Fork = Literal["streams", "transcriptions", "siprec"]
ERRORS = 0  # of a notification's `log`; 1 is for warnings


class TwilioLine:
    """One call's forks, messages and notes. Raises as TwilioApi does."""

    def __init__(self, api: TwilioApi):
        self._api = api

    def start(self, call_sid: str, fork: Fork, **wanted: Any) -> dict[str, Any]:
        """Let something listen in on the call; the resource as Twilio then has it."""
        return self._api.ask(lambda client: plain(getattr(client.calls(call_sid), fork).create(**wanted)))

    def stop(self, call_sid: str, fork: Fork, name: str) -> dict[str, Any]:
        """Stop it, by its name or sid. Raises CallNotFound if there is none of that name."""
        return self._api.ask(
            lambda client: plain(getattr(client.calls(call_sid), fork)(name).update(status="stopped"))
        )

    def send(self, call_sid: str, content: str, key: str) -> dict[str, Any]:
        """Send JSON to the software on the call; the same `key` is not sent twice."""
        return self._api.ask(
            lambda client: plain(
                client.calls(call_sid).user_defined_messages.create(content=content, idempotency_key=key)
            )
        )

    def errors(self, call_sid: str, since: datetime) -> list[tuple[int, str]]:
        """The code and the sentence of each error that Twilio noted about the call since a moment, newest first."""
        found = self._api.ask(lambda client: client.calls(call_sid).notifications.list(log=ERRORS, limit=20))
        return [
            (int(note.error_code), _sentence(note.message_text))
            for note in found
            if note.message_date >= since
        ]

    def answer_of(self, call_sid: str, url: str, since: datetime) -> int | None:
        """The status with which a document's host answered Twilio since a moment; None if it was not asked yet."""
        found = self._api.ask(lambda client: client.calls(call_sid).events.list(limit=1000))
        answers = [
            event.response.get("response_code")
            for event in found
            if event.request.get("url") == url and _moment(event.response) >= since
        ]
        return answers[-1] if answers else None


def _sentence(message_text: str) -> str:
    """Twilio sends the message of a notification as a form."""
    return parse_qs(message_text).get("Msg", [message_text])[0]


def _moment(response: dict[str, Any]) -> datetime:
    return parsedate_to_datetime(response["date_created"])
