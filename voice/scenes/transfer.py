"""Handing the caller to somebody, and what follows when that somebody does not answer."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import Dial, VoiceResponse

from voice.scenes.scene import Params, Visit, scene

LEG_EVENTS = "initiated ringing answered completed"


class TransferParams(Params):
    """Whom to dial, and for how long it may ring."""

    to: Annotated[str | None, Field(pattern=r"^\+[1-9]\d{6,14}$", title="Number to dial")] = None
    timeout_seconds: Annotated[int, Field(ge=5, le=600, title="Ring for (seconds)")] = 20


@scene("Transfer", TransferParams)
def transfer(visit: Visit, params: TransferParams) -> VoiceResponse:
    """Put the caller through to a number; how it went is heard in `transfer_outcome`."""
    response = VoiceResponse()
    response.say("One moment, I am putting you through.")
    dial = Dial(timeout=params.timeout_seconds, action=visit.url("transfer_outcome"))
    dial.number(
        params.to or visit.config["TRANSFER_TO"],
        status_callback=visit.voice_url("status"),
        status_callback_event=LEG_EVENTS,
    )
    response.append(dial)
    return response


@scene("Outcome of a transfer", after_dial=True)
def transfer_outcome(visit: Visit, _params: Params) -> VoiceResponse:
    """After a talk say goodbye; when nobody answered say so and take a message.

    Twilio also asks for this when an operator redirects the caller meanwhile, and throws the answer away.
    """
    response = VoiceResponse()
    if visit.dial_status in ("completed", "answered"):
        response.redirect(visit.url("goodbye"))
        return response
    busy = visit.dial_status == "busy"
    response.say("The line is busy." if busy else "Nobody can take your call at the moment.")
    response.redirect(visit.url("voicemail"))
    return response
