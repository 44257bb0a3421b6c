"""The last words of a call."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse

from voice.scenes import Params, Visit, scene


class GoodbyeParams(Params):
    """The last words."""

    text: Annotated[str, Field(min_length=1, max_length=1000, title="Closing message")] = (
        "Thank you for calling. Goodbye."
    )


@scene("Goodbye", GoodbyeParams, same_for_all=True)
def goodbye(_visit: Visit, params: GoodbyeParams) -> VoiceResponse:
    """Say goodbye and hang up."""
    response = VoiceResponse()
    response.say(params.text)
    response.hangup()
    return response
