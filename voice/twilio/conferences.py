"""Conferences and their participants at Twilio.

Source: https://www.twilio.com/docs/voice/api/conference-participant-resource
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twilio.rest import Client

from voice.errors import CallNotFound, TwilioRefused, WrongState
from voice.twilio.client import Result, TwilioClient
from voice.twilio.error_codes import SENTENCES
from voice.twilio.resources import Resource, as_resource

OPEN_STATUSES = ("in-progress", "init")
NOT_BRIDGED, UNEXPECTED_STATUS = 16001, 16099  # https://www.twilio.com/docs/api/errors/16001
OF_A_CONFERENCE = frozenset({13240, 16001, 16020, 16022, 16023, 16024, 16025, 16026, 16027, 16028, 16099})


class TwilioConferences:
    """The conferences of the account. Each method raises as TwilioClient.request does.

    Methods that change something raise WrongState if the conference or the participant is not in a state for it.
    """

    def __init__(self, client: TwilioClient):
        self._client = client

    def find_open(self, name: str) -> str | None:
        """The ConferenceSid of the conference that has this name and is not over, or None."""
        for status in OPEN_STATUSES:
            found = self._client.request(partial(_conference_sids, name=name, status=status))
            if found:
                return found[0]
        return None

    def participants(self, conference_sid: str) -> list[Resource]:
        """All participants, those still ringing included. A conference that has not started or is over lists none."""
        try:
            listed = self._change(lambda client: client.conferences(conference_sid).participants.list())
        except WrongState:
            return []
        return [as_resource(participant) for participant in listed]

    def participant(self, conference_sid: str, call_sid: str) -> Resource | None:
        """The participant; None if the call is not in the conference, or the conference has not started."""
        try:
            return self._change(
                lambda client: as_resource(client.conferences(conference_sid).participants(call_sid).fetch())
            )
        except WrongState:
            return None

    def add_participant(self, name: str, **attributes: Any) -> Resource:
        """Dial a number into the conference of this name; the participant, not yet answered.

        Twilio knows a conference that has not started by its name only, and opens one that does not exist.
        Source: https://www.twilio.com/docs/voice/api/conference-participant-resource#create-a-participant
        """
        return self._change(
            lambda client: as_resource(client.conferences(name).participants.create(**attributes))
        )

    def update_participant(self, conference_sid: str, call_sid: str, **attributes: Any) -> Resource:
        """Mute, hold, announce to or coach a participant; the participant as Twilio then shows it."""
        return self._change(
            lambda client: as_resource(
                client.conferences(conference_sid).participants(call_sid).update(**attributes)
            )
        )

    def remove_participant(self, conference_sid: str, call_sid: str) -> None:
        """Remove a participant. The call continues with the TwiML after its Dial."""
        self._change(lambda client: client.conferences(conference_sid).participants(call_sid).delete())

    def update(self, conference_sid: str, **attributes: Any) -> Resource:
        """Announce to all participants (`announce_url`), or end the conference (`status="completed"`)."""
        return self._change(
            lambda client: as_resource(client.conferences(conference_sid).update(**attributes))
        )

    def _change(self, send: Callable[[Client], Result]) -> Result:
        """Send a request, and translate the refusals that concern its conference."""
        try:
            return self._client.request(send)
        except CallNotFound as error:
            left = "the participant has left the conference"
            raise WrongState(left, twilio_code=error.twilio_code) from error
        except TwilioRefused as error:
            if error.twilio_code not in OF_A_CONFERENCE:
                raise
            raise WrongState(SENTENCES[error.twilio_code], twilio_code=error.twilio_code) from error


def _conference_sids(client: Client, name: str, status: str) -> list[str]:
    return [found.sid for found in client.conferences.list(friendly_name=name, status=status, limit=1)]
