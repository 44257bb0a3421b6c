"""Queues: a parked caller waits in a named queue until an operator takes or resumes the call."""

from typing import Annotated

from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse

from voice.scenes import Params, Visit, scene
from voice.scenes.place import Back
from voice.validation import Pattern

DEQUEUE_SECONDS = 20  # for the document or the party that follows the queue
QueueName = Annotated[str, Pattern(r"[\w-]{1,64}", "Enter a queue name like sales."), Field(title="Queue")]


class ParkedParams(Params):
    """The queue, and the place to return to."""

    queue: QueueName = "parked"
    back: Back = None


@scene("Queue", ParkedParams, same_for_all=True, in_queue=True)
def parked(visit: Visit, params: ParkedParams) -> VoiceResponse:
    """Put the caller in the queue, with music."""
    response = VoiceResponse()
    action = visit.url("unparked", back=params.back)
    response.enqueue(params.queue, action=action, wait_url=visit.url("waiting"), wait_url_method="POST")
    return response


@scene("Queue music", same_for_all=True, is_place=False)
def waiting(visit: Visit, _params: Params) -> VoiceResponse:
    """Play music in a queue. At its end Twilio requests it again.

    Source: https://www.twilio.com/docs/voice/twiml/enqueue#attributes-wait-url
    """
    response = VoiceResponse()
    response.play(visit.config["HOLD_MUSIC"])
    return response


class UnparkedParams(Params):
    """The place to return to."""

    back: Back = None


@scene("Queue exit", UnparkedParams)
def unparked(visit: Visit, params: UnparkedParams) -> VoiceResponse:
    """After a conversation say goodbye. If the queue was full or failed, apologize and return.

    Twilio also requests this at once when an operator takes the caller (`redirected`), and while it connects the caller
    (`bridging-in-process`). Whether the answer counts is not documented, so the caller waits for what follows.
    Source: https://www.twilio.com/docs/voice/twiml/enqueue#attributes-action
    """
    response = VoiceResponse()
    if visit.queue_result == "bridged":
        response.redirect(visit.url("goodbye"))
        return response
    if visit.queue_result.startswith("redirected") or visit.queue_result == "bridging-in-process":
        response.pause(length=DEQUEUE_SECONDS)
    elif visit.queue_result != "leave":
        response.say("Sorry, we could not put you in the queue.")
    response.redirect(visit.url_back(params.back))
    return response
