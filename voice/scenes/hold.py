"""Hold: music until an operator resumes the call."""

from twilio.twiml.voice_response import VoiceResponse

from voice.scenes import Params, Visit, scene
from voice.scenes.place import Back


class HoldParams(Params):
    """The place to return to."""

    back: Back = None


@scene("On hold", HoldParams, same_for_all=True, on_hold=True)
def hold(visit: Visit, params: HoldParams) -> VoiceResponse:
    """Play music without end. The command `resume` leads back."""
    response = VoiceResponse()
    response.play(visit.config["HOLD_MUSIC"], loop=0)
    response.redirect(visit.url("hold", back=params.back))
    return response


@scene("Hold music", same_for_all=True, is_place=False)
def hold_music(visit: Visit, _params: Params) -> VoiceResponse:
    """Play music to a participant who is alone or on hold. Twilio requests it once, so it redirects to itself.

    Source: https://www.twilio.com/docs/voice/twiml/conference#attributes-waiturl
    """
    response = VoiceResponse()
    response.play(visit.config["HOLD_MUSIC"])
    response.redirect(visit.url("hold_music"))
    return response
