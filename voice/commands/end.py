"""End a call."""

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
    """The message that the caller hears before the end."""

    text: Annotated[str | None, Field(min_length=1, max_length=1000, title="Closing message")] = None


class End(CallCommand):
    """The call ends, at once or after a closing message.

    The status becomes `canceled` for a call that is queued or ringing, and `completed` for every other call.
    """

    name = "end"
    title = "End call"
    group = "end"
    button, shortcut = 6, "e"
    proof = "end"
    Arguments = EndArguments

    def drops(self, call: Call) -> list[Call]:
        """The parties who talk to the call. The operator wants that, so no further confirmation is needed."""
        return self.services.registry.calls.talking_to(call)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Cancel a call that is not answered; complete a call that was answered, even in the meantime.

        Source: https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource
        """
        canceled = self._cancel(call)
        if canceled and canceled.status in ENDED:
            return canceled
        try:
            return update_live(self.services, call.call_sid, **self._attributes())
        except WrongState:
            return self._facts_of_ended(call)

    def _attributes(self) -> dict[str, str]:
        """The URL of the closing message does not carry the command: the end confirms it, not the message."""
        if self.arguments.text is None:
            return {"status": "completed"}
        return {"url": url_of_scene(self.services, "goodbye", {"text": self.arguments.text})}

    def _cancel(self, call: Call) -> CallFacts | None:
        if call.status not in NOT_ANSWERED:
            return None
        try:
            return call_facts(self.services.twilio.calls.update(call.call_sid, status="canceled"))
        except TwilioRefused:
            return None  # the call was answered or has ended in the meantime

    def _facts_of_ended(self, call: Call) -> CallFacts:
        facts = look_up(self.services, call.call_sid)
        if facts.status not in ENDED:
            raise WrongState(f"The call is {facts.status}, and Twilio did not end it. Try again.")
        self.note = ALREADY_ENDED
        return facts
