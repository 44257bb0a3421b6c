"""Recordings of calls at Twilio, and their media.

Source: https://www.twilio.com/docs/voice/api/recording
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from voice.errors import CallNotFound, NotFound
from voice.twilio.client import TwilioClient
from voice.twilio.resources import Resource, as_resource

CHUNK_BYTES = 64 * 1024
MEDIA_HEADERS = ("Content-Type", "Content-Length", "Content-Range")


@dataclass(frozen=True)
class Media:
    """A recording's media, or the requested part of it (status 206). Chunks come from Twilio as they are read.

    Close it, whether or not it was read.
    """

    status: int
    headers: dict[str, str]
    chunks: Iterator[bytes]
    close: Callable[[], None]


class TwilioRecordings:
    """The recordings of calls. Each method raises as TwilioClient.request does."""

    def __init__(self, client: TwilioClient):
        self._client = client

    def of_call(self, call_sid: str) -> list[Resource]:
        """All recordings of one leg, newest first."""
        found = self._client.request(lambda client: client.calls(call_sid).recordings.list())
        return [as_resource(recording) for recording in found]

    def start(self, call_sid: str, **attributes: Any) -> Resource:
        """Record the leg; the recording, in progress. Raises TwilioRefused (21220) if the call is not in progress."""
        return self._client.request(
            lambda client: as_resource(client.calls(call_sid).recordings.create(**attributes))
        )

    def update(self, call_sid: str, recording_sid: str, **attributes: Any) -> Resource:
        """Pause, resume or stop a recording; the recording as Twilio then shows it."""
        return self._client.request(
            lambda client: as_resource(client.calls(call_sid).recordings(recording_sid).update(**attributes))
        )

    def media(self, recording_sid: str, byte_range: str | None = None) -> Media:
        """The WAV file. `byte_range` is the value of a Range header. Raises NotFound until the file is ready."""
        try:
            headers = {"Range": byte_range} if byte_range else {}
            response = self._client.open(f"Recordings/{recording_sid}.wav", headers)
        except CallNotFound:
            raise NotFound(
                "Twilio has no such recording, or its media is not ready yet. Try again in a moment."
            ) from None
        kept = {name: response.headers[name] for name in MEDIA_HEADERS if name in response.headers}
        return Media(response.status, kept, response.stream(CHUNK_BYTES), response.close)
