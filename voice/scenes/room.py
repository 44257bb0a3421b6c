"""A conference: each call is a participant, which can be held, muted and announced to separately."""

from typing import Annotated, Literal

from pydantic import Field
from twilio.twiml.voice_response import Dial, VoiceResponse

from voice.scenes import Params, Visit, scene
from voice.scenes.place import Back
from voice.validation import Pattern

CONFERENCE_EVENTS = "start end join leave mute hold modify announcement"
RoomName = Annotated[
    str, Pattern(r"[A-Za-z0-9_-]{1,64}", "Enter a conference name like sales."), Field(title="Conference")
]


class RoomParams(Params):
    """The conference, what a participant who is alone hears, and the place that follows.

    Without `back`, the call ends after the conference.
    """

    name: RoomName
    wait: Annotated[Literal["music", "silence"], Field(title="Until another participant joins")] = "music"
    back: Back = None


@scene("Conference", RoomParams, same_for_all=True)
def room(visit: Visit, params: RoomParams) -> VoiceResponse:
    """Join the conference without a beep. It continues when a participant leaves.

    Two parties who talked before hear silence until the other one has joined, and get the small jitter buffer: the
    large one, the default, delays what they hear. An empty `waitUrl` is silence.
    Source: https://www.twilio.com/docs/voice/twiml/conference#attributes-jitter-buffer-size
    """
    response = VoiceResponse()
    talked = params.wait == "silence"
    dial = Dial(action=visit.url("room_left", back=params.back))
    dial.conference(
        params.name,
        beep="false",
        wait_url="" if talked else visit.url("hold_music"),
        jitter_buffer_size="small" if talked else None,
        status_callback=visit.voice_url("conference"),
        status_callback_event=CONFERENCE_EVENTS,
    )
    response.append(dial)
    return response


class RoomLeftParams(Params):
    """The place that follows the conference."""

    back: Back = None


@scene("Conference exit", RoomLeftParams)
def room_left(visit: Visit, params: RoomLeftParams) -> VoiceResponse:
    """Continue after the conference: with the place that follows, or with goodbye."""
    response = VoiceResponse()
    response.redirect(visit.url_back(params.back) if params.back else visit.url("goodbye"))
    return response
