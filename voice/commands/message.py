"""Send a message to the app on a call that uses Twilio's Voice SDK."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import Arguments, CallCommand
from voice.control.call_services import CallServices
from voice.control.live_update import when_live
from voice.errors import WrongState
from voice.validation import invalid

LONGEST = 10_000  # characters of JSON
CLIENT = "client:"
UNSEEN = "Twilio accepted the message. It does not report whether the app received it."


class MessageArguments(Arguments):
    """A JSON object that the app understands."""

    content: Annotated[dict[str, Any], Field(min_length=1, title="Content", examples=[{"screen": "order"}])]


class Message(CallCommand):
    """An app that uses Twilio's Voice SDK receives a JSON object; a telephone cannot receive it."""

    name = "message"
    title = "Send app message"
    needs = ("messages",)
    sent_noun = "App message"
    group = "line"
    proof = "none"  # Twilio's answer shows that it took the message, not that the app received it
    Arguments = MessageArguments

    def check(self) -> None:
        """Refuse a message that Twilio does not deliver.

        Source: https://www.twilio.com/docs/api/errors/32703
        """
        if len(self._content) > LONGEST:
            message = f"Shorten the content: as JSON it may have {LONGEST:,} characters."
            raise invalid([{"field": "content", "message": message}])

    @classmethod
    def is_available(cls, services: CallServices, call: Call) -> bool:
        """Only for a call of the Voice SDK."""
        return super().is_available(services, call) and _is_client(call)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Send it. The id of the command is the idempotency key, so Twilio sends it once.

        Raises WrongState for a telephone: only a call of the Voice SDK takes messages.
        Source: https://www.twilio.com/docs/voice/api/userdefinedmessage-resource
        """
        if not _is_client(call):
            raise WrongState(
                "This call is on a telephone. Choose the call of an app, whose number is client:…."
            )
        messages, key = self.services.twilio.messages, str(command_id)
        sent = when_live(
            self.services, call.call_sid, lambda: messages.send(call.call_sid, self._content, key)
        )
        self.note = f"{UNSEEN} (message {sent['sid']})"
        return CallFacts(call.call_sid, None)

    @property
    def _content(self) -> str:
        return json.dumps(self.arguments.content)


def _is_client(call: Call) -> bool:
    """True for a call of the Voice SDK: Twilio writes its party as `client:` and the identity.

    Source: https://www.twilio.com/docs/voice/api/call-resource#call-properties
    """
    return (call.party_number or "").startswith(CLIENT)
