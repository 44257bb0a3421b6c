"""Park a caller in a named queue, and take one out of it."""

from __future__ import annotations

from typing import Annotated

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
    """Which queue."""

    queue: QueueName = "parked"


class Park(CallCommand):
    """The caller waits in the queue, with music, until somebody takes them (`take`) or leads them back (`resume`)."""

    name = "park"
    title = "Park in a queue"
    group = "talk"
    Arguments = ParkArguments

    @classmethod
    def is_available(cls, services: CallServices, call: Call) -> bool:
        """Not for a call in a queue."""
        return super().is_available(services, call) and not waits_in_queue(services, call)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """By the scene `parked`, which knows the way back."""
        if waits_in_queue(self.services, call):
            raise WrongState("the call is parked already")
        params = {"queue": self.arguments.queue, "back": current_place(self.services, call)}
        url = url_of_scene(self.services, "parked", params, command_id)
        return update_live(self.services, call.call_sid, url=url)


class TakeArguments(Arguments):
    """Whose phone rings."""

    to: Annotated[Party, Field(title="Phone to ring")]
    timeout_seconds: Annotated[int, Field(ge=5, le=600, title="Ring for (seconds)")] = 20


class Take(CallCommand):
    """A parked caller is put through to you; if you do not answer, they are parked again."""

    name = "take"
    title = "Take out of the queue"
    group = "talk"
    Arguments = TakeArguments

    @classmethod
    def is_available(cls, services: CallServices, call: Call) -> bool:
        """Only for a call in a queue."""
        return super().is_available(services, call) and waits_in_queue(services, call)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """By the scene `transfer`, with the queue as what follows if nobody answers."""
        if not waits_in_queue(self.services, call):
            raise WrongState("the call is not parked")
        params = taken(self.arguments, current_place(self.services, call))
        url = url_of_scene(self.services, "transfer", params, command_id)
        return update_live(self.services, call.call_sid, url=url)


def taken(arguments: TakeArguments, back: str | None) -> dict[str, object]:
    """The parameters of the transfer that follows."""
    asked = {"to": arguments.to, "timeout_seconds": arguments.timeout_seconds}
    return {**asked, "otherwise": "back", "back": back}


class TakeNextArguments(TakeArguments):
    """Out of which queue."""

    queue: QueueName = "parked"


class TakeNext(AccountCommand):
    """The first caller of the queue is put through to you; if you do not answer, they are parked again, as the last."""

    name = "take_next"
    title = "Take the next one"
    Arguments = TakeNextArguments

    def execute(self, command_id: int) -> CallFacts:
        """By an update of the queue's first member, which Twilio picks: two who ask at once get two callers."""
        back = f"scenes/parked?queue={self.arguments.queue}"
        url = url_of_scene(self.services, "transfer", taken(self.arguments, back), command_id)
        try:
            call_sid = self.services.twilio.queues.dequeue_first(self.arguments.queue, url)
        except CallNotFound:
            call_sid = None
        if call_sid is None:
            raise WrongState(f"nobody waits in the queue {self.arguments.queue!r}")
        return CallFacts(call_sid, None)
