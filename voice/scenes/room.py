"""A room: a conference in which everybody is a participant of their own, to be held, muted and talked to."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import Dial, VoiceResponse

from voice.scenes.place import Back
from voice.scenes.scene import Params, Visit, scene
from voice.validation import Pattern

ROOM_EVENTS = "start end join leave mute hold modify announcement"
RoomName = Annotated[
    str, Pattern(r"[A-Za-z0-9_-]{1,64}", "Enter a conference name like sales."), Field(title="Conference")
]


class RoomParams(Params):
    """Which room, and what follows when the caller leaves it: the end of the call where `back` is none."""

    name: RoomName
    back: Back = None


@scene("In a room", RoomParams, same_for_all=True)
def room(visit: Visit, params: RoomParams) -> VoiceResponse:
    """Join. Nobody's leaving ends it for the others, and no beep tells of it; who is alone hears music."""
    response = VoiceResponse()
    dial = Dial(action=visit.url("room_left", back=params.back))
    dial.conference(
        params.name,
        beep="false",
        wait_url=visit.url("hold_music"),
        status_callback=visit.voice_url("conference"),
        status_callback_event=ROOM_EVENTS,
    )
    response.append(dial)
    return response


class RoomLeftParams(Params):
    """Where the caller goes on."""

    back: Back = None


@scene("After a room", RoomLeftParams)
def room_left(visit: Visit, params: RoomLeftParams) -> VoiceResponse:
    """Out of the room: on with the place that was meant to follow, else goodbye."""
    response = VoiceResponse()
    response.redirect(visit.url_back(params.back) if params.back else visit.url("goodbye"))
    return response
