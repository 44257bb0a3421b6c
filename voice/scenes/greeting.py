"""The first words of a call. The menu follows, or outside the opening hours the scene `closed`."""

from twilio.twiml.voice_response import VoiceResponse

from voice.scenes import Params, Visit, scene
from voice.scenes.opening_hours import is_open


@scene("Greeting")
def greeting(visit: Visit, _params: Params) -> VoiceResponse:
    """Welcome the caller. Continue with the menu, or outside the opening hours with `closed`."""
    response = VoiceResponse()
    response.say(f"Welcome to {visit.config['COMPANY_NAME']}.")
    response.redirect(visit.url("menu") if is_open(visit.config) else visit.url("closed"))
    return response
