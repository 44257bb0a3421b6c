"""The first words, and where they lead: to the menu, or to the opening hours when nobody is there."""

from twilio.twiml.voice_response import VoiceResponse

from voice.scenes.opening_hours import is_open
from voice.scenes.scene import Params, Visit, scene


@scene("Greeting")
def greeting(visit: Visit, _params: Params) -> VoiceResponse:
    """Say who was called, then go on: while open to the menu, else to the voicemail."""
    response = VoiceResponse()
    response.say(f"Welcome to {visit.config['COMPANY_NAME']}.")
    response.redirect(visit.url("menu") if is_open(visit.config) else visit.url("closed"))
    return response
