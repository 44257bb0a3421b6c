"""A sentence of the operator's, said to the caller."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse

from voice.scenes.scene import Params, SceneName, Visit, scene


class AnnouncementParams(Params):
    """What is said, and the scene that follows."""

    text: Annotated[str, Field(min_length=1, max_length=1000, title="Message")]
    then: Annotated[SceneName, Field(title="Scene that follows")] = "menu"


@scene("Announcement", AnnouncementParams)
def announcement(visit: Visit, params: AnnouncementParams) -> VoiceResponse:
    """Say the sentence, then go on with the scene that follows."""
    response = VoiceResponse()
    response.say(params.text)
    response.redirect(visit.url(params.then))
    return response
