"""Take whoever has waited longest in a queue."""

from __future__ import annotations

from voice.calls import CallFacts
from voice.commands.park import TakeArguments, taken
from voice.control.base import AccountCommand, url_of_scene
from voice.errors import CallNotFound, WrongState
from voice.scenes.parked import QueueName


class TakeNextArguments(TakeArguments):
    """Out of which queue."""

    queue: QueueName = "parked"


class TakeNext(AccountCommand):
    """The first caller of the queue is put through to you; if you do not answer, they are parked again, as the last."""

    name = "take_next"
    title = "Take the next one"
    group = "all"
    Arguments = TakeNextArguments

    def execute(self, command_id: int) -> CallFacts:
        """By an update of the queue's first member, which Twilio picks: two who ask at once get two callers."""
        back = f"scenes/parked?queue={self.arguments.queue}"
        url = url_of_scene(self.services, "transfer", taken(self.arguments, back), command_id)
        try:
            call_sid = self.services.twilio.dequeue_first(self.arguments.queue, url)
        except CallNotFound:
            call_sid = None
        if call_sid is None:
            raise WrongState(f"nobody waits in the queue {self.arguments.queue!r}")
        return CallFacts(call_sid, None)
