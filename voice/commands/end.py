"""End the call."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from voice.calls import ENDED, NOT_ANSWERED, Call, CallFacts
from voice.control.base import ALREADY_ENDED, Arguments, CallCommand
from voice.control.live_update import look_up, update_live
from voice.control.scene_urls import url_of_scene
from voice.errors import TwilioRefused, WrongState
from voice.twilio.calls import call_facts


class EndArguments(Arguments):
    """What the caller hears before."""

    text: Annotated[str | None, Field(min_length=1, max_length=1000, title="Last sentence")] = None


class End(CallCommand):
    """The call ends, at once or after a last sentence.

    By `canceled` for one that is queued or ringing, by `completed` for the rest.
    """

    name = "end"
    title = "End the call"
    group = "end"
    button, shortcut = 6, "e"
    Arguments = EndArguments

    proof = "end"  # twilio reports the end

    def drops(self, call: Call) -> list[Call]:
        """Whoever talks to the call loses it; that needs no second word, as it is what is asked for."""
        return self.services.registry.calls.talking_to(call)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """A call that was answered meanwhile ignores `canceled`, so that it is then completed.

        Source: https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource
        """
        canceled = self._cancel(call)
        if canceled and canceled.status in ENDED:
            return canceled
        try:
            return update_live(self.services, call.call_sid, **self._change())
        except WrongState:
            return self._ended_already(call)

    def _change(self) -> dict[str, str]:
        """The last words do not carry the command: it is confirmed by the end, not by them."""
        if self.arguments.text is None:
            return {"status": "completed"}
        return {"url": url_of_scene(self.services, "goodbye", {"text": self.arguments.text})}

    def _cancel(self, call: Call) -> CallFacts | None:
        if call.status not in NOT_ANSWERED:
            return None
        try:
            return call_facts(self.services.twilio.calls.update(call.call_sid, status="canceled"))
        except TwilioRefused:
            return None  # answered or ended meanwhile: `completed` tells

    def _ended_already(self, call: Call) -> CallFacts:
        facts = look_up(self.services, call.call_sid)
        if facts.status not in ENDED:
            raise WrongState(f"the call is {facts.status}, and Twilio does not end it")
        self.note = ALREADY_ENDED
        return facts
