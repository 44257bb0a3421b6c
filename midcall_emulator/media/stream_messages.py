"""Messages from an app to a bidirectional stream: media, mark, clear
(https://www.twilio.com/docs/voice/media-streams/websocket-messages)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from midcall_emulator.media import wav
from midcall_emulator.media.playback import Playback


class InvalidMessage(ValueError):
    """The message is not one of the documented messages for this stream."""


def perform_message(playback: Playback, stream_sid: str, message: Any) -> None:
    """Perform a message; InvalidMessage if it is malformed or belongs to another stream."""
    event = message.get("event") if isinstance(message, dict) else None
    perform = _MESSAGES.get(str(event))
    try:
        if perform is None or message.get("streamSid") != stream_sid:
            raise InvalidMessage(f"event {event!r}")
        perform(playback, message)
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise InvalidMessage(str(error)) from error


def _media(playback: Playback, message: dict[str, Any]) -> None:
    playback.add(len(base64.b64decode(message["media"]["payload"], validate=True)) / wav.RATE)


def _mark(playback: Playback, message: dict[str, Any]) -> None:
    playback.mark(str(message["mark"]["name"]))


def _clear(playback: Playback, message: dict[str, Any]) -> None:
    playback.clear()


_MESSAGES: dict[str, Callable[[Playback, dict[str, Any]], None]] = {
    "media": _media,
    "mark": _mark,
    "clear": _clear,
}
