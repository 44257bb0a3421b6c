"""Voicemail: record a message."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse

from voice.scenes import Params, Visit, scene


class VoicemailParams(Params):
    """The length of a message."""

    max_seconds: Annotated[int, Field(ge=2, le=3600, title="Longest message (seconds)")] = 120


@scene("Voicemail", VoicemailParams, same_for_all=True)
def voicemail(visit: Visit, params: VoicemailParams) -> VoiceResponse:
    """Record after the tone until silence, # or hang-up. If nothing was said, say so."""
    response = VoiceResponse()
    response.say("Please leave a message after the tone, and press the pound key when you are done.")
    response.record(
        action=visit.url("voicemail_saved"),
        max_length=params.max_seconds,
        finish_on_key="#",
        recording_status_callback=visit.voice_url("recording"),
    )
    response.say("I did not hear anything.")
    response.redirect(visit.url("goodbye"))
    return response


@scene("Saved message")
def voicemail_saved(visit: Visit, _params: Params) -> VoiceResponse:
    """Confirm the message, unless the caller only pressed the pound key. Then say goodbye."""
    response = VoiceResponse()
    if visit.recording_seconds:
        response.say("Thank you. Your message has been saved.")
    response.redirect(visit.url("goodbye"))
    return response
