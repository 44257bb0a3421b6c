"""Calls at Twilio: created, fetched, updated and listed.

Source: https://www.twilio.com/docs/voice/api/call-resource
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from voice.calls import RANKS, CallFacts
from voice.twilio.client import TwilioClient
from voice.twilio.resources import Resource, as_resource

PROGRESS_EVENTS = ["initiated", "ringing", "answered", "completed"]  # events of a status callback


def in_one_value(events: Sequence[str]) -> list[str]:
    """The events as the one parameter that the pages of participants and of recordings describe.

    The page of calls wants a parameter for each event instead.
    Sources: https://www.twilio.com/docs/voice/api/conference-participant-resource#request-body-parameters,
    https://www.twilio.com/docs/voice/api/recording#create-a-recording-resource
    """
    return [" ".join(events)]


class TwilioCalls:
    """The calls of the account. Each method raises as TwilioClient.request does."""

    def __init__(self, client: TwilioClient):
        self._client = client

    def create(self, **attributes: Any) -> Resource:
        """Dial out; the new call, still queued."""
        return self._client.request(lambda client: as_resource(client.calls.create(**attributes)))

    def fetch(self, call_sid: str) -> Resource:
        """The whole Call resource."""
        return self._client.request(lambda client: as_resource(client.calls(call_sid).fetch()))

    def update(self, call_sid: str, **attributes: Any) -> Resource:
        """Change a live call; the call as Twilio then shows it."""
        return self._client.request(lambda client: as_resource(client.calls(call_sid).update(**attributes)))

    def page(self, size: int, cursor: str | None, **filters: Any) -> tuple[list[Resource], str | None]:
        """A page of Twilio's own list, newest first, and the cursor of the next page or None."""
        number, _, token = (cursor or "").partition(".")
        place = {"page_number": number, "page_token": token} if token else {}
        page = self._client.request(lambda client: client.calls.page(page_size=size, **place, **filters))
        return [as_resource(call) for call in page], _cursor(page.next_page_url)


def _cursor(next_page_url: str | None) -> str | None:
    """Twilio's own number and token of the next page."""
    query = parse_qs(urlsplit(next_page_url or "").query)
    return f"{query['Page'][0]}.{query['PageToken'][0]}" if "PageToken" in query else None


def call_facts(call: Resource) -> CallFacts:
    """What a Call resource says about the call, for the registry."""
    return CallFacts(
        call_sid=call["sid"],
        status=call["status"] if call["status"] in RANKS else None,
        from_=call.get("from"),
        to=call.get("to"),
        direction=call.get("direction"),
        parent_call_sid=call.get("parent_call_sid"),
        started_at=_utc(call.get("start_time") or call.get("date_created")),
        ended_at=_utc(call.get("end_time")),
        duration_seconds=int(call["duration"]) if call.get("duration") else None,
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
