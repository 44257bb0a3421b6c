"""Conferences and their participants, at Twilio: looked up, changed, added to, ended.

Source: https://www.twilio.com/docs/voice/api/conference-participant-resource
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from voice.errors import CallNotFound, TwilioRefused, WrongState
from voice.twilio.client import Result, TwilioApi, plain

OPEN = ("in-progress", "init")
REFUSALS = {  # https://www.twilio.com/docs/api/errors
    13240: "who should be coached is not in the room, or is on hold",
    16020: "the room is full",
    16022: "the room is over",
    16023: "the participant's label is not valid",
    16024: "the participant's label is not valid",
    16025: "another participant has the same label",
    16026: "another participant has the same label",
    16027: "who should be coached is on hold: take them back first (`resume`)",
    16028: "who should be coached is not in the room",
    16099: "not now: the room waits for more than one to be there, or this one has not joined yet",
}


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
        """Everybody who is in the room, or whose phone rings for it; nobody in one that is over."""
        try:
            return self._api.ask(
                lambda client: [plain(one) for one in client.conferences(conference_sid).participants.list()]
            )
        except CallNotFound:
            return []

    def participant(self, conference_sid: str, call_sid: str) -> dict[str, Any] | None:
        """The participant, or None for somebody who is not (any more) in the room."""
        try:
            return self._api.ask(
                lambda client: plain(client.conferences(conference_sid).participants(call_sid).fetch())
            )
        except CallNotFound:
            return None

    def change(self, conference_sid: str, call_sid: str, **change: Any) -> dict[str, Any]:
        """Mute, hold, announce to, coach…; the participant as Twilio then has them.

        Raises WrongState, as the other changes do, where the room or the participant is not in a state for it.
        """
        return self._ask(
            lambda client: plain(client.conferences(conference_sid).participants(call_sid).update(**change))
        )

    def remove(self, conference_sid: str, call_sid: str) -> None:
        """Take a participant out of the room; their call goes on with what follows its Dial."""
        self._ask(lambda client: client.conferences(conference_sid).participants(call_sid).delete())

    def add(self, conference_sid: str, **wanted: Any) -> dict[str, Any]:
        """Dial somebody into the room; the participant, on the way."""
        return self._ask(
            lambda client: plain(client.conferences(conference_sid).participants.create(**wanted))
        )

    def change_room(self, conference_sid: str, **change: Any) -> dict[str, Any]:
        """Announce to all (`announce_url`), or end for all (`status="completed"`)."""
        return self._ask(lambda client: plain(client.conferences(conference_sid).update(**change)))

    def _ask(self, request: Callable[[Any], Result]) -> Result:
        """A change, its refusals in the operator's words."""
        try:
            return self._api.ask(request)
        except CallNotFound as error:
            raise WrongState("they are not in the room any more", twilio_code=error.twilio_code) from error
        except TwilioRefused as error:
            reason = REFUSALS.get(error.twilio_code or 0)
            if reason is None:
                raise
            raise WrongState(reason, twilio_code=error.twilio_code) from error


def _rooms(client: Any, name: str, status: str) -> list[str]:
    return [room.sid for room in client.conferences.list(friendly_name=name, status=status, limit=1)]
