"""Parked: waiting in a named queue until somebody takes the caller, or leads them back."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse

from voice.scenes.place import Back
from voice.scenes.scene import Params, Visit, scene
from voice.validation import Pattern

QueueName = Annotated[str, Pattern(r"[\w-]{1,64}", "Enter a queue name like sales."), Field(title="Queue")]


class ParkedParams(Params):
    """Which queue, and where the caller was."""

    queue: QueueName = "parked"
    back: Back = None


@scene("Parked", ParkedParams, same_for_all=True, in_queue=True)
def parked(visit: Visit, params: ParkedParams) -> VoiceResponse:
    """Wait in the queue, with music."""
    response = VoiceResponse()
    action = visit.url("unparked", back=params.back)
    response.enqueue(params.queue, action=action, wait_url=visit.url("waiting"), wait_url_method="POST")
    return response


@scene("Waiting", same_for_all=True, is_place=False)
def waiting(visit: Visit, _params: Params) -> VoiceResponse:
    """What is heard in a queue. Twilio asks again when it is over, so that it repeats.

    Source: https://www.twilio.com/docs/voice/twiml/enqueue#attributes-wait-url
    """
    response = VoiceResponse()
    response.play(visit.config["HOLD_MUSIC"])
    return response


class UnparkedParams(Params):
    """Where the caller was."""

    back: Back = None


@scene("After a queue", UnparkedParams)
def unparked(visit: Visit, params: UnparkedParams) -> VoiceResponse:
    """After a talk say goodbye; where the queue was full or failed, go back with a word of regret.

    Twilio also asks for this when an operator takes the caller, and throws the answer away.
    """
    response = VoiceResponse()
    if visit.queue_result in ("bridged", "bridging-in-process"):
        response.redirect(visit.url("goodbye"))
        return response
    if visit.queue_result != "leave":
        response.say("Sorry, you could not be put on hold.")
    response.redirect(visit.url_back(params.back))
    return response
