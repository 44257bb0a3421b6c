"""Conferences and their participants, at Twilio: looked up, changed, added to, ended.

Source: https://www.twilio.com/docs/voice/api/conference-participant-resource
"""

from __future__ import annotations

from functools import partial
from typing import Any

from voice.errors import CallNotFound
from voice.twilio_api import TwilioApi, plain

OPEN = ("in-progress", "init")


class TwilioRooms:
    """Rooms and who is in them, as plain dictionaries in Twilio's own field names. Raises as TwilioApi does."""

    def __init__(self, api: TwilioApi):
        self._api = api

    def open_room(self, name: str) -> str | None:
        """The ConferenceSid of the room of this name that is not over, or None."""
        for status in OPEN:
            found = self._api.ask(partial(_rooms, name=name, status=status))
            if found:
                return found[0]
        return None

    def participants(self, conference_sid: str) -> list[dict[str, Any]]:
        """Everybody who is in the room, or whose phone rings for it."""
        return self._api.ask(
            lambda client: [plain(one) for one in client.conferences(conference_sid).participants.list()]
        )

    def participant(self, conference_sid: str, call_sid: str) -> dict[str, Any] | None:
        """The participant, or None for somebody who is not (any more) in the room."""
        try:
            return self._api.ask(
                lambda client: plain(client.conferences(conference_sid).participants(call_sid).fetch())
            )
        except CallNotFound:
            return None

    def change(self, conference_sid: str, call_sid: str, **change: Any) -> dict[str, Any]:
        """Mute, hold, announce to, coach…; the participant as Twilio then has them."""
        return self._api.ask(
            lambda client: plain(client.conferences(conference_sid).participants(call_sid).update(**change))
        )

    def remove(self, conference_sid: str, call_sid: str) -> None:
        """Take a participant out of the room; their call goes on with what follows its Dial."""
        self._api.ask(lambda client: client.conferences(conference_sid).participants(call_sid).delete())

    def add(self, conference_sid: str, **wanted: Any) -> dict[str, Any]:
        """Dial somebody into the room; the participant, on the way."""
        return self._api.ask(
            lambda client: plain(client.conferences(conference_sid).participants.create(**wanted))
        )

    def change_room(self, conference_sid: str, **change: Any) -> dict[str, Any]:
        """Announce to all (`announce_url`), or end for all (`status="completed"`)."""
        return self._api.ask(lambda client: plain(client.conferences(conference_sid).update(**change)))


def _rooms(client: Any, name: str, status: str) -> list[str]:
    return [room.sid for room in client.conferences.list(friendly_name=name, status=status, limit=1)]
