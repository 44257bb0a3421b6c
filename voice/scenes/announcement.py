"""A message of the operator, spoken to the caller."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse

from voice.scenes import Params, SceneName, Visit, scene


class AnnouncementParams(Params):
    """The message, and the next scene."""

    text: Annotated[str, Field(min_length=1, max_length=1000, title="Message")]
    then: Annotated[SceneName, Field(title="Next scene")] = "menu"


@scene("Announcement", AnnouncementParams)
def announcement(visit: Visit, params: AnnouncementParams) -> VoiceResponse:
    """Say the message, then continue with the next scene."""
    response = VoiceResponse()
    response.say(params.text)
    response.redirect(visit.url(params.then))
    return response
