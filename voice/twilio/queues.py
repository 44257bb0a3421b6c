"""Queues at Twilio.

Source: https://www.twilio.com/docs/voice/api/member-resource#update-a-member-resource
"""

from __future__ import annotations

from typing import Any

from voice.twilio.client import TwilioClient


class TwilioQueues:
    """The queues of the account. Raises as TwilioClient.request does."""

    def __init__(self, client: TwilioClient):
        self._client = client

    def dequeue_first(self, queue: str, url: str) -> str | None:
        """Redirect the first caller in the queue to `url`; the CallSid, or None if there is no such queue.

        Raises CallNotFound if the queue is empty.
        """
        queues = self._client.request(lambda client: client.queues.list())
        sid = next((found.sid for found in queues if found.friendly_name == queue), None)
        if sid is None:
            return None
        member: Any = self._client.request(
            lambda client: client.queues(sid).members("Front").update(url=url, method="POST")
        )
        call_sid: str = member.call_sid
        return call_sid
