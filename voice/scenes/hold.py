"""On hold: music until somebody takes the caller back."""

from twilio.twiml.voice_response import VoiceResponse

from voice.scenes.place import Back
from voice.scenes.scene import Params, Visit, scene


class HoldParams(Params):
    """Where the caller was."""

    back: Back = None


@scene("On hold", HoldParams, same_for_all=True, on_hold=True)
def hold(visit: Visit, params: HoldParams) -> VoiceResponse:
    """Music, again and again. `resume` leads back."""
    response = VoiceResponse()
    response.play(visit.config["HOLD_MUSIC"], loop=0)
    response.redirect(visit.url("hold", back=params.back))
    return response


@scene("Music", same_for_all=True, is_place=False)
def hold_music(visit: Visit, _params: Params) -> VoiceResponse:
    """What is heard in a room by who is alone there or on hold; Twilio asks once, so it repeats itself."""
    response = VoiceResponse()
    response.play(visit.config["HOLD_MUSIC"])
    response.redirect(visit.url("hold_music"))
    return response
