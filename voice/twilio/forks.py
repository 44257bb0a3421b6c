"""Forks of a call at Twilio: streams, transcriptions and SIPREC sessions, which run beside the call's TwiML.

Source: https://www.twilio.com/docs/voice/api/stream-resource and its neighbors.
"""

from __future__ import annotations

from typing import Any, Literal

from voice.twilio.client import TwilioClient
from voice.twilio.resources import Resource, as_resource

Fork = Literal["streams", "transcriptions", "siprec"]


class TwilioForks:
    """The forks of calls. Each method raises as TwilioClient.request does."""

    def __init__(self, client: TwilioClient):
        self._client = client

    def start(self, call_sid: str, fork: Fork, **attributes: Any) -> Resource:
        """Start a fork; the resource as Twilio then shows it."""
        return self._client.request(
            lambda client: as_resource(getattr(client.calls(call_sid), fork).create(**attributes))
        )

    def stop(self, call_sid: str, fork: Fork, name: str) -> Resource:
        """Stop a fork by its name or SID. Raises CallNotFound if the call has no such fork."""
        return self._client.request(
            lambda client: as_resource(getattr(client.calls(call_sid), fork)(name).update(status="stopped"))
        )
