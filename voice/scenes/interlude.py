"""An interruption: words, a sound or tones, after which the caller returns to the previous scene."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse

from voice.scenes import Params, Visit, scene
from voice.scenes.fields import TONES, Language, VoiceName
from voice.scenes.place import Back


class InterludeParams(Params):
    """What the caller hears. `back` is the place to return to; None in a conference, which simply continues."""

    text: Annotated[str | None, Field(max_length=1000, title="Text")] = None
    voice: VoiceName = None
    language: Language = None
    url: Annotated[str | None, Field(max_length=2000, title="Sound")] = None
    digits: Annotated[str | None, TONES, Field(title="Tones")] = None
    back: Back = None


@scene("Message", InterludeParams, is_place=False)
def interlude(visit: Visit, params: InterludeParams) -> VoiceResponse:
    """Say, play or send tones, then return. The place of the call stays, so nested interruptions return as well."""
    response = VoiceResponse()
    if params.text:
        response.say(params.text, voice=params.voice, language=params.language)
    if params.url or params.digits:
        response.play(params.url, digits=params.digits)
    if params.back:
        response.redirect(visit.url_back(params.back))
    return response
