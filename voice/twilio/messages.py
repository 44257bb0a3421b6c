"""User-defined messages: JSON that Twilio passes to the software on a call."""

from __future__ import annotations

from voice.twilio.client import TwilioClient
from voice.twilio.resources import Resource, as_resource


class TwilioMessages:
    """Messages to the software on calls. Raises as TwilioClient.request does."""

    def __init__(self, client: TwilioClient):
        self._client = client

    def send(self, call_sid: str, content: str, key: str) -> Resource:
        """Send JSON to the software on the call. Twilio sends the same `key` only once.

        Source: https://www.twilio.com/docs/voice/api/userdefinedmessage-resource
        """
        return self._client.request(
            lambda client: as_resource(
                client.calls(call_sid).user_defined_messages.create(content=content, idempotency_key=key)
            )
        )
