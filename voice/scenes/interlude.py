"""What is heard in passing: words, a sound or keys, and then the caller is back where they were."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse

from voice.scenes.fields import TONES, Language, VoiceName
from voice.scenes.place import Back
from voice.scenes.scene import Params, Visit, scene


class InterludeParams(Params):
    """What is heard; `back` is the place that follows, or None in a room, where the talk goes on by itself."""

    text: Annotated[str | None, Field(max_length=1000, title="Text")] = None
    voice: VoiceName = None
    language: Language = None
    url: Annotated[str | None, Field(max_length=2000, title="Sound")] = None
    digits: Annotated[str | None, TONES, Field(title="Tones")] = None
    back: Back = None


@scene("In passing", InterludeParams, is_place=False)
def interlude(visit: Visit, params: InterludeParams) -> VoiceResponse:
    """Say, play or press; then go back. The call's place does not change, so that one inside another comes back too."""
    response = VoiceResponse()
    if params.text:
        response.say(params.text, voice=params.voice, language=params.language)
    if params.url or params.digits:
        response.play(params.url, digits=params.digits)
    if params.back:
        response.redirect(visit.url_back(params.back))
    return response
