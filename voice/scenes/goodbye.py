"""The last words."""

from twilio.twiml.voice_response import VoiceResponse

from voice.scenes.scene import Params, Visit, scene


@scene("Goodbye", same_for_all=True)
def goodbye(_visit: Visit, _params: Params) -> VoiceResponse:
    """Say goodbye and hang up."""
    response = VoiceResponse()
    response.say("Thank you for calling. Goodbye.")
    response.hangup()
    return response
