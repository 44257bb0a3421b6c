"""Send a message to the app on a call that uses Twilio's Voice SDK."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import Arguments, CallCommand
from voice.control.live_update import when_live


class MessageArguments(Arguments):
    """A JSON object that the app understands."""

    content: Annotated[dict[str, Any], Field(min_length=1, title="Content", examples=[{"screen": "order"}])]


class Message(CallCommand):
    """An app that uses Twilio's Voice SDK receives a JSON object; a telephone cannot receive it."""

    name = "message"
    title = "Send app message"
    sent_noun = "App message"
    group = "line"
    proof = "answer"
    Arguments = MessageArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Send it. The id of the command is the idempotency key, so Twilio sends it once.

        Source: https://www.twilio.com/docs/voice/api/userdefinedmessage-resource
        """
        messages, content = self.services.twilio.messages, json.dumps(self.arguments.content)
        key = str(command_id)
        sent = when_live(self.services, call.call_sid, lambda: messages.send(call.call_sid, content, key))
        self.note = f"message {sent['sid']}"
        return CallFacts(call.call_sid, None)
