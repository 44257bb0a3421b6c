"""The menu: choices by key or by speech, and where they lead."""

import re
from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse

from voice.scenes import Params, Visit, scene

CHOICES = {"1": "transfer", "2": "opening_hours", "3": "voicemail"}
WORDS = {
    "1": ("one", "agent", "person", "somebody", "operator", "talk", "sales", "support"),
    "2": ("two", "hours", "open", "opening", "when"),
    "3": ("three", "message", "voicemail", "voice mail"),
}
ATTEMPTS = 3


class MenuParams(Params):
    """How often the caller has heard the menu, including this time."""

    attempt: Annotated[int, Field(ge=1, le=ATTEMPTS, title="Attempt")] = 1


@scene("Menu", MenuParams, same_for_all=True)
def menu(visit: Visit, params: MenuParams) -> VoiceResponse:
    """Offer the choices and wait for a key or speech. After silence repeat, and in the end say goodbye."""
    response = VoiceResponse()
    gather = response.gather(
        input="dtmf speech", num_digits=1, timeout=5, action=visit.url("choice", attempt=params.attempt)
    )
    gather.say(
        "To speak to an agent, press 1 or say agent. For our opening hours, press 2 or say hours. "
        "To leave a message, press 3 or say message."
    )
    response.redirect(_next_attempt(visit, params))
    return response


@scene("Menu choice", MenuParams)
def choice(visit: Visit, params: MenuParams) -> VoiceResponse:
    """Continue with the choice. If the input matches none, say so and repeat the menu."""
    response = VoiceResponse()
    chosen = CHOICES.get(visit.digits or _key_for(visit.speech))
    if chosen:
        response.redirect(visit.url(chosen))
        return response
    if visit.digits or visit.speech:
        response.say("Sorry, that is not one of the choices.")
    response.redirect(_next_attempt(visit, params))
    return response


def _key_for(speech: str) -> str:
    said = speech.lower()
    matches = {key for key, words in WORDS.items() if any(re.search(rf"\b{word}\b", said) for word in words)}
    return matches.pop() if len(matches) == 1 else ""


def _next_attempt(visit: Visit, params: MenuParams) -> str:
    return (
        visit.url("menu", attempt=params.attempt + 1) if params.attempt < ATTEMPTS else visit.url("goodbye")
    )
