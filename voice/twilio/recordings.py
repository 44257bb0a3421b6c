"""Recordings of calls, at Twilio: started, changed, listed, and their sound.

Source: https://www.twilio.com/docs/voice/api/recording
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from voice.errors import CallNotFound, NotFound
from voice.twilio.client import TwilioApi, plain

PIECE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Sound:
    """The sound of a recording, or the part that was asked for (206); its pieces come from Twilio as they are read.

    To be closed, whether or not anything was read.
    """

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]
    close: Callable[[], None]


class TwilioRecordings:
    """Recordings as plain dictionaries in Twilio's own field names. Raises as TwilioApi does."""

    def __init__(self, api: TwilioApi):
        self._api = api

    def of_call(self, call_sid: str) -> list[dict[str, Any]]:
        """All recordings of one leg, newest first. Raises CallNotFound."""
        return self._api.ask(lambda client: [plain(one) for one in client.calls(call_sid).recordings.list()])

    def start(self, call_sid: str, **wanted: Any) -> dict[str, Any]:
        """Record the leg; the recording, in progress. Raises TwilioRefused (21220) where that cannot be done now."""
        return self._api.ask(lambda client: plain(client.calls(call_sid).recordings.create(**wanted)))

    def change(self, call_sid: str, recording_sid: str, **change: Any) -> dict[str, Any]:
        """Pause, resume or stop; the recording as Twilio then has it."""
        return self._api.ask(
            lambda client: plain(client.calls(call_sid).recordings(recording_sid).update(**change))
        )

    def sound(self, recording_sid: str, part: str | None = None) -> Sound:
        """The WAV file; `part` is what a Range header says of it. Raises NotFound while there is none."""
        try:
            answer = self._api.open(f"Recordings/{recording_sid}.wav", {"Range": part} if part else {})
        except CallNotFound:
            raise NotFound("Twilio has no such recording, or its sound is not ready yet") from None
        kept = ("Content-Type", "Content-Length", "Content-Range")
        headers = {name: answer.headers[name] for name in kept if name in answer.headers}
        return Sound(answer.status, headers, answer.stream(PIECE_BYTES), answer.close)
