"""Park a caller in a named queue, and take a caller out of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import AccountCommand, Arguments, CallCommand, DroppingArguments
from voice.control.call_services import CallServices
from voice.control.live_update import update_live
from voice.control.places import current_place, waits_in_queue
from voice.control.scene_urls import url_of_scene
from voice.errors import CallNotFound, WrongState
from voice.scenes.parked import QueueName
from voice.scenes.transfer import Party


class ParkArguments(DroppingArguments):
    """The queue."""

    queue: QueueName = "parked"


class Park(CallCommand):
    """The caller waits in a queue with music until an agent takes the call or an operator resumes it."""

    name = "park"
    title = "Park in queue"
    group = "talk"
    Arguments = ParkArguments

    @classmethod
    def is_available(cls, services: CallServices, call: Call) -> bool:
        """False for a call in a queue."""
        return super().is_available(services, call) and not waits_in_queue(services, call)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Redirect to the scene `parked`, which holds the place to resume."""
        if waits_in_queue(self.services, call):
            raise WrongState("The call is already parked.")
        params = {"queue": self.arguments.queue, "back": current_place(self.services, call)}
        url = url_of_scene(self.services, "parked", params, command_id)
        return update_live(self.services, call.call_sid, url=url)


class TakeArguments(Arguments):
    """The agent's phone."""

    to: Annotated[Party, Field(title="Phone to ring", examples=["+14155550188"])]
    timeout_seconds: Annotated[int, Field(ge=5, le=600, title="Ring for (seconds)")] = 20


class Take(CallCommand):
    """Your phone rings and you talk to the parked caller; without an answer, the caller is parked again."""

    name = "take"
    title = "Take from queue"
    group = "talk"
    dials_out = True
    Arguments = TakeArguments

    @classmethod
    def is_available(cls, services: CallServices, call: Call) -> bool:
        """True for a call in a queue."""
        return super().is_available(services, call) and waits_in_queue(services, call)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Redirect to the scene `transfer`; without an answer, the caller returns to the queue."""
        if not waits_in_queue(self.services, call):
            raise WrongState("The call is not parked. Park it first.")
        params = _transfer_params(self.arguments, current_place(self.services, call))
        url = url_of_scene(self.services, "transfer", params, command_id)
        return update_live(self.services, call.call_sid, url=url)


class TakeNextArguments(TakeArguments):
    """The agent's phone and the queue."""

    queue: QueueName = "parked"


class TakeNext(AccountCommand):
    """Your phone rings and you talk to the first caller in the queue; without an answer, they go to its end."""

    name = "take_next"
    needs = ("queues",)
    title = "Take next caller"
    dials_out = True
    Arguments = TakeNextArguments

    def execute(self, command_id: int) -> CallFacts:
        """Redirect the first member of the queue. Twilio picks it, so two agents at a time receive two callers.

        Source: https://www.twilio.com/docs/voice/api/member-resource#update-a-member-resource
        """
        queue = self.arguments.queue
        params = _transfer_params(self.arguments, f"scenes/parked?queue={queue}")
        url = url_of_scene(self.services, "transfer", params, command_id)
        try:
            call_sid = self.services.twilio.queues.dequeue_first(queue, url)
        except CallNotFound:
            call_sid = None
        if call_sid is None:
            raise WrongState(f"The queue {queue!r} is empty.")
        return CallFacts(call_sid, None)


def _transfer_params(arguments: TakeArguments, back: str | None) -> dict[str, Any]:
    dialing = {"to": arguments.to, "timeout_seconds": arguments.timeout_seconds}
    return {**dialing, "otherwise": "back", "back": back}
