"""The message that callers hear during an emergency stop."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse

from voice.scenes import Params, Visit, scene

SORRY = "We are sorry, we cannot take your call at the moment. Please call again later. Goodbye."


class EmergencyParams(Params):
    """The message."""

    message: Annotated[str, Field(min_length=1, max_length=1000, title="Message")] = SORRY


@scene("Emergency stop", EmergencyParams, same_for_all=True)
def emergency(_visit: Visit, params: EmergencyParams) -> VoiceResponse:
    """Say the message and hang up."""
    response = VoiceResponse()
    response.say(params.message)
    response.hangup()
    return response
