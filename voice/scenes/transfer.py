"""A transfer: dial a colleague, connect the caller, and continue if no one answers."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from twilio.twiml.voice_response import Dial, VoiceResponse

from voice.scenes import Params, SceneName, Visit, scene
from voice.scenes.caller_id import caller_id
from voice.scenes.place import Back
from voice.validation import Pattern

LEG_EVENTS = "initiated ringing answered completed"
PARTY = r"\+[1-9]\d{6,14}|client:[\w.@+-]{1,120}|sips?:[\w.+-]+@[\w.:-]+(;[\w=.-]+)*"


def _without_separators(party: Any) -> Any:
    """A phone number without the spaces, parentheses, dots, and dashes that people write in it."""
    is_number = isinstance(party, str) and party.lstrip().startswith("+")
    return re.sub(r"[\s().-]", "", party) if is_number else party


Party = Annotated[
    str,
    BeforeValidator(_without_separators),
    Pattern(PARTY, "Enter a number like +1 415 555 0199."),
    Field(title="Transfer to"),
]
Introduction = Annotated[str | None, Field(max_length=500, title="Introduction for the colleague")]
Otherwise = Annotated[SceneName, Field(title="If no one answers")]


class TransferParams(Params):
    """The phone to dial, how long it rings, and what follows without an answer: a scene, or `back`."""

    to: Party | None = None
    timeout_seconds: Annotated[int, Field(ge=5, le=600, title="Ring for (seconds)")] = 20
    introduction: Introduction = None
    otherwise: Otherwise = "voicemail"
    back: Back = None


@scene("Transfer", TransferParams, dials_out=True)
def transfer(visit: Visit, params: TransferParams) -> VoiceResponse:
    """Dial the colleague and connect the caller. `transfer_outcome` follows."""
    response = VoiceResponse()
    response.say("One moment, I am putting you through.")
    then = params.model_dump(include={"otherwise", "back"}, exclude_defaults=True)
    action = visit.url("transfer_outcome", **then)
    dial = Dial(timeout=params.timeout_seconds, action=action, caller_id=caller_id(visit))
    _add_party(dial, visit, params)
    response.append(dial)
    return response


def _add_party(dial: Dial, visit: Visit, params: TransferParams) -> None:
    to = params.to or visit.config["TRANSFER_TO"]
    leg = {"status_callback": visit.voice_url("status"), "status_callback_event": LEG_EVENTS}
    if params.introduction:
        leg["url"] = visit.url("introduction", introduction=params.introduction)
    if to.startswith("client:"):
        dial.client(to.removeprefix("client:"), **leg)
    elif to.startswith(("sip:", "sips:")):
        dial.sip(to, **leg)
    else:
        dial.number(to, **leg)


class IntroductionParams(Params):
    """The introduction."""

    introduction: Annotated[str, Field(min_length=1, max_length=500, title="Introduction")]


@scene("Introduction", IntroductionParams, is_place=False)
def introduction(_visit: Visit, params: IntroductionParams) -> VoiceResponse:
    """Speak to the dialed party alone, before the caller is connected."""
    response = VoiceResponse()
    response.say(params.introduction)
    return response


class OutcomeParams(Params):
    """What follows if no one answered."""

    otherwise: Otherwise = "voicemail"
    back: Back = None


@scene("Transfer outcome", OutcomeParams, after_dial=True)
def transfer_outcome(visit: Visit, params: OutcomeParams) -> VoiceResponse:
    """After a conversation say goodbye. If no one answered, say so and continue with what follows.

    Twilio also requests this when an operator redirects the caller during the Dial, and ignores the answer. If an
    operator moved the parties into a conference, the answer is the conference instead.
    Source: https://www.twilio.com/docs/voice/twiml/dial#attributes-action
    """
    response = VoiceResponse()
    if visit.dial_status in ("completed", "answered"):
        response.redirect(visit.url("goodbye"))
        return response
    busy = visit.dial_status == "busy"
    response.say("The line is busy." if busy else "No one can take your call at the moment.")
    goes_back = params.otherwise == "back"
    response.redirect(visit.url_back(params.back) if goes_back else visit.url(params.otherwise))
    return response
